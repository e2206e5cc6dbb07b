"""What has outlived its term, asked of the register alone: this room knows no other room's tables by name."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Exists,
    MetaData,
    String,
    Table,
    and_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from shop.core import clock
from shop.core.db import db
from shop.core.personal_data import (
    Category,
    Erase,
    Keep,
    Moment,
    declaration_of,
    moment_of,
    path_to_subject,
    personal_columns,
    row_term,
)
from shop.people.models import Person

PEOPLE = Person.metadata.tables[Person.__tablename__]


@dataclass(frozen=True)
class Condition:
    """That an event is longer ago than a period."""

    moment: Moment
    keep: Keep


@dataclass(frozen=True)
class Term:
    """What must go when its period is over: values of one column, or whole rows where `column` is None."""

    table: Table
    column: Column[Any] | None
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """The table, or the table and its column."""
        return self.table.name if self.column is None else f"{self.table.name}.{self.column.name}"


def terms(metadata: MetaData) -> list[Term]:
    """Every term of the register that ends by itself, what belongs to a row before the row it belongs to."""
    personal: defaultdict[str, list[tuple[Column[Any], Keep, Erase]]] = defaultdict(list)
    for table, column, declared in personal_columns(metadata):
        personal[table.name].append((column, declared.keep, declared.erase))
    return [
        term for table in reversed(metadata.sorted_tables) for term in _terms_of(table, personal.get(table.name, []))
    ]


def _terms_of(table: Table, personal: list[tuple[Column[Any], Keep, Erase]]) -> Iterator[Term]:
    for column, keep, erase in personal:
        if erase is Erase.BLANK and keep.event is not None:
            yield Term(table, column, (_condition(table, keep),))
    whole = row_term(table)
    if whole is not None:
        yield Term(table, None, (_condition(table, whole),))
    elif any(erase is not Erase.BLANK for _column, _keep, erase in personal):
        keeps = dict.fromkeys(keep for _column, keep, _erase in personal)
        if all(keep.event is not None for keep in keeps):
            yield Term(table, None, tuple(_condition(table, keep) for keep in keeps))


def _condition(table: Table, keep: Keep) -> Condition:
    moment = moment_of(table, keep.event) if keep.event is not None else None
    assert moment is not None, "the register is checked when the app starts"
    return Condition(moment, keep)


def is_over(term: Term, at: datetime) -> ColumnElement[bool]:
    """That a row of the term's table has something left that must go."""
    parts = [_is_past(c.moment, c.keep.cutoff(at)) for c in term.conditions]
    if term.column is not None:
        parts.append(term.column.is_not(None))
    else:
        parts.append(not_(_is_needed_by_law(term.table)))
    return and_(*parts)


def _is_past(moment: Moment, cutoff: datetime) -> ColumnElement[bool]:
    """That the moment, of the row or of the row it belongs to, is before the cutoff; never when it is unknown."""
    if not moment.keys:
        return func.coalesce(*moment.columns) < cutoff if len(moment.columns) > 1 else moment.columns[0] < cutoff
    key, *rest = moment.keys
    (parent,) = (found.column for found in key.foreign_keys)
    return exists().where(parent == key, _is_past(Moment(tuple(rest), moment.columns), cutoff))


def keys_to(table: Table) -> Iterator[tuple[Column[Any], Erase]]:
    """Every foreign key that leads to a table, with what becomes of its row when the other goes."""
    for other in table.metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                declared = declaration_of(column)
                if declared is not None and declared.kind == "subject":
                    yield column, declared.erase
                else:
                    yield column, Erase.BLANK if column.nullable else Erase.DELETE


def _is_needed_by_law(table: Table) -> ColumnElement[bool]:
    """That rows which the law has the shop keep still belong to this row."""
    needed = [
        exists().where(column == key.column)
        for column, erase in keys_to(table)
        if erase is Erase.KEEP
        for key in column.foreign_keys
    ]
    return or_(*needed) if needed else false()


def is_forgotten(at: datetime) -> ColumnElement[bool]:
    """That nothing is left of a person by which anybody could tell who it was; what they did does not tell."""
    return and_(Person.created_on < clock.local_date(at), not_(or_(*_traces())))


def _traces() -> Iterator[Exists]:
    """For each column that can tell who somebody is, that it has a value for this person."""
    for table, column, declared in personal_columns(PEOPLE.metadata):
        if declared.category is Category.ACTIVITY or declared.erase is Erase.KEEP:
            continue
        has_value = and_(column.is_not(None), column != "") if isinstance(column.type, String) else column.is_not(None)
        for path in path_to_subject(table):
            *between, last = path
            if not last.references(PEOPLE.c.id):
                continue
            links = [key == found.column for key in between for found in key.foreign_keys]
            yield select(literal(1)).where(last == PEOPLE.c.id, has_value, *links).correlate(PEOPLE).exists()


def count(table: Table, condition: ColumnElement[bool]) -> int:
    """How many rows of a table a condition is true for."""
    return db.session.scalar(select(func.count()).select_from(table).where(condition)) or 0
