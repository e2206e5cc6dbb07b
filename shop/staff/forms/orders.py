"""Finding, packing and sending orders."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.orders.models import Shipment


class FindOrdersForm(ShopForm):
    """A number, a name or a postcode; sent as a form, so that no name gets into an address."""

    binds = {"text": transient("compared with order numbers, names and postcodes")}

    text = TextField(
        _l("Number, name or postcode"),
        [InputRequired(_l("Fill in what to look for.")), Length(min=2, max=80, message=_l("Fill in 2 to 80 signs."))],
    )


class PackForm(ShopForm):
    """How many shipments the packer saw; the quantities stand beside the lines."""

    binds = {"seen": transient("compared with the shipments that there are by now")}

    seen = IntegerField(_l("Shipments seen"), [InputRequired()], widget=HiddenInput())


class ShipForm(ShopForm):
    """Who brings the parcel, and how it can be followed."""

    binds = {"carrier": Shipment.carrier_id, "tracking_code": Shipment.tracking_code}

    carrier = SelectField(_l("Carrier"), [InputRequired(_l("Choose a carrier."))], coerce=int)
    tracking_code = TextField(
        _l("Tracking code"),
        [
            Optional(),
            Length(max=40, message=_l("A tracking code has at most 40 signs.")),
            Regexp(r"^[A-Za-z0-9 ./_-]+$", message=_l("A tracking code has letters, digits and hyphens only.")),
        ],
    )
