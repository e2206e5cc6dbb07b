"""The register: what every column means, said where the column is declared.

Every column of every table is `personal()`, `secret()`, `subject()` or `plain()`. What is not a column (cookies,
files, logs, memory) is declared as a `Store`. Lists, notices, download, correction, erasure and retention are derived
from here and written nowhere else (GDPR art. 5, 13, 15 to 20 and 30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from sqlalchemy import Column, ForeignKey, MetaData, Table
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column

ROOTS = ("people", "browsers")
"""The two tables that every personal row must lead to."""


class Category(Enum):
    """The eight kinds of personal data that the shop's policy lists: the ceiling of what may be known."""

    NAME = "PC1"
    TELEPHONE = "PC2"
    EMAIL = "PC3"
    IP_ADDRESS = "PC4"
    PROVIDED = "PC5"
    LOCATION = "PC6"
    ACTIVITY = "PC7"
    DEVICE = "PC8"

    @property
    def label(self) -> Any:
        """The policy's own words for this kind, in the visitor's language."""
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS = {
    Category.NAME: _l("First and last name"),
    Category.TELEPHONE: _l("Telephone number"),
    Category.EMAIL: _l("E-mail address"),
    Category.IP_ADDRESS: _l("IP address"),
    Category.PROVIDED: _l("Other data that you actively provide"),
    Category.LOCATION: _l("Location data"),
    Category.ACTIVITY: _l("Data about your activities on our website"),
    Category.DEVICE: _l("Internet browser and type of device"),
}


class Basis(Enum):
    """The lawful bases of GDPR art. 6(1) that the shop relies on."""

    CONTRACT = "6-1-b"
    CONSENT = "6-1-a"
    LEGAL_OBLIGATION = "6-1-c"
    LEGITIMATE_INTEREST = "6-1-f"

    @property
    def label(self) -> Any:
        """The basis in the visitor's language, with its article."""
        return _BASIS_LABELS[self]


_BASIS_LABELS = {
    Basis.CONTRACT: _l("our contract with you (GDPR art. 6(1)(b))"),
    Basis.CONSENT: _l("your consent (GDPR art. 6(1)(a))"),
    Basis.LEGAL_OBLIGATION: _l("a legal obligation (GDPR art. 6(1)(c))"),
    Basis.LEGITIMATE_INTEREST: _l("our legitimate interest (GDPR art. 6(1)(f))"),
}


class Purpose(Enum):
    """Why data is processed; each purpose has exactly one lawful basis."""

    PAYMENT = "D1"
    SERVICE_CONTACT = "D2"
    ACCOUNT = "D3"
    DELIVERY = "D4"
    ANALYSIS = "D5"
    PREFERENCES = "D6"
    CONTACT_FORM = "D7"
    BOOKKEEPING = "D8"
    SECURITY = "D9"
    RIGHTS = "D10"
    REMEMBERING = "D11"

    @property
    def label(self) -> Any:
        """The purpose in the visitor's language."""
        return _PURPOSES[self][0]

    @property
    def basis(self) -> Basis:
        """The one lawful basis of this purpose."""
        return _PURPOSES[self][1]


_PURPOSES = {
    Purpose.PAYMENT: (_l("handling your payment"), Basis.CONTRACT),
    Purpose.SERVICE_CONTACT: (_l("calling or e-mailing you when our service needs it"), Basis.CONTRACT),
    Purpose.ACCOUNT: (_l("offering you an account"), Basis.CONTRACT),
    Purpose.DELIVERY: (_l("delivering goods and services to you"), Basis.CONTRACT),
    Purpose.ANALYSIS: (_l("analysing use of the website to improve it"), Basis.CONSENT),
    Purpose.PREFERENCES: (_l("showing what fits your preferences"), Basis.CONSENT),
    Purpose.CONTACT_FORM: (_l("answering your question"), Basis.LEGITIMATE_INTEREST),
    Purpose.BOOKKEEPING: (_l("keeping the books as tax law asks"), Basis.LEGAL_OBLIGATION),
    Purpose.SECURITY: (_l("keeping the shop and your data secure"), Basis.LEGITIMATE_INTEREST),
    Purpose.RIGHTS: (_l("answering a request about your rights"), Basis.LEGAL_OBLIGATION),
    Purpose.REMEMBERING: (_l("remembering the choice that you made"), Basis.LEGITIMATE_INTEREST),
}


class Source(Enum):
    """Where a value comes from; there is no other source (policy: no enrichment, no bought data)."""

    YOU = "you"
    USE = "use"
    MOLLIE = "mollie"
    CARRIER = "carrier"
    STAFF = "staff"

    @property
    def label(self) -> Any:
        """The source in the visitor's language."""
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    Source.YOU: _l("you gave it"),
    Source.USE: _l("arose from using the shop"),
    Source.MOLLIE: _l("Mollie (payment status)"),
    Source.CARRIER: _l("the carrier (delivery status)"),
    Source.STAFF: _l("our staff wrote it"),
}


