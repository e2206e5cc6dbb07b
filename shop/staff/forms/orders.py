"""Finding, packing and sending orders."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from shop.core.clock import AMSTERDAM
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.orders.models import ARRIVED, REFUND, RESEND, WAIT, OrderLine, ParcelReport, Shipment


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


class HandOverForm(ShopForm):
    """The code that the customer says, or why the package goes without it."""

    binds = {
        "code": transient("compared with the package's code"),
        "without_code": Shipment.handed_over_by,
    }

    code = TextField(_l("Code that the customer says"), [Optional(), Length(max=12)])
    without_code = SelectField(
        _l("Without a code, because"),
        choices=[
            SelectChoice("", _l("(with a code)")),
            SelectChoice("mail_shown", _l("the customer showed our message")),
            SelectChoice("order_named", _l("the customer named the order and what is in it")),
            SelectChoice("known", _l("we know the customer")),
        ],
    )


class ServiceDateForm(ShopForm):
    """The date that was agreed for a service, in Dutch time."""

    binds = {"day": OrderLine.service_at, "time": OrderLine.service_at}

    day = DateField(_l("Day"), [InputRequired(_l("Fill in a day."))])
    time = TimeField(_l("Time"), [InputRequired(_l("Fill in a time."))])

    @property
    def moment(self) -> datetime | None:
        """The moment that was typed; None when it is none."""
        if self.day.data is None or self.time.data is None:
            return None
        return datetime.combine(self.day.data, self.time.data, AMSTERDAM)


class DecideParcelForm(ShopForm):
    """What is done about a parcel that did not arrive, and why."""

    binds = {"decision": ParcelReport.decision, "reason": ParcelReport.reason}

    decision = RadioField(
        _l("What we do"),
        [InputRequired(_l("Choose what we do."))],
        choices=[
            SelectChoice(WAIT, _l("Wait a little longer")),
            SelectChoice(RESEND, _l("Send everything in it again")),
            SelectChoice(REFUND, _l("Propose to pay it back")),
            SelectChoice(ARRIVED, _l("It has arrived after all")),
        ],
    )
    reason = TextField(_l("Reason"), [InputRequired(_l("Fill in a reason.")), Length(max=300)])
