"""What people choose about the use of their data, and where they have it sent."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from shop.accounts.forms import EmailField
from shop.core.forms import ShopForm, TextField, strip
from shop.people.models import Restriction
from shop.privacy.forms.requests import KEY, LONGEST_MESSAGE
from shop.privacy.models import RightsRequest, Transfer


class StopsForm(ShopForm):
    """What may not be done with somebody's data; each box holds at once."""

    binds = {"analysis": Restriction.kind, "preferences": Restriction.kind, "restricted": Restriction.kind}

    analysis = BooleanField(_l("Leave me out of statistics"))
    preferences = BooleanField(_l("Fit nothing to my preferences"))
    restricted = BooleanField(_l("Keep my data, but do not use it"))


class ObjectForm(ShopForm):
    """Another objection, in somebody's own words; a person decides about it."""

    binds = {"message": RightsRequest.message, "key": RightsRequest.sent_hash}

    message = TextAreaField(
        _l("What should we stop, and why?"),
        [DataRequired(_l("Say in a few words what we should stop.")), Length(max=LONGEST_MESSAGE)],
        filters=[strip],
    )
    key = HiddenField(validators=[InputRequired(), KEY])


class TransferForm(ShopForm):
    """To which organisation somebody has their data sent."""

    binds = {"organisation": Transfer.organisation, "email": Transfer.email, "key": Transfer.key_hash}

    organisation = TextField(
        _l("Name of the organisation"), [DataRequired(_l("Fill in the name of the organisation.")), Length(max=120)]
    )
    email = EmailField(
        _l("E-mail address of the organisation"), [InputRequired(_l("Fill in an e-mail address.")), Length(max=254)]
    )
    key = HiddenField(validators=[InputRequired(), KEY])


class AcceptTransferForm(ShopForm):
    """Who takes the data: the organisation says who it is, and that it wants it."""

    binds = {"stated_name": Transfer.stated_name, "accepts": Transfer.accepted_at}

    stated_name = TextField(
        _l("Name of your organisation"), [DataRequired(_l("Fill in the name of your organisation.")), Length(max=120)]
    )
    accepts = BooleanField(
        _l("We accept this data. From now on we are responsible for it."),
        [InputRequired(_l("Tick this box to fetch the data."))],
    )
