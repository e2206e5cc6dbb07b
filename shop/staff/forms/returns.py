"""What the returns desk types."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from shop.aftersale.models import ACCEPTED, REFUSED, Withdrawal, WithdrawalLine
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.staff.forms.fields import EurosField, whole_number

_WHOLE = _l("Fill in a whole number.")
_POSTCODE = r"\b[1-9]\d{3} ?[A-Z]{2}\b"
_NAMES_SOMEBODY = re.compile(rf"\S@\S|(?:\+|\b0)\d[\d \-]{{7,}}|\b\d{{9}}\b|{_POSTCODE}")


def names_nobody(form: Any, field: Field) -> None:
    """Refuse a note in which an e-mail address, telephone number, postcode or BSN seems to stand."""
    if field.data and _NAMES_SOMEBODY.search(field.data):
        raise ValidationError(_("Leave addresses and numbers of people out of this note; the customer can read it."))


class MatchForm(ShopForm):
    """Which order an unknown withdrawal is from."""

    binds = {"number": transient("the number of an order, compared and forgotten")}

    number = TextField(_l("Order number"), [InputRequired(_l("Fill in the order number.")), Length(max=20)])


class ConditionForm(ShopForm):
    """How many pieces of a line came back, and in which state."""

    binds = {"quantity": WithdrawalLine.received_quantity, "condition": WithdrawalLine.condition}

    quantity = whole_number(_l("Pieces that came back"), [InputRequired(_WHOLE)], low=0, high=100_000, message=_WHOLE)
    condition = TextField(_l("State they are in"), [Optional(), Length(max=200), names_nobody])


class PutBackForm(ShopForm):
    """How many pieces of a line go back into stock."""

    binds = {"pieces": WithdrawalLine.put_back_quantity}

    pieces = whole_number(_l("Pieces back in stock"), [InputRequired(_WHOLE)], low=1, high=100_000, message=_WHOLE)


class JudgeForm(ShopForm):
    """What is decided about a withdrawal, and why."""

    binds = {
        "decision": Withdrawal.decision,
        "reason": Withdrawal.reason,
        "deduction": Withdrawal.deduction_cents,
        "pays_back": transient("whether the refund is accepted in the same step"),
    }

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(ACCEPTED, _l("Accept: money back")), SelectChoice(REFUSED, _l("Refuse"))],
    )
    deduction = EurosField(_l("Less for loss of value (euros)"), [Optional()])
    reason = TextField(_l("Reason"), [InputRequired(_l("Fill in a reason.")), Length(max=300), names_nobody])
    pays_back = BooleanField(_l("Pay the money back at once"), default=True)
