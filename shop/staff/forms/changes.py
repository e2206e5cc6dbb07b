"""Deciding about changes that customers ask for, and changing an order."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from shop.accounts.address_fields import AddressFields, address_binds
from shop.aftersale.models import ACCEPTED, REFUSED, ChangeRequest
from shop.core.forms import Bound, ShopForm, TextField
from shop.core.personal_data import transient
from shop.orders.models import Order, OrderAddress
from shop.staff.forms.fields import whole_number


class DecideChangeForm(ShopForm):
    """Whether a change is made, and why."""

    binds = {"decision": ChangeRequest.decision, "reason": ChangeRequest.reason}

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose a decision."))],
        choices=[SelectChoice(ACCEPTED, _l("Make the change")), SelectChoice(REFUSED, _l("Refuse"))],
    )
    reason = TextField(_l("Reason"), [InputRequired(_l("Fill in a reason.")), Length(max=300)])


class EditLinesForm(ShopForm):
    """What an order is to hold and how it goes; quantities and variants stand beside the lines."""

    binds = {
        "seen": transient("compared with the order's version by now"),
        "shown_total": transient("the total that was shown, to compare with"),
        "method": Order.shipping_method_id,
        "sku": transient("the article number of something to add"),
        "pieces": transient("how many pieces of it"),
    }

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    shown_total = IntegerField(validators=[Optional()], widget=HiddenInput())
    method = SelectField(_l("Delivery"), [Optional()], coerce=int)
    sku = TextField(_l("Article number to add"), [Optional(), Length(max=40)])
    pieces = whole_number(
        _l("Pieces to add"), [Optional()], low=1, high=9999, message=_l("Fill in a whole number."), default=1
    )

    def offer(self, methods: Mapping[int, str]) -> None:
        """Offer these ways of delivery."""
        choices: list[Any] = [SelectChoice(str(number), name) for number, name in methods.items()]
        self.method.choices = choices


class EditAddressForm(AddressFields, ShopForm):
    """Where an order goes."""

    binds: ClassVar[Mapping[str, Bound]] = {
        **address_binds(OrderAddress),
        "seen": transient("compared with the order's version by now"),
    }

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
