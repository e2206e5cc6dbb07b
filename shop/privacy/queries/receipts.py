"""What an erasure takes and what it leaves, in words of the register: for the preview, the mail and the receipt."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select

from shop.core.db import Model, db
from shop.core.personal_data import Category, Erase, declaration_of, row_words
from shop.privacy.models.erasures import Erasure
from shop.privacy.queries import held
from shop.privacy.queries.erasing import Plan

NAMED = 12  # rows that a preview names; more are counted


@dataclass
class Part:
    """Rows of one table that share a fate: which of their columns, how many rows, and what they are called."""

    table: str
    columns: tuple[str, ...]
    rows: int = 0
    until: date | None = None
    law: str = ""
    names: list[str] = field(default_factory=list)

    @property
    def label(self) -> Any:
        """What people call such rows."""
        words = row_words(Model.metadata.tables[self.table])
        return words.label if words else self.table

    @property
    def column_labels(self) -> list[Any]:
        """What people call those columns."""
        table = Model.metadata.tables[self.table]
        told = [declaration_of(table.columns[name]) for name in self.columns if name in table.columns]
        return list(dict.fromkeys(str(declared.label) for declared in told if declared is not None))

    @property
    def more(self) -> int:
        """How many rows have no place in `names`."""
        return self.rows - len(self.names)

    def told(self) -> dict[str, Any]:
        """The part as a receipt keeps it: no name, no value."""
        return {
            "table": self.table,
            "columns": list(self.columns),
            "rows": self.rows,
            "until": self.until.isoformat() if self.until else None,
            "law": self.law,
        }


@dataclass
class Preview:
    """The two lists: what goes now; what stays, until when and by which law. What is needed for now is apart."""

    goes: list[Part]
    stays: list[Part]


def preview_of(plan: Plan) -> Preview:
    """What a plan takes from people and what it leaves, row by row, gathered by table and fate."""
    goes: dict[Any, Part] = {}
    stays: dict[Any, Part] = {}
    touched = {*plan.removed, *plan.staying}
    is_whole = not plan.keeps_person or bool(plan.needed)
    for item in held.items(plan.person_ids):
        if item.table not in touched and not is_whole:
            continue
        fate = plan.fate_of(item.table, item.key)
        if fate == "needed" or (not is_whole and not _is_in(plan, item)):
            continue
        blanked = {column.name for column in plan.blanked_columns(item.table)}
        taken = [v.column for v in item.filled if fate == "goes" or v.column in blanked]
        left = [v for v in item.filled if fate != "goes" and v.column not in blanked] if is_whole else []
        if taken:
            _add(goes, Part(item.table.name, tuple(taken)), item.name, key=(item.table.name,))
        for until, law, columns in _by_end(left):
            _add(stays, Part(item.table.name, columns, until=until, law=law), item.name)
    return Preview(list(goes.values()), list(stays.values()))


def _is_in(plan: Plan, item: held.Item) -> bool:
    return item.key in plan.removed.get(item.table, ()) or item.key in plan.staying.get(item.table, ())


def _by_end(values: Iterable[held.Value]) -> Iterator[tuple[date | None, str, tuple[str, ...]]]:
    ends: dict[tuple[date | None, str], list[str]] = {}
    for value in values:
        is_by_law = value.erase is Erase.KEEP and bool(value.law)
        ends.setdefault((value.ends_on if is_by_law else None, value.law), []).append(value.column)
    for (until, law), columns in ends.items():
        yield until, law, tuple(columns)


def _add(parts: dict[Any, Part], part: Part, name: str, *, key: Any = None) -> None:
    key = key or (part.table, part.columns, part.until, part.law)
    known = parts.setdefault(key, part)
    known.rows += 1
    known.columns = tuple(dict.fromkeys((*known.columns, *part.columns)))
    if name and len(known.names) < NAMED:
        known.names.append(name)


def told_of(plan: Plan) -> dict[str, Any]:
    """Both lists, as a receipt keeps them, and how much is left for now because something still runs."""
    preview = preview_of(plan)
    return {
        "goes": [part.told() for part in preview.goes],
        "stays": [part.told() for part in preview.stays],
        "needed": sum(1 for one in plan.needed if one.label),
    }


def parts_from(told: list[dict[str, Any]]) -> list[Part]:
    """The parts that a receipt tells; a table that is no longer there is passed over."""
    return [
        Part(
            part["table"],
            tuple(part["columns"]),
            part["rows"],
            date.fromisoformat(part["until"]) if part["until"] else None,
            part["law"],
        )
        for part in told
        if part["table"] in Model.metadata.tables
    ]


def mailbox_of(person_ids: Iterable[str]) -> str | None:
    """The address to which the one farewell goes: that of the account, or else of the first order or message."""
    for holding in _with_addresses():
        for item in held.items(person_ids, table=holding.name):
            for value in item.filled:
                if value.category is Category.EMAIL:
                    return str(value.value)
    return None


def _with_addresses() -> list[Table]:
    """Tables with an e-mail address, those of which a person has one row at most before all others."""
    tables = [
        holding.table
        for holding in held.holdings()
        if any(found.declared.category is Category.EMAIL for found in holding.fields)
    ]
    return sorted(tables, key=lambda table: not any(column.unique for column in table.columns if column.foreign_keys))


def receipt(code: str) -> Erasure | None:
    """The erasure of a code."""
    return db.session.scalar(select(Erasure).where(Erasure.code == code))


@dataclass(frozen=True)
class Erased:
    """An erasure as the record shows it: when, how far, how many rows went and stayed; nobody is in it."""

    code: str
    accepted_at: datetime
    is_finished: bool
    is_whole: bool
    goes: int
    stays: int


def newest(*, limit: int = 20) -> list[Erased]:
    """The newest erasures."""
    rows = db.session.scalars(select(Erasure).order_by(Erasure.id.desc()).limit(limit))
    return [_erased(row) for row in rows]


def _erased(row: Erasure) -> Erased:
    told = json.loads(row.told)
    goes, stays = (sum(part["rows"] for part in told.get(name, [])) for name in ("goes", "stays"))
    return Erased(row.code, row.accepted_at, row.finished_at is not None, not row.item, goes, stays)
