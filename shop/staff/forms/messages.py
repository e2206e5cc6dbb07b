"""What staff fills in about conversations."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from shop.accounts.forms import EmailField
from shop.contact.forms import LONGEST, TOPIC_NAMES, MessageField, SentForm
from shop.contact.models import AnswerTemplate, ContactMessage, ContactThread
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import transient

_SEEN = transient("the last message that was on the screen, so that a later one is not overlooked")
_NUMBER = Regexp(r"^[0-9]{1,9}$")


class SeenForm(ShopForm):
    """Something done with a conversation as it stood on the screen."""

    binds = {"seen": _SEEN}

    seen = HiddenField(validators=[InputRequired(), _NUMBER])


class AnswerForm(SentForm):
    """What is answered."""

    binds = {**SentForm.binds, "seen": _SEEN, "text": ContactMessage.text}

    seen = HiddenField(validators=[InputRequired(), _NUMBER])
    text = MessageField(_l("Answer"))


class CallForm(SentForm):
    """What was said by telephone."""

    binds = {
        **SentForm.binds,
        "seen": _SEEN,
        "text": ContactMessage.text,
        "is_answer": transient("whether the question is answered by the call"),
    }

    seen = HiddenField(validators=[InputRequired(), _NUMBER])
    text = MessageField(_l("What was said"))
    is_answer = BooleanField(_l("The question is answered by this"))


class NewCallForm(SentForm):
    """A call of somebody with whom there is no conversation yet."""

    binds = {
        **SentForm.binds,
        "topic": ContactThread.topic,
        "text": ContactMessage.text,
        "name": ContactThread.name,
        "email": ContactThread.email,
        "telephone": ContactThread.telephone,
        "order_reference": ContactThread.order_reference,
        "is_answer": transient("whether the question is answered by the call"),
    }

    topic = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(value, name) for value, name in TOPIC_NAMES.items() if value != "security"],
    )
    text = MessageField(_l("What was said"))
    order_reference = TextField(_l("Order number"), [Optional(), Length(max=40)])
    name = TextField(_l("Name"), [Optional(), Length(max=100)])
    email = EmailField(_l("E-mail address"), [Optional(), Length(max=254)])
    telephone = TextField(_l("Telephone number"), [Optional(), Length(max=40)])
    is_answer = BooleanField(_l("The question is answered by this"))


class AssignForm(ShopForm):
    """Who looks after a conversation."""

    binds = {"assignee": ContactThread.assignee_id}

    assignee = SelectField(_l("Looked after by"), [InputRequired()], coerce=int)


class TemplateForm(ShopForm):
    """Words that are often needed, in both languages."""

    binds = {"title": AnswerTemplate.title, "text_nl": AnswerTemplate.text_nl, "text_en": AnswerTemplate.text_en}

    title = TextField(_l("Title"), [InputRequired(_l("Fill in a title.")), Length(max=80)])
    text_nl = TextAreaField(_l("Text in Dutch"), [InputRequired(), Length(max=LONGEST)], filters=(strip,))
    text_en = TextAreaField(_l("Text in English"), [InputRequired(), Length(max=LONGEST)], filters=(strip,))
