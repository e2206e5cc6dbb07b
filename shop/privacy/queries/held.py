"""Everything that is held about people, read by walking the schema's own metadata: no table is known here by name.

Rows are streamed and each table is asked once: memory does not grow with the rows, nor statements with anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, ScalarSelect, Select, Table, Text, cast, func, or_, select, union

from shop.core.db import Model, db
from shop.core.personal_data import (
    ROOTS,
    Basis,
    Category,
    Declaration,
    Erase,
    Event,
    Keep,
    Moment,
    Purpose,
    Recipient,
    Role,
    RowWords,
    Source,
    declaration_of,
    moment_of,
    path_to_subject,
    row_term,
    row_words,
)

AT_ONCE = 500  # rows in memory


@dataclass(frozen=True)
class Field:
    """A column with personal data, and the terms that end its values."""

    column: Column[Any]
    declared: Declaration
    terms: tuple[Keep, ...]  # the last of these ends the value; without any it stays until it is erased
    row_term: Keep | None  # ends the whole row, perhaps sooner

    @property
    def name(self) -> str:
        """ "table.column": the key of the register."""
        return f"{self.column.table.name}.{self.column.name}"


@dataclass(frozen=True)
class Value:
    """One value of somebody, and all that the register says of it."""

    field: Field
    value: Any
    ends_on: date | None  # the last day on which it is kept, when that is known

    @property
    def declared(self) -> Declaration:
        """What its column was declared to mean."""
        return self.field.declared

    @property
    def name(self) -> str:
        """The "table.column" it stands in."""
        return self.field.name

    @property
    def column(self) -> str:
        """The column it stands in."""
        return self.field.column.name

    @property
    def label(self) -> Any:
        """What people call it."""
        return self.declared.label

    @property
    def category(self) -> Category:
        """Which of the policy's eight kinds of data it is."""
        assert self.declared.category is not None
        return self.declared.category

    @property
    def purpose(self) -> Purpose:
        """Why it is kept."""
        assert self.declared.purpose is not None
        return self.declared.purpose

    @property
    def basis(self) -> Basis:
        """By which right it is kept."""
        return self.purpose.basis

    @property
    def source(self) -> Source:
        """Where it came from."""
        return self.declared.source

    @property
    def roles(self) -> tuple[Role, ...]:
        """Which roles of staff may see it."""
        return self.declared.roles

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Who outside the shop may get it."""
        return self.declared.recipients

    @property
    def keep(self) -> Keep:
        """The period that its column declares."""
        return self.declared.keep

    @property
    def law(self) -> str:
        """The law that has it kept, if one does."""
        return self.declared.keep.law

    @property
    def erase(self) -> Erase:
        """What erasure does to it."""
        return self.declared.erase

    @property
    def is_correctable(self) -> bool:
        """Whether it can be corrected in place."""
        return self.declared.is_correctable

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return self.value is None or self.value == ""


@dataclass(frozen=True)
class Item:
    """One row about somebody."""

    table: Table
    key: tuple[Any, ...]
    values: tuple[Value, ...]
    details: Mapping[str, Any]  # labelled columns that say nothing by themselves: an amount, a date

    @property
    def words(self) -> RowWords:
        """What people call rows like this."""
        words = row_words(self.table)
        assert words is not None, "the register is checked when the app starts"
        return words

    @property
    def key_text(self) -> str:
        """The row's key as text, for an address or a form."""
        return "-".join(str(part) for part in self.key)

    @property
    def name(self) -> str:
        """What tells this row from the others, if anything does."""
        named_by = self.words.named_by
        told = next(
            (value.value for value in self.values if value.column == named_by), self.details.get(named_by or "")
        )
        return str(in_words(self.table.columns[named_by], told) or "") if named_by and told else ""

    @property
    def filled(self) -> tuple[Value, ...]:
        """The values that are not empty."""
        return tuple(value for value in self.values if not value.is_empty)

    def value_of(self, column: str) -> Value | None:
        """The value of one of its columns."""
        return next((value for value in self.values if value.column == column), None)


def in_words(column: Column[Any], value: Any) -> Any:
    """What people read for a value that a column keeps as a code; any other value as it is."""
    declared = declaration_of(column)
    if declared is None or declared.words is None or not isinstance(value, str):
        return value
    return declared.words(value) or value


