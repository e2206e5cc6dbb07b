"""Places other than tables where something about a visitor may be, and what rooms do for the register themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Connection

from shop.core.personal_data.words import Category, Purpose


class Medium(Enum):
    """What kind of place a store is."""

    COOKIE = "cookie"
    STORAGE = "storage"
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


Retain = Callable[[datetime, bool], int]
"""Takes away what has outlived its term at a moment, or only counts it (dry run); says how much."""


Hook = TypeVar("Hook")

Erases = Callable[[str, datetime], None]
"""Does what is left to do in a room, beside its rows, when a person (by key) is erased at a moment."""

Restricts = Callable[[str, bool, datetime], None]
"""Obeys that the data of a person (by key) may from a moment on only be stored, or may be used again."""


@dataclass(frozen=True)
class PassOn:
    """What a room cannot put right by itself: a "label" or an "invoice", and its number."""

    kind: str
    about: str


Corrects = Callable[[str, str, Any, datetime], "Iterable[PassOn] | None"]
"""Hears that a value of a person (by key) was corrected: "table.column", and the key of its row.

Puts right what was made of the old value, and tells what somebody has to pass on.
"""


@dataclass(frozen=True)
class ExportedFile:
    """A file that belongs in the download of somebody's data, under a fixed name."""

    name: str
    content: bytes


Exports = Callable[[str], Iterator[ExportedFile]]
"""The files about a person (by key) that are no rows: receipts, invoices."""

Browses = Callable[[], Iterator[str]]
"""The keys of the `browsers` rows that the cookies of this request stand for."""


@dataclass(frozen=True)
class Needed:
    """A row that erasure leaves alone for now, because something is still running: an order that has not ended."""

    table: str
    key: tuple[Any, ...]
    label: Any = ""  # what people call it; without one it only belongs to another that is needed
    why: Any = ""
    endpoint: str = ""  # where it can be ended
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)


Needs = Callable[[str], Iterator[Needed]]
"""The rows of a person (by key) that something still running cannot do without."""

Copies = Callable[[Connection], None]
"""Makes rows fit again in a copy without personal data, once all of them are in: a chain of seals, mail that waits."""


@dataclass
class Register:
    """All that the shop has declared, and the questions derived from it.

    Rooms with more to do than rows say so here: files to remove, sessions to end, mail to drop. Hooks run inside the
    transaction of their cause, leave the commit to it, and must bear to run twice.
    """

    stores: dict[str, Store] = field(default_factory=dict)
    on_retain: dict[str, Retain] = field(default_factory=dict)
    on_erase: dict[str, Erases] = field(default_factory=dict)
    on_restrict: dict[str, Restricts] = field(default_factory=dict)
    on_correct: dict[str, Corrects] = field(default_factory=dict)
    on_export: dict[str, Exports] = field(default_factory=dict)
    on_browse: dict[str, Browses] = field(default_factory=dict)
    on_needs: dict[str, Needs] = field(default_factory=dict)
    on_copy: dict[str, Copies] = field(default_factory=dict)
    never_copied: set[str] = field(default_factory=set)

    def declare(self, store: Store) -> Store:
        """Add a store; the same name twice with another meaning is an error."""
        known = self.stores.setdefault(store.name, store)
        if known != store:
            raise RegisterError(f"store {store.name} is declared twice, differently")
        return known

    def retains(self, what: str) -> Callable[[Retain], Retain]:
        """Say which function takes away what has outlived its term outside the register's own tables."""
        return _rememberer(self.on_retain, what)

    def erases(self, what: str) -> Callable[[Erases], Erases]:
        """Say which function does what erasure asks of a room beside its rows."""
        return _rememberer(self.on_erase, what)

    def restricts(self, what: str) -> Callable[[Restricts], Restricts]:
        """Say which function obeys a restriction beside not using rows."""
        return _rememberer(self.on_restrict, what)

    def corrects(self, what: str) -> Callable[[Corrects], Corrects]:
        """Say which function passes a correction on to what was made of the old value."""
        return _rememberer(self.on_correct, what)

    def exports(self, what: str) -> Callable[[Exports], Exports]:
        """Say which function knows a room's files about a person."""
        return _rememberer(self.on_export, what)

    def browses(self, what: str) -> Callable[[Browses], Browses]:
        """Say which function knows, by a cookie, the browser that is asking; only it can see what is kept of it."""
        return _rememberer(self.on_browse, what)

    def needs(self, what: str) -> Callable[[Needs], Needs]:
        """Say which function knows the rows that must outlive an erasure for now, with all that belongs to them."""
        return _rememberer(self.on_needs, what)

    def copies(self, what: str) -> Callable[[Copies], Copies]:
        """Say which function makes a room's rows fit again in a copy without personal data."""
        return _rememberer(self.on_copy, what)

    def keeps_from_copies(self, *tables: str) -> None:
        """Say which tables go into no copy, with what belongs to them: they mean nothing without vault or ledger."""
        self.never_copied.update(tables)


def _rememberer(hooks: dict[str, Hook], what: str) -> Callable[[Hook], Hook]:
    def remember(hook: Hook) -> Hook:
        hooks[what] = hook
        return hook

    return remember


register = Register()
