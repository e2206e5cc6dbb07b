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

from shop.core.i18n import country_name
from shop.core.personal_data import Erase, Purpose, Recipient, Role
from shop.core.templating import day, euros, moment
from shop.people.models import Disclosure
from shop.privacy.queries.held import Item, Value

_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
_KEY_IN_LINK = re.compile(r"(?<=/)[A-Za-z0-9_-]{20,64}\b")

ROLES = {
    Role.OWNER: _l("the owner"),
    Role.FULFILMENT: _l("who packs and sends orders"),
    Role.PRIVACY: _l("who looks after privacy"),
    Role.BOOKKEEPING: _l("the bookkeeper"),
}

ERASED = {
    Erase.DELETE: _l("goes with all of this entry"),
    Erase.BLANK: _l("is taken out; the rest of the entry stays without it"),
    Erase.KEEP: _l("stays, but without your name"),
}


def shown(value: Any, column: str = "") -> str:
    """A value in words."""
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
    if column.endswith("_cents") and isinstance(value, int):
        return euros(value)
    if column == "country" and isinstance(value, str) and len(value) == 2:
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


def recipient_text(name: str) -> str:
    """A recipient as the register calls it, or by the name that was noted."""
    known = {recipient.value: recipient.label for recipient in Recipient}
    return str(known.get(name, name))


def role_text(name: str) -> str:
    """A role of staff, never a name: who worked for the shop that day is data about them."""
    known = {role.value: text for role, text in ROLES.items()}
    return str(known.get(name, name))


def purpose_text(code: str) -> str:
    """A purpose by its code."""
    known = {purpose.value: purpose.label for purpose in Purpose}
    return str(known.get(code, code))


def value_text(value: Value) -> str:
    """A held value in words."""
    if value.name == f"{Disclosure.__tablename__}.recipient":
        return recipient_text(str(value.value))
    return shown(value.value, value.column)


def details_of(item: Item) -> list[tuple[Any, str]]:
    """What stands beside the values of a row, in words."""
    declared = {column.name: column.info["register"].label for column in item.table.columns}
    told = [(name, value) for name, value in item.details.items() if value not in (None, "")]
    return [
        (declared[name] or name, role_text(value) if name == "role" else shown(value, name)) for name, value in told
    ]


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
