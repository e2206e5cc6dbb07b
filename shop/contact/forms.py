"""What somebody fills in to ask something; no more than the question needs."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from shop.accounts.forms import EmailField
from shop.contact.models import ContactMessage, ContactThread
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import transient

TOPIC_NAMES: dict[str, Any] = {
    "order": _l("An order"),
    "product": _l("A product"),
    "return": _l("A return or a complaint"),
    "privacy": _l("My data"),
    "other": _l("Something else"),
    "security": _l("Security"),
}
LONGEST = 4000

_TOKEN = Regexp(r"^[A-Za-z0-9_-]{43}$")
_SENT_ONCE = transient("which sending this is, so that sending twice is sending once")
_AGAINST_SPAM = transient("tells people from programs, looked at and forgotten")
_EMPTY = _l("Write your message.")
_TOO_LONG = _l("Write at most %(n)s signs.", n=LONGEST)


class MessageField(TextAreaField):
    """A text of several lines."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, [InputRequired(_EMPTY), Length(max=LONGEST, message=_TOO_LONG)], filters=(strip,), **kwargs
        )


class SentForm(ShopForm):
    """A form that is stored once, however often it is sent."""

    binds = {"sending": _SENT_ONCE}

    sending = HiddenField(validators=[InputRequired(), _TOKEN])


class GuardedForm(SentForm):
    """A form that anybody may send."""

    binds = {
        **SentForm.binds,
        "website": _AGAINST_SPAM,
        "stamp": _AGAINST_SPAM,
        "proof": _AGAINST_SPAM,
    }

    website = StringField(_l("Leave this empty"))  # people do not see it
    stamp = HiddenField()
    proof = HiddenField()


class ContactForm(GuardedForm):
    """A question of anybody."""

    binds = {
        **GuardedForm.binds,
        "topic": ContactThread.topic,
        "text": ContactMessage.text,
        "email": ContactThread.email,
        "name": ContactThread.name,
        "telephone": ContactThread.telephone,
        "order_reference": ContactThread.order_reference,
    }

    topic = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(value, name) for value, name in TOPIC_NAMES.items() if value != "security"],
    )
    text = MessageField(_l("Your message"))
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)])
    name = TextField(_l("Your name"), [Optional(), Length(max=100)])
    telephone = TextField(
        _l("Telephone number"),
        [Optional(), Length(max=40), Regexp(r"^[0-9+()\-. /]*$", message=_l("Fill in a telephone number."))],
    )
    order_reference = TextField(_l("Order number"), [Optional(), Length(max=40)])


class OrderQuestionForm(SentForm):
    """A question about an order whose page somebody opened: who they are is known."""

    binds = {**SentForm.binds, "text": ContactMessage.text}

    text = MessageField(_l("Your message"))


class SecurityForm(GuardedForm):
    """That something is not safe."""

    binds = {**GuardedForm.binds, "text": ContactMessage.text, "email": ContactThread.email}

    text = MessageField(_l("What did you see, and where?"))
    email = EmailField(_l("E-mail address"), [Optional(), Length(max=254)])


class WriteMoreForm(SentForm):
    """The next message of a conversation."""

    binds = {**SentForm.binds, "text": ContactMessage.text}

    text = MessageField(_l("Your message"))


class ConfirmForm(ShopForm):
    """That a message is somebody's own: nothing is asked."""
