"""What a customer fills in about an order."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from shop.accounts.forms import EmailField
from shop.aftersale.models import Withdrawal
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.orders.models import Order
from shop.payments.models import PaymentAttempt
from shop.payments.queries import OfferedMethod


class PayAgainForm(ShopForm):
    """With which method an order is to be paid."""

    binds = {"method": PaymentAttempt.method}

    method = RadioField(_l("Payment method"))

    def offer(self, methods: Sequence[OfferedMethod], *, chosen: str | None) -> None:
        """Show these methods, the one that was used last chosen already; Mollie's page asks when none are known."""
        choices = [(method.id, method.name) for method in methods] or [("", _("Choose on the payment page"))]
        self.method.choices = choices
        self.method.flags.required = True
        known = [value for value, _name in choices]
        if self.method.data not in known and not self.is_submitted():
            self.method.data = chosen if chosen in known else next(iter(known), None)


class FindOrderForm(ShopForm):
    """Which order, and whose."""

    binds = {
        "number": transient("the number of an order, compared and forgotten"),
        "email": Order.email,
    }

    number = TextField(_l("Order number"), [InputRequired(_l("Fill in the order number.")), Length(max=20)])
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)])


class ClaimOrdersForm(ShopForm):
    """Which older orders join the account."""

    binds = {"orders": transient("numbers of orders that join the account")}

    orders = SelectMultipleField(
        _l("Older orders"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class WithdrawForm(ShopForm):
    """Who withdraws, from which order, and where the receipt goes; nothing else is asked (Directive 2023/2673)."""

    binds = {
        "name": Withdrawal.name,
        "reference": Withdrawal.order_reference,
        "email": Withdrawal.email,
        "what": Withdrawal.what,
    }

    name = TextField(_l("Your name"), [InputRequired(_l("Fill in your name.")), Length(max=100)])
    reference = TextField(
        _l("Order number, or what you ordered and when"),
        [InputRequired(_l("Fill in which order it is about.")), Length(max=40)],
    )
    email = EmailField(
        _l("E-mail address for the receipt"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)]
    )
    what = TextField(_l("Only a part? Which products, and how many"), [Optional(), Length(max=300)])


class WithdrawKnownForm(ShopForm):
    """Who withdraws from an order whose page they opened."""

    binds = {"name": Withdrawal.name, "email": Withdrawal.email}

    name = TextField(_l("Your name"), [InputRequired(_l("Fill in your name.")), Length(max=100)])
    email = EmailField(
        _l("E-mail address for the receipt"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)]
    )


class ConfirmForm(ShopForm):
    """The review of a statement: nothing is asked, the address of the receipt-to-be goes along."""

    binds = {"receipt": Withdrawal.receipt_hash}

    receipt = HiddenField(validators=[Optional(), Regexp(r"^[A-Za-z0-9_-]{43}$")])
