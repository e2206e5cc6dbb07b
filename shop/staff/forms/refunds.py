"""Paying back: what, how much, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired, Length, Optional

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.payments.models import AttentionItem, Refund
from shop.staff.forms.fields import EurosField
from shop.staff.forms.returns import names_nobody

_REASON = [InputRequired(_l("Fill in a reason.")), Length(max=300), names_nobody]


class ProposeRefundForm(ShopForm):
    """How much is to go back; the pieces stand beside the lines."""

    binds = {
        "amount": Refund.amount_cents,
        "has_shipping": transient("whether the cost of delivery is paid back too"),
        "ends_delivery": Refund.ends_delivery,
        "reason": Refund.reason,
    }

    has_shipping = BooleanField(_l("With the cost of delivery"))
    ends_delivery = BooleanField(_l("What I pay back here and was not sent yet will not be sent"))
    amount = EurosField(_l("Another amount (euros)"), [Optional()])
    reason = TextField(_l("Reason"), _REASON)


class DecideRefundForm(ShopForm):
    """What is decided about a proposed refund, and why."""

    binds = {"amount": Refund.amount_cents, "reason": Refund.reason}

    amount = EurosField(_l("Amount (euros)"), [InputRequired(_l("Fill in an amount, such as 4,95."))])
    reason = TextField(_l("Reason"), _REASON)


class CancelRefundForm(ShopForm):
    """Why a refund is taken back."""

    binds = {"reason": Refund.cancel_reason}

    reason = TextField(_l("Reason"), _REASON)


class NotSentForm(ShopForm):
    """Why something of an order will not be sent; the pieces stand beside the lines."""

    binds = {"reason": Refund.reason}

    reason = TextField(_l("Reason"), _REASON)


class LetGoForm(ShopForm):
    """Why an order is delivered although its money is gone or not complete."""

    binds = {"reason": AttentionItem.reason}

    reason = TextField(_l("Reason"), _REASON)