@dataclass(frozen=True)
class Holding:
    """A table with rows about people: what of it is told, and how its rows are found."""

    table: Table
    fields: tuple[Field, ...]
    details: tuple[Column[Any], ...]

    @cached_property
    def key(self) -> tuple[Column[Any], ...]:
        """The columns of the row's key."""
        return tuple(self.table.primary_key.columns)

    @property
    def words(self) -> RowWords:
        """What people call these rows."""
        words = row_words(self.table)
        assert words is not None, "the register is checked when the app starts"
        return words

    @cached_property
    def moments(self) -> dict[Event, Moment]:
        """Where each moment stands from which a value of these rows is kept."""
        keeps = [keep for field in self.fields for keep in (*field.terms, field.row_term) if keep is not None]
        events = dict.fromkeys(keep.event for keep in keeps if keep.event is not None)
        return {event: found for event in events if (found := moment_of(self.table, event)) is not None}

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The kinds of data that its columns may hold."""
        found = (field.declared.category for field in self.fields)
        return tuple(dict.fromkeys(category for category in found if category is not None))

    def is_filled(self, category: Category) -> ColumnElement[bool]:
        """That a row holds something of one kind of data."""
        columns = [field.column for field in self.fields if field.declared.category is category]
        return or_(*(func.coalesce(cast(column, Text), "") != "" for column in columns))

    def rows_of(self, roots: Mapping[str, Iterable[str]]) -> ColumnElement[bool] | None:
        """That a row is about one of these people or browsers; None when none of it can be."""
        ways = [way for path in path_to_subject(self.table) if (way := self._way(path, roots)) is not None]
        if not ways:
            return None
        (key,) = self.key if len(self.key) == 1 else (None,)
        if len(ways) == 1 or key is None:
            condition = ways[0]
            for way in ways[1:]:
                condition |= way
            return condition
        return key.in_(union(*(select(key).where(way) for way in ways)))  # each way by its own index

    def _way(self, path: list[Column[Any]], roots: Mapping[str, Iterable[str]]) -> ColumnElement[bool] | None:
        *between, last = path
        (root,) = (key.column for key in last.foreign_keys)
        keys = tuple(roots.get(root.table.name, ()))
        if not keys:
            return None
        condition: ColumnElement[bool] = last.in_(keys)
        for column in reversed(between):
            (parent,) = (key.column for key in column.foreign_keys)
            condition = column.in_(select(parent).where(condition))
        return condition

    def question(self, condition: ColumnElement[bool]) -> Select[Any]:
        """The rows that a condition is true for, with the moments that their terms count from."""
        told = [*self.key, *(field.column for field in self.fields), *self.details]
        moments = [_moment(moment).label(f"moment_{event.name}") for event, moment in self.moments.items()]
        named = [column.label(f"c{number}") for number, column in enumerate(told)]
        return select(*named, *moments).where(condition)

    def item(self, row: tuple[Any, ...]) -> Item:
        """The item that a row of the question is."""
        n, m = len(self.key), len(self.fields)
        moments = dict(zip(self.moments, row[n + m + len(self.details) :], strict=True))
        values = tuple(
            Value(field, value, _last_day(field, moments))
            for field, value in zip(self.fields, row[n : n + m], strict=True)
        )
        details = {column.name: value for column, value in zip(self.details, row[n + m :], strict=False)}
        return Item(self.table, tuple(row[:n]), values, details)


def _moment(moment: Moment) -> ColumnElement[Any]:
    own = func.coalesce(*moment.columns, type_=moment.columns[0].type) if len(moment.columns) > 1 else moment.columns[0]
    if not moment.keys:
        return own
    asked: ScalarSelect[Any] | ColumnElement[Any] = own
    for key in reversed(moment.keys):
        (parent,) = (found.column for found in key.foreign_keys)
        aliased = select(asked).where(parent == key).correlate(key.table)
        asked = aliased.scalar_subquery()
    return asked


def _last_day(field: Field, moments: Mapping[Event, datetime | None]) -> date | None:
    days = [_end(keep, moments) for keep in field.terms]
    own = max(day for day in days if day is not None) if days and None not in days else None
    row = _end(field.row_term, moments) if field.row_term is not None else None
    return min((day for day in (own, row) if day is not None), default=None)


def _end(keep: Keep, moments: Mapping[Event, datetime | None]) -> date | None:
    moment = moments.get(keep.event) if keep.event is not None else None
    return keep.last_day(moment) if moment is not None else None


def holdings() -> Iterator[Holding]:
    """Every table with personal data that leads to a person or a browser, in the order of the schema."""
    for table in Model.metadata.sorted_tables:
        told = [(column, declaration_of(column)) for column in table.columns]
        personal = [(column, declared) for column, declared in told if declared is not None and declared.is_personal]
        if personal and table.name not in ROOTS:
            details = tuple(c for c, declared in told if declared is not None and _is_detail(table, c, declared))
            yield Holding(table, tuple(_fields(table, personal)), details)


def _is_detail(table: Table, column: Column[Any], declared: Declaration) -> bool:
    words = row_words(table)
    is_name = words is not None and words.named_by == column.name
    return declared.kind == "plain" and (is_name or bool(declared.label))


def _fields(table: Table, personal: list[tuple[Column[Any], Declaration]]) -> Iterator[Field]:
    """As retention does it: a value is blanked by its own term, other rows go when all their terms are over."""
    whole = row_term(table)
    keeps = tuple(dict.fromkeys(declared.keep for _column, declared in personal))
    all_end = all(keep.event is not None for keep in keeps)
    together = keeps if all_end and whole is None else ()
    for column, declared in personal:
        own = (declared.keep,) if declared.keep.event is not None else ()
        yield Field(column, declared, own if declared.erase is Erase.BLANK else together, whole)


def items(person_ids: Iterable[str], *, browser_ids: Iterable[str] = (), table: str | None = None) -> Iterator[Item]:
    """Every row about these people and browsers, table by table, oldest first; the session is theirs alone meanwhile.

    Holds as many rows in memory as AT_ONCE, however many there are.
    """
    roots = {"people": tuple(person_ids), "browsers": tuple(browser_ids)}
    for holding in holdings():
        if table is not None and holding.table.name != table:
            continue
        condition = holding.rows_of(roots)
        if condition is None:
            continue
        question = holding.question(condition).order_by(*holding.key)
        rows = db.session.execute(question.execution_options(yield_per=AT_ONCE))
        for row in rows:
            yield holding.item(tuple(row))
