"""What the requests desk types."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from shop.core import clock
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import transient
from shop.privacy.forms.requests import LONGEST_MESSAGE, OptionalEmailField
from shop.privacy.models import IdCopy, RightsRequest
from shop.privacy.models.retention import Hold
from shop.privacy.rules import requests as rules
from shop.privacy.words import CHANNELS, DECISIONS, KINDS, PROOFS
from shop.staff.forms.retention import LONGEST

_REASON = _l("Fill in a reason.")
BY_STAFF = (rules.BY_ORDER, rules.BY_VISIT, rules.BY_CALL)


def not_in_the_future(form: Any, field: Field) -> None:
    """Refuse a day that has not come yet."""
    if field.data is not None and field.data > clock.today():
        raise ValidationError(_("This day has not come yet."))


class RegisterRequestForm(ShopForm):
    """A request that came by e-mail, telephone or post: the clock runs from the day it was received."""

    binds = {
        "kind": RightsRequest.kind,
        "channel": RightsRequest.channel,
        "received_on": RightsRequest.received_on,
        "language": RightsRequest.language,
        "name": RightsRequest.name,
        "email": RightsRequest.email,
        "known_email": RightsRequest.known_email,
        "postal_address": RightsRequest.postal_address,
        "message": RightsRequest.message,
    }

    kind = SelectField(_l("Kind of request"), choices=[SelectChoice(kind, KINDS[kind]) for kind in rules.KINDS])
    channel = RadioField(
        _l("How it came"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(one, CHANNELS[one]) for one in rules.CHANNELS if one != rules.FORM],
    )
    received_on = DateField(_l("Received on"), [InputRequired(_l("Fill in the day.")), not_in_the_future])
    language = SelectField(
        _l("Language of the answer"), choices=[SelectChoice("nl", _l("Dutch")), SelectChoice("en", _l("English"))]
    )
    name = TextField(_l("Name"), [Optional(), Length(max=150)])
    email = OptionalEmailField(_l("E-mail address for our answer"), [Optional(), Length(max=254)])
    known_email = OptionalEmailField(_l("E-mail address that it is about"), [Optional(), Length(max=254)])
    postal_address = TextField(_l("Postal address for our answer"), [Optional(), Length(max=200)])
    message = TextAreaField(_l("What is asked"), [Optional(), Length(max=LONGEST_MESSAGE)], filters=[strip])

    def validate(self, extra_validators: Any = None) -> bool:
        """An answer needs a way back to whoever asked."""
        if not super().validate(extra_validators):
            return False
        if self.email.data or self.postal_address.data:
            return True
        self.email.errors = [_("Fill in an e-mail address or a postal address: there has to be an answer.")]
        return False


class ProofForm(ShopForm):
    """How a member of staff came to know that it is them."""

    binds = {"proof": RightsRequest.proof}

    proof = RadioField(
        _l("How do you know that it is them?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(one, PROOFS[one]) for one in BY_STAFF],
    )


class ExtendForm(ShopForm):
    """Why a request takes longer."""

    binds = {"why": RightsRequest.extension_reason}

    why = TextAreaField(_l("Why it takes longer"), [DataRequired(_REASON), Length(max=500)], filters=[strip])


class DecideRequestForm(ShopForm):
    """What is decided about a request, and why."""

    binds = {
        "decision": RightsRequest.decision,
        "reason": RightsRequest.reason,
        "stays": transient("names rows of the tables that they stand in"),
        "until": Hold.ends_at,
    }

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(one, DECISIONS[one]) for one in rules.DECISIONS],
    )
    reason = TextAreaField(
        _l("Answer and reason"), [DataRequired(_REASON), Length(max=LONGEST_MESSAGE)], filters=[strip]
    )
    stays = SelectMultipleField(
        _l("What stays, if you grant a part"),
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    until = DateField(_l("It stays until and including"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """What stays has an end."""
        if not super().validate(extra_validators):
            return False
        if self.decision.data != rules.PARTLY or not self.stays.data:
            return True
        day = self.until.data
        if day is None or not clock.today() < day <= clock.today() + LONGEST:
            self.until.errors = [_("Choose a day after today and within a year.")]
            return False
        return True


class AskIdCopyForm(ShopForm):
    """Why nothing but a copy of an identity document is left."""

    binds = {"ask_reason": IdCopy.ask_reason}

    ask_reason = TextAreaField(
        _l("Why there is no other way"), [DataRequired(_REASON), Length(max=300)], filters=[strip]
    )
