"""How a held value reads to people: on the page, in the tables and in the readable part of a download."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Column

from shop.core.i18n import country_name
from shop.core.personal_data import Category, Erase
from shop.core.templating import day, euros, moment
from shop.people.words import ROLES
from shop.privacy.queries.held import Item, Value, in_words
from shop.privacy.queries.overview import Kind

_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
_KEY_IN_LINK = re.compile(r"(?<=/)[A-Za-z0-9_-]{20,64}\b")

GLIMPSE = 60

ERASED = {
    Erase.DELETE: _l("goes with all of this entry"),
    Erase.BLANK: _l("is taken out; the rest of the entry stays without it"),
    Erase.KEEP: _l("stays, but without your name"),
}


def shown(value: Any, column: Column[Any]) -> str:
    """A value in words."""
    value = in_words(column, value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bytes):
        return message_text(value)
    if column.name.endswith("_cents") and isinstance(value, int):
        return euros(value)
    if column.name == "country" and isinstance(value, str) and len(value) == 2:
        return country_name(value)
    return str(value)


def message_text(content: bytes) -> str:
    """A message that waits to be sent, as it will be read; codes and keys in links, which open doors, are left out."""
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("plain",))
    text = part.get_content() if part is not None else content.decode("utf-8", "replace")
    told = f"{mail['Subject']}\n\n{text}" if mail["Subject"] else text
    return _KEY_IN_LINK.sub("…", _CODE.sub("····-····", told)).strip()


def value_text(value: Value) -> str:
    """A held value in words."""
    return shown(value.value, value.field.column)


def details_of(item: Item) -> list[tuple[Any, str]]:
    """What stands beside the values of a row, in words."""
    told = [(item.table.columns[name], value) for name, value in item.details.items() if value not in (None, "")]
    return [(column.info["register"].label, shown(value, column)) for column, value in told]


def detail(item: Item, name: str) -> str:
    """One of the columns that stand beside the values of a row, in words."""
    return shown(item.details[name], item.table.columns[name])


def glimpse(kind: Kind, category: Category) -> str:
    """The newest of a kind in a few words, to stand beside its name while it is folded up."""
    values = [value for item in kind.items[:1] for value in item.filled if value.category is category]
    told = " ".join(", ".join(value_text(value) for value in values).split())
    return told if len(told) <= GLIMPSE else f"{told[:GLIMPSE].rstrip()}…"


def roles_text(value: Value) -> str:
    """Who of us may see a value: roles, never names, for who worked here that day is data about them."""
    return ", ".join(str(ROLES[role.value]) for role in value.roles)


def until_text(value: Value) -> str:
    """Until when a value is kept, and by which law."""
    told = _("until %(day)s", day=day(value.ends_on)) if value.ends_on else str(value.keep.describe())
    return f"{told} ({value.law})" if value.law else told


def capital(text: Any) -> str:
    """A text with a capital to begin with."""
    told = str(text)
    return told[:1].upper() + told[1:]


@dataclass(frozen=True)
class Reason:
    """Values of one entry that are here for the same reason, until the same day."""

    values: tuple[Value, ...]

    @property
    def first(self) -> Value:
        """Any of them: they share all that is told."""
        return self.values[0]

    @property
    def labels(self) -> str:
        """What they are called."""
        return ", ".join(str(value.label) for value in self.values)


def reasons_for(values: Iterable[Value]) -> list[Reason]:
    """The reasons for some values, each told once."""
    found: dict[Any, list[Value]] = {}
    for value in values:
        told = value.declared
        same = (told.purpose, told.source, told.recipients, told.roles, told.erase, value.keep, value.ends_on)
        found.setdefault(same, []).append(value)
    return [Reason(tuple(values)) for values in found.values()]