class Recipient(Enum):
    """Who, outside the shop, a value may be handed to."""

    MOLLIE = "mollie"
    CARRIER = "carrier"
    MAIL_RELAY = "mail relay"
    HOSTING = "hosting"
    BOOKKEEPER = "bookkeeper"

    @property
    def label(self) -> Any:
        """The recipient in the visitor's language."""
        return _RECIPIENT_LABELS[self]


_RECIPIENT_LABELS = {
    Recipient.MOLLIE: _l("Mollie B.V. (payment)"),
    Recipient.CARRIER: _l("the carrier that brings your parcel"),
    Recipient.MAIL_RELAY: _l("our mail provider"),
    Recipient.HOSTING: _l("our hosting provider"),
    Recipient.BOOKKEEPER: _l("our bookkeeper and the tax authority"),
}


class Role(Enum):
    """What a member of staff is there for; views and fields name the roles that may see them."""

    OWNER = "owner"
    FULFILMENT = "fulfilment"
    PRIVACY = "privacy"
    BOOKKEEPING = "bookkeeping"


class Event(Enum):
    """The moments from which a retention period is counted; a model says which of its columns holds the moment."""

    CREATED = "created"
    LAST_USED = "last used"
    EXPIRED = "expired"
    DELIVERED = "delivered"
    ORDER_ENDED = "order ended"
    FINANCIAL_YEAR = "financial year"
    HANDED_OVER = "handed over"
    LEFT = "left"

    @property
    def label(self) -> Any:
        """The moment in the visitor's language, as in "30 days after delivery"."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    Event.CREATED: _l("it was made"),
    Event.LAST_USED: _l("its last use"),
    Event.EXPIRED: _l("it expired"),
    Event.DELIVERED: _l("delivery"),
    Event.ORDER_ENDED: _l("the order was completed, canceled or expired"),
    Event.FINANCIAL_YEAR: _l("the end of the financial year"),
    Event.HANDED_OVER: _l("it was sent"),
    Event.LEFT: _l("leaving the shop's service"),
}


@dataclass(frozen=True)
class Keep:
    """How long a value is kept: until it is erased, or a number of days, months or years after an event."""

    event: Event | None = None
    days: int = 0
    months: int = 0
    years: int = 0
    law: str = ""

    def describe(self) -> Any:
        """The period in the visitor's language."""
        if self.event is None:
            return _l("until you delete it")
        if self.years:
            return lazy_ngettext(
                "%(num)s year after %(event)s", "%(num)s years after %(event)s", self.years, event=self.event.label
            )
        if self.months:
            return lazy_ngettext(
                "%(num)s month after %(event)s", "%(num)s months after %(event)s", self.months, event=self.event.label
            )
        if self.days:
            return lazy_ngettext(
                "%(num)s day after %(event)s", "%(num)s days after %(event)s", self.days, event=self.event.label
            )
        return _l("at once after %(event)s", event=self.event.label)

    def cutoff(self, at: datetime) -> datetime:
        """What happened before this moment has outlived the period, seen from `at` (UTC)."""
        if self.event is Event.FINANCIAL_YEAR:  # counted from 31 December of the year it belongs to
            return at.replace(year=at.year - self.years, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        months = self.years * 12 + self.months
        moved = _months_back(at.date(), months)
        start = at.replace(year=moved.year, month=moved.month, day=moved.day)
        return start - timedelta(days=self.days)


def _months_back(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    for candidate in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, candidate))
        except ValueError:
            continue
    raise ValueError("no such month")


UNTIL_ERASED = Keep()


