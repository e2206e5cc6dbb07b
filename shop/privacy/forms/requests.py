"""What somebody fills in to ask something about their rights."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from shop.accounts.forms import EmailField
from shop.core.forms import ShopForm, TextField, strip
from shop.privacy.models import RightsRequest
from shop.privacy.rules import requests as rules
from shop.privacy.words import KINDS

KEY = Regexp(r"^[A-Za-z0-9_-]{43}$")
LONGEST_MESSAGE = 4000


class OptionalEmailField(EmailField):
    """An e-mail address that may stay empty."""

    def pre_validate(self, form: object) -> None:
        """Look at the address only when there is one."""
        if (self.data or "").strip():
            super().pre_validate(form)
        else:
            self.data = None


class AskForm(ShopForm):
    """What somebody asks, and where the answer goes; no account, no reason, no proof in advance."""

    binds = {
        "kind": RightsRequest.kind,
        "email": RightsRequest.email,
        "known_email": RightsRequest.known_email,
        "name": RightsRequest.name,
        "message": RightsRequest.message,
        "key": RightsRequest.sent_hash,
    }

    kind = RadioField(
        _l("What do you ask?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(kind, KINDS[kind]) for kind in rules.KINDS if kind != rules.CHILD],
    )
    email = EmailField(
        _l("E-mail address for our answer"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)]
    )
    known_email = OptionalEmailField(_l("E-mail address you used here before"), [Optional(), Length(max=254)])
    name = TextField(_l("Your name"), [Optional(), Length(max=150)])
    message = TextAreaField(_l("What it is about"), [Optional(), Length(max=LONGEST_MESSAGE)], filters=[strip])
    key = HiddenField(validators=[InputRequired(), KEY])


class AskSignedInForm(ShopForm):
    """The same, for somebody who is known already: only what is asked."""

    binds = {"kind": RightsRequest.kind, "message": RightsRequest.message, "key": RightsRequest.sent_hash}

    kind = RadioField(
        _l("What do you ask?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(kind, KINDS[kind]) for kind in rules.KINDS if kind != rules.CHILD],
    )
    message = TextAreaField(_l("What it is about"), [Optional(), Length(max=LONGEST_MESSAGE)], filters=[strip])
    key = HiddenField(validators=[InputRequired(), KEY])


class ParentForm(ShopForm):
    """Which child's data a parent or guardian means: by the e-mail address that the child used, nothing else."""

    binds = {
        "known_email": RightsRequest.known_email,
        "email": RightsRequest.email,
        "name": RightsRequest.name,
        "message": RightsRequest.message,
        "key": RightsRequest.sent_hash,
    }

    known_email = EmailField(
        _l("E-mail address that your child used here"),
        [InputRequired(_l("Fill in the e-mail address that your child used.")), Length(max=254)],
    )
    email = EmailField(
        _l("Your own e-mail address, for our answer"),
        [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)],
    )
    name = TextField(_l("Your name"), [Optional(), Length(max=150)])
    message = TextAreaField(_l("What we should know"), [Optional(), Length(max=LONGEST_MESSAGE)], filters=[strip])
    key = HiddenField(validators=[InputRequired(), KEY])


class LookAgainForm(ShopForm):
    """Why a decision should be looked at again."""

    binds = {"message": RightsRequest.message}

    message = TextAreaField(
        _l("Why do you not agree?"),
        [DataRequired(_l("Say in a few words why you do not agree.")), Length(max=LONGEST_MESSAGE)],
        filters=[strip],
    )
