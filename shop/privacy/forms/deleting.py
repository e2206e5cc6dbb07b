"""Asking to be erased."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient

KEEP, CANCEL = "keep", "cancel"


class EraseForm(ShopForm):
    """That everything may go, and what is to become of orders that are still open."""

    binds = {
        "open_orders": transient("a choice about this one erasure; the receipt tells what stayed"),
        "is_sure": transient("a confirmation"),
    }

    open_orders = RadioField(
        _l("You have something that is still running"),
        [Optional()],
        choices=[
            SelectChoice(KEEP, _l("Erase everything else now; keep what these need until their own end date")),
            SelectChoice(CANCEL, _l("I want to end these first, and then erase everything")),
        ],
    )
    is_sure = BooleanField(
        _l("I know that this cannot be undone"),
        [DataRequired(_l("Tick the box if you are sure: it cannot be undone."))],
    )


class EraseItemForm(ShopForm):
    """Which one thing may go."""

    binds = {"item": transient("names a row of the table that it stands in")}

    item = HiddenField(validators=[DataRequired(), Length(max=80)])


class ReceiptForm(ShopForm):
    """The code of a receipt."""

    binds = {"code": transient("the code of a receipt; it stands for nobody")}

    code = TextField(_l("Code of the receipt"), [DataRequired(_l("Fill in the code.")), Length(max=60)])