class Erase(Enum):
    """What erasure does: the whole row goes, the value is blanked, or the law has it stay until its date."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


@dataclass(frozen=True)
class Declaration:
    """What one column means."""

    kind: str
    category: Category | None = None
    purpose: Purpose | None = None
    keep: Keep = UNTIL_ERASED
    erase: Erase = Erase.DELETE
    recipients: tuple[Recipient, ...] = ()
    roles: tuple[Role, ...] = ()
    source: Source = Source.USE
    is_correctable: bool = False
    label: Any = ""

    @property
    def is_personal(self) -> bool:
        """Whether the column holds personal data of one of the eight kinds."""
        return self.kind == "personal"


KEY = "register"


def personal(
    category: Category,
    purpose: Purpose,
    *args: Any,
    keep: Keep,
    label: Any,
    erase: Erase = Erase.DELETE,
    recipients: Iterable[Recipient] = (),
    roles: Iterable[Role] = (),
    source: Source = Source.YOU,
    correct: bool = False,
    **column: Any,
) -> MappedColumn[Any]:
    """A column with personal data: its kind, why, how long, who gets it, and what erasure does to it."""
    told = Declaration(
        "personal", category, purpose, keep, erase, tuple(recipients), tuple(roles), source, correct, label
    )
    return mapped_column(*args, info={KEY: told}, **column)


def subject(target: str, *args: Any, erase: Erase = Erase.DELETE, **column: Any) -> MappedColumn[Any]:
    """A foreign key that says whom the row is about, directly or through another row ("people.id", "orders.id").

    `erase` says what happens to the row when that person goes: it goes too, loses the link, or stays for the law.
    """
    return mapped_column(ForeignKey(target), *args, info={KEY: Declaration("subject", erase=erase)}, **column)


def secret(*args: Any, **column: Any) -> MappedColumn[Any]:
    """A column that is never shown or exported: a hash, a key, a token."""
    return mapped_column(*args, info={KEY: Declaration("secret")}, **column)


def plain(*args: Any, **column: Any) -> MappedColumn[Any]:
    """A column that says nothing about a person by itself."""
    return mapped_column(*args, info={KEY: Declaration("plain")}, **column)


@dataclass(frozen=True)
class Transient:
    """A form field that is never stored: a code, a quantity, a password on its way to a hash."""

    why: str


def transient(why: str) -> Transient:
    """Say that a form field is never stored, and why it is asked."""
    return Transient(why)


class Medium(Enum):
    """What kind of place a store is."""

    COOKIE = "cookie"
    FILE = "file"
    LOG = "log"
    MEMORY = "memory"


@dataclass(frozen=True)
class Store:
    """A place other than a table where something about a visitor may be."""

    name: str
    medium: Medium
    purpose: Purpose
    label: Any
    keep_text: Any
    categories: tuple[Category, ...] = ()


class RegisterError(Exception):
    """The app may not start: something is not declared. The message names every problem."""


@dataclass
class Register:
    """All that the shop has declared, and the questions derived from it."""

    stores: dict[str, Store] = field(default_factory=dict)
    on_erase: list[Callable[[str], None]] = field(default_factory=list)

    def declare(self, store: Store) -> Store:
        """Add a store; the same name twice with another meaning is an error."""
        known = self.stores.setdefault(store.name, store)
        if known != store:
            raise RegisterError(f"store {store.name} is declared twice, differently")
        return known


register = Register()


def declaration_of(column: Column[Any] | InstrumentedAttribute[Any]) -> Declaration | None:
    """What a column was declared to mean, or None when nobody said."""
    info: dict[str, Any] = column.info if isinstance(column, Column) else column.property.columns[0].info
    found = info.get(KEY)
    return found if isinstance(found, Declaration) else None


def personal_columns(metadata: MetaData) -> Iterator[tuple[Table, Column[Any], Declaration]]:
    """Every column with personal data, table by table."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            declared = declaration_of(column)
            if declared is not None and declared.is_personal:
                yield table, column, declared


def subject_columns(table: Table) -> list[Column[Any]]:
    """The foreign keys of a table that lead to whom its rows are about."""
    return [c for c in table.columns if (d := declaration_of(c)) is not None and d.kind == "subject"]


def path_to_subject(table: Table) -> list[list[Column[Any]]]:
    """Every way from a table to `people` or `browsers`: each a list of foreign keys to follow in order."""
    if table.name in ROOTS:
        return [[]]
    return [
        [column, *rest]
        for column in subject_columns(table)
        for key in column.foreign_keys
        if key.column.table is not table
        for rest in path_to_subject(key.column.table)
    ]


_events: dict[str, Mapping[Event, str]] = {}


def declare_events(table: str, events: Mapping[Event, str]) -> None:
    """Say which columns of a table hold the moments that retention periods count from."""
    _events[table] = events


def event_column(table: Table, event: Event) -> list[Column[Any]] | None:
    """The way to the column that holds an event's moment: keys to follow, then the column itself; None if nowhere."""
    own = _events.get(table.name, {}).get(event)
    if own is not None:
        return [table.columns[own]]
    for column in subject_columns(table):
        for key in column.foreign_keys:
            if (found := event_column(key.column.table, event)) is not None:
                return [column, *found]
    return None


def problems_in(metadata: MetaData) -> list[str]:
    """Everything about the tables that is undeclared or leads nowhere, each named."""
    found: list[str] = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            declared = declaration_of(column)
            name = f"{table.name}.{column.name}"
            if declared is None:
                found.append(f"column {name} is not declared: use personal(), secret(), subject() or plain()")
            elif declared.is_personal:
                if not path_to_subject(table):
                    found.append(f"column {name} is personal, but no key leads from its row to a person or a browser")
                if declared.keep.event is not None and event_column(table, declared.keep.event) is None:
                    found.append(f"column {name} is kept by {declared.keep.event.name}, a moment no row of it has")
                if declared.erase is Erase.BLANK and not column.nullable:
                    found.append(f"column {name} is to be blanked, but may not be empty")
    return found
