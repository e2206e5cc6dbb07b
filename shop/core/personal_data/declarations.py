"""How a column says what it means, where it is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Column, ForeignKey
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column

from shop.core.personal_data.terms import UNTIL_ERASED, Keep
from shop.core.personal_data.words import Category, Purpose, Recipient, Role, Source


class Erase(Enum):
    """What erasure does: the whole row goes, the value is blanked, or the law has it stay until its date."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


Words = Callable[[str], Any]
"""What people call a value that is kept as a code; nothing for one that it does not know."""


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
    identifies: bool | str | None = None
    words: Words | None = None

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
    identifies: bool | str | None = None,
    words: Words | None = None,
    **column: Any,
) -> MappedColumn[Any]:
    """A column with personal data: its kind, why, how long, who gets it, and what erasure does to it.

    An e-mail address also says whether it `identifies`: whoever proves control of it may see, take and erase all of
    the person that the row is about; or names the column of its row that must be true for that. Such an address is
    kept as `normalise_email` writes it, and has an index. `words` says what people read where the column has a code.
    """
    told = Declaration(
        "personal",
        category,
        purpose,
        keep,
        erase,
        tuple(recipients),
        tuple(roles),
        source,
        correct,
        label,
        identifies,
        words,
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


def plain(*args: Any, label: Any = "", words: Words | None = None, **column: Any) -> MappedColumn[Any]:
    """A column that says nothing about a person by itself; with a label it is shown beside what does: an amount."""
    return mapped_column(*args, info={KEY: Declaration("plain", label=label, words=words)}, **column)


@dataclass(frozen=True)
class Transient:
    """A form field that is never stored: a code, a quantity, a password on its way to a hash."""

    why: str


def transient(why: str) -> Transient:
    """Say that a form field is never stored, and why it is asked."""
    return Transient(why)


def declaration_of(column: Column[Any] | InstrumentedAttribute[Any]) -> Declaration | None:
    """What a column was declared to mean, or None when nobody said."""
    info: dict[str, Any] = column.info if isinstance(column, Column) else column.property.columns[0].info
    found = info.get(KEY)
    return found if isinstance(found, Declaration) else None
