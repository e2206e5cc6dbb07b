"""Words of a conversation that its screens share."""

from datetime import datetime
from typing import Any

from flask_babel import ngettext

from shop.contact.forms import TOPIC_NAMES
from shop.contact.models import ContactMessage
from shop.core import clock
from shop.core.citizen_numbers import without_numbers

COVER = "•••••••••"


def covered(message: ContactMessage) -> str:
    """A message's text with the numbers covered that nobody should read."""
    return without_numbers(message.text, COVER) if message.numbers else message.text


def topic_name(topic: str) -> Any:
    """What a conversation is about, in the reader's language."""
    return TOPIC_NAMES[topic]


def age(since: datetime) -> str:
    """How long ago something was: "3 days", "5 hours"."""
    hours = int((clock.now() - since).total_seconds() // 3600)
    if hours < 24:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(ngettext("%(num)s day", "%(num)s days", hours // 24))
