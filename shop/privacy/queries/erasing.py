"""What erasure would do, found by walking the schema from a person: which rows go, which are blanked, which stay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, or_, select, tuple_

from shop.core.db import Model, db
from shop.core.personal_data import Declaration, Erase, Needed, declaration_of, register, row_term
from shop.privacy.queries.retention import PEOPLE, keys_to

Key = tuple[Any, ...]
AT_ONCE = 400


class CannotErase(Exception):
    """There is no such row of this person, or it may not go: it is needed, or the law has it stay."""


@dataclass
class Plan:
    """What becomes of every row about some people."""

    person_ids: tuple[str, ...]
    removed: dict[Table, set[Key]] = field(default_factory=lambda: defaultdict(set))
    staying: dict[Table, set[Key]] = field(default_factory=lambda: defaultdict(set))
    unlinked: dict[Column[Any], set[Key]] = field(default_factory=lambda: defaultdict(set))
    needed: list[Needed] = field(default_factory=list)
    blanks: Column[Any] | None = None  # of a plan for one value: the only column that is blanked
    keeps_person: bool = False

    def tables(self) -> list[str]:
        """The tables that it touches."""
        touched = {*self.removed, *(t for t in self.staying if self.blanked_columns(t))}
        return sorted({table.name for table in touched} | {column.table.name for column in self.unlinked})

    def blanked_columns(self, table: Table) -> list[Column[Any]]:
        """The columns of a table whose values go from rows that stay."""
        if self.blanks is not None:
            return [self.blanks] if self.blanks.table is table else []
        return [column for column, declared in _personal(table) if declared.erase is Erase.BLANK]

    def fate_of(self, table: Table, key: Key) -> str:
        """What becomes of a row: "goes", "stays" (blanked as declared) or "needed"."""
        if key in self.removed.get(table, ()):
            return "goes"
        return "stays" if key in self.staying.get(table, ()) else "needed"


def plan_for(person_ids: Iterable[str], needed: Iterable[Needed] | None = None) -> Plan:
    """What erasing these people would do; `needed` are the rows left out, found anew unless they are given."""
    people = tuple(dict.fromkeys(person_ids))
    plan = Plan(people)
    plan.needed = [one for person in people for one in needed_of(person)] if needed is None else list(needed)
    left_out: dict[str, set[Key]] = defaultdict(set)
    for one in plan.needed:
        left_out[one.table].add(one.key)
    roots = {(person,) for person in people}
    holders = _holders(plan.needed)
    plan.keeps_person = bool(holders & {person for (person,) in roots})
    _walk(plan, PEOPLE, roots, left_out, goes=True)
    for person in sorted(people):
        if person not in holders:
            plan.removed[PEOPLE].add((person,))
    return plan


def needed_of(person_id: str) -> Iterator[Needed]:
    """The rows of a person that something still running cannot do without: an order that has not ended."""
    for _name, needs in sorted(register.on_needs.items()):
        yield from needs(person_id)


def plan_for_row(person_ids: Iterable[str], item: str) -> Plan:
    """What erasing one row ("addresses:12") or one value ("orders:12:note") would do; CannotErase when it may not."""
    table_name, _colon, rest = item.partition(":")
    key_text, _colon, column_name = rest.partition(":")
    table = Model.metadata.tables.get(table_name)
    if table is None or table is PEOPLE:
        raise CannotErase(item)
    key = _key_from(table, key_text)
    whole = plan_for(person_ids)
    plan = Plan(whole.person_ids, keeps_person=True)
    fate = whole.fate_of(table, key)
    if fate == "needed" or _is_identity(table):
        raise CannotErase(item)
    if column_name:
        declared = _declared(table, column_name)
        if declared is None or declared.erase is not Erase.BLANK:
            raise CannotErase(item)
        plan.blanks = table.columns[column_name]
        plan.staying[table].add(key)
    elif fate == "goes":
        plan.removed[table].add(key)
        _walk(plan, table, {key}, {}, goes=True)
    else:
        plan.staying[table].add(key)
        _walk(plan, table, {key}, {}, goes=False)
        if not plan.tables():
            raise CannotErase(item)
    return plan


@cache
def _fates() -> dict[Table, bool]:
    """For every table that an erasure reaches, by its declarations alone: whether its rows go (True) or stay."""
    fates: dict[Table, bool] = {}
    ways = [(PEOPLE, True)]
    while ways:
        table, goes = ways.pop()
        for column, erase in keys_to(table):
            child = column.table
            is_subject = (d := declaration_of(column)) is not None and d.kind == "subject"
            child_goes = erase is Erase.DELETE if goes else _goes_from_a_staying_row(child, erase)
            if (is_subject or (goes and child_goes)) and fates.get(child, False) < (child_goes or child not in fates):
                fates[child] = child_goes
                ways.append((child, child_goes))
    return fates


def may_go_alone(table: Table) -> bool:
    """Whether a row of this table, or what it tells, can be erased without all the rest; one that runs still cannot."""
    goes = _fates().get(table)
    if goes is None or _is_identity(table):
        return False
    return goes or any(declared.erase is Erase.BLANK for _column, declared in _personal(table))


def _walk(plan: Plan, table: Table, keys: set[Key], left_out: dict[str, set[Key]], *, goes: bool) -> None:
    """Follow every key that leads to these rows, and decide what becomes of the rows it comes from."""
    for column, erase in keys_to(table):
        is_subject = (d := declaration_of(column)) is not None and d.kind == "subject"
        child = column.table
        found = set(_rows(child, column, {key[0] for key in keys})) - left_out.get(child.name, set())
        if not found or not (goes or is_subject):
            continue
        if goes and erase is Erase.KEEP:
            raise CannotErase(f"{child.name} has the law on its side, but belongs to {table.name} that would go")
        child_goes = erase is Erase.DELETE if goes else _goes_from_a_staying_row(child, erase)
        if goes and erase is Erase.BLANK:
            plan.unlinked[column] |= found
        if child_goes:
            found -= plan.removed.get(child, set())
            plan.removed[child] |= found
        else:
            if not is_subject:
                continue
            found -= plan.staying.get(child, set())
            plan.staying[child] |= found
        if found:
            _walk(plan, child, found, left_out, goes=child_goes)


def _goes_from_a_staying_row(child: Table, erase: Erase) -> bool:
    """Whether what belongs to a row that stays (an order without its person) goes: addresses do, lines do not."""
    how = {declared.erase for _column, declared in _personal(child)}
    if erase is Erase.KEEP or Erase.KEEP in how:
        return False
    return Erase.DELETE in how or row_term(child) is not None


def _personal(table: Table) -> list[tuple[Column[Any], Declaration]]:
    told = [(column, declaration_of(column)) for column in table.columns]
    return [(column, declared) for column, declared in told if declared is not None and declared.is_personal]


def _declared(table: Table, column_name: str) -> Declaration | None:
    return next((declared for column, declared in _personal(table) if column.name == column_name), None)


def _is_identity(table: Table) -> bool:
    """Whether a person has one such row at most: an account goes with its person, not by itself."""
    return any(
        column.unique and any(key.column.table is PEOPLE for key in column.foreign_keys) for column in table.columns
    )


def _holders(needed: Iterable[Needed]) -> set[str]:
    """The people to whom needed rows belong."""
    found: set[str] = set()
    for one in needed:
        table = Model.metadata.tables[one.table]
        for column in table.columns:
            if any(key.column.table is PEOPLE for key in column.foreign_keys):
                found |= set(db.session.scalars(select(column).where(is_among(table, [one.key]), column.is_not(None))))
    return found


def _rows(table: Table, column: Column[Any], values: set[Any]) -> Iterator[Key]:
    for some in _chunks(sorted(values)):
        for row in db.session.execute(select(*table.primary_key.columns).where(column.in_(some))):
            yield tuple(row)


def is_among(table: Table, keys: Iterable[Key]) -> ColumnElement[bool]:
    """That a row of a table is one of these."""
    columns = list(table.primary_key.columns)
    wanted = list(keys)
    if not wanted:
        return false()
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in wanted])
    if len(wanted) > 1:
        return tuple_(*columns).in_(wanted)
    return or_(*(tuple_(*columns) == key for key in wanted))


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def chunked(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Keys in a fixed order, so many at a time that any database takes them."""
    return _chunks(sorted(keys))


def key_from_text(table: str, text: str) -> Key:
    """The key of a row of a table, from an address or from the ledger: "12", or "12-owner" of a key of two parts."""
    return _key_from(Model.metadata.tables[table], text)


def _key_from(table: Table, text: str) -> Key:
    columns = list(table.primary_key.columns)
    parts = text.split("-") if len(columns) > 1 else [text]
    if len(parts) != len(columns):
        raise CannotErase(text)
    try:
        return tuple(column.type.python_type(part) for column, part in zip(columns, parts, strict=True))
    except ValueError as problem:
        raise CannotErase(text) from problem
