"""From any row to whom it is about, and to the moment that its retention counts from: by the schema alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, Table

from shop.core.personal_data.declarations import Declaration, Erase, declaration_of
from shop.core.personal_data.terms import Keep
from shop.core.personal_data.words import Category, Event

ROOTS = ("people", "browsers")
"""The two tables that every personal row must lead to."""


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


def path_to_subject(table: Table, *, passed: frozenset[str] = frozenset()) -> list[list[Column[Any]]]:
    """Every way from a table to `people` or `browsers`: each a list of foreign keys to follow in order."""
    if table.name in ROOTS:
        return [[]]
    passed |= {table.name}
    return [
        [column, *rest]
        for column in subject_columns(table)
        for key in column.foreign_keys
        if key.column.table.name not in passed
        for rest in path_to_subject(key.column.table, passed=passed)
    ]


EventColumns = str | tuple[str, ...]
"""The column with an event's moment, or several of which the first that is filled counts."""

_events: dict[str, Mapping[Event, EventColumns]] = {}
_row_terms: dict[str, Keep] = {}


def declare_events(table: str, events: Mapping[Event, EventColumns]) -> None:
    """Say which columns of a table hold the moments that retention periods count from."""
    _events[table] = events


def declare_row_term(table: str, keep: Keep) -> None:
    """Say how long a table's rows stay at most, whatever is in them."""
    _row_terms[table] = keep


@dataclass(frozen=True)
class RowWords:
    """What people call a table's rows, and the column by which one is told from another ("number")."""

    label: Any
    named_by: str | None = None


_row_words: dict[str, RowWords] = {}


def declare_row_words(table: str, words: RowWords) -> None:
    """Say what people call a table's rows."""
    _row_words[table] = words


def row_words(table: Table) -> RowWords | None:
    """What people call a table's rows, where that was said."""
    return _row_words.get(table.name)


def row_term(table: Table) -> Keep | None:
    """How long a table's rows stay, where that was said of the rows themselves."""
    return _row_terms.get(table.name)


@dataclass(frozen=True)
class Moment:
    """Where an event's moment stands: keys to follow from the row, then columns; the first filled one counts."""

    keys: tuple[Column[Any], ...]
    columns: tuple[Column[Any], ...]


def moment_of(table: Table, event: Event, *, passed: frozenset[str] = frozenset()) -> Moment | None:
    """The way from a table's rows to an event's moment: their own, or that of the row they belong to."""
    own = _events.get(table.name, {}).get(event)
    if own is not None:
        names = (own,) if isinstance(own, str) else own
        return Moment((), tuple(table.columns[name] for name in names))
    passed |= {table.name}
    for column in subject_columns(table):
        for key in column.foreign_keys:
            parent = key.column.table
            if parent.name not in passed and (found := moment_of(parent, event, passed=passed)) is not None:
                return Moment((column, *found.keys), found.columns)
    return None


def problems_in(metadata: MetaData) -> list[str]:
    """Everything about the tables that is undeclared or leads nowhere, each named."""
    found: list[str] = []
    for table in metadata.sorted_tables:
        term = row_term(table)
        if term is not None and (term.event is None or moment_of(table, term.event) is None):
            found.append(f"table {table.name} has a term for its rows, but no row of it has that moment")
        if row_words(table) is None and any(d.is_personal for c in table.columns if (d := declaration_of(c))):
            found.append(f"table {table.name} has personal columns, but no __label__: what do people call its rows?")
        for column in table.columns:
            declared = declaration_of(column)
            name = f"{table.name}.{column.name}"
            if declared is None:
                found.append(f"column {name} is not declared: use personal(), secret(), subject() or plain()")
            elif declared.is_personal:
                if not path_to_subject(table):
                    found.append(f"column {name} is personal, but no key leads from its row to a person or a browser")
                if declared.keep.event is not None and moment_of(table, declared.keep.event) is None:
                    found.append(f"column {name} is kept by {declared.keep.event.name}, a moment no row of it has")
                if declared.category is Category.EMAIL and declared.identifies is None:
                    found.append(
                        f"column {name} is an e-mail address, but does not say whether it identifies whom the row is"
                        " about: whoever proves control of one that does can see, take and erase all of that person"
                    )
                if declared.erase is Erase.BLANK and not column.nullable:
                    found.append(f"column {name} is to be blanked, but may not be empty")
    return found
