"""All kinds of rows about somebody at a glance, in one statement: how many of each, and the newest."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    LargeBinary,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from shop.core.db import UtcDateTime, db, is_postgresql
from shop.core.personal_data import Category
from shop.privacy.queries.held import Field, Holding, Item, holdings

NEWEST = 5
PAGE = 25


@dataclass(frozen=True)
class Kind:
    """A table's rows about somebody: how many there are, and the newest."""

    holding: Holding
    count: int
    items: tuple[Item, ...]
    filled: Mapping[Category, int]  # rows that hold something of each kind of data, the older ones too

    @property
    def name(self) -> str:
        """The table's name, for addresses and anchors."""
        return self.holding.table.name

    @property
    def label(self) -> Any:
        """What people call one of the rows."""
        return self.items[0].words.label

    def fields_of(self, category: Category) -> tuple[Field, ...]:
        """The columns that hold one kind of data."""
        return tuple(field for field in self.holding.fields if field.declared.category is category)


def overview(person_ids: Iterable[str], browser_ids: Iterable[str] = ()) -> list[Kind]:
    """Every kind of row that there is about these people and browsers, with its newest rows."""
    roots = {"people": tuple(person_ids), "browsers": tuple(browser_ids)}
    asked = {h.table.name: h for h in holdings()}
    parts = [part for h in asked.values() if (part := _part(h, roots)) is not None]
    found: dict[str, tuple[int, str, list[Item]]] = {}
    for name, count, filled, packed in db.session.execute(union_all(*parts)) if parts else ():
        found.setdefault(name, (count, filled, []))[2].append(_unpack(asked[name], json.loads(packed)))
    return [
        Kind(
            asked[name],
            count,
            tuple(sorted(items, key=lambda item: item.key, reverse=True)),
            dict(zip(asked[name].categories, json.loads(filled), strict=True)),
        )
        for name, (count, filled, items) in sorted(found.items(), key=lambda pair: list(asked).index(pair[0]))
    ]


def _part(holding: Holding, roots: Mapping[str, Iterable[str]]) -> Any:
    condition = holding.rows_of(roots)
    if condition is None:
        return None
    keys = [key.label(f"k{number}") for number, key in enumerate(holding.key)]
    filled = [func.count(case((holding.is_filled(category), 1))).over() for category in holding.categories]
    newest = (
        select(*keys, func.count().over().label("n"), _pack(filled).label("filled"))
        .where(condition)
        .order_by(*(key.desc() for key in holding.key))
        .limit(NEWEST)
        .subquery(f"newest_{holding.table.name}")
    )
    told = holding.question(and_(*(key == newest.c[f"k{n}"] for n, key in enumerate(holding.key))))
    columns = list(told.exported_columns)
    packed = _pack([_as_json(column, inner) for column, inner in zip(columns, told.inner_columns, strict=True)])
    return told.with_only_columns(
        literal(holding.table.name).label("name"), newest.c.n, newest.c.filled, packed, maintain_column_froms=True
    )


def _pack(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    if is_postgresql():
        return cast(func.json_build_array(*columns), Text)
    return func.json_array(*columns, type_=Text())


def _as_json(column: Any, inner: Any) -> Any:
    """A column as it goes into JSON: bytes as hexadecimal digits, anything else as the database writes it."""
    if isinstance(column.type, LargeBinary):
        return func.encode(inner, "hex") if is_postgresql() else func.hex(inner)
    return inner.element if hasattr(inner, "element") else inner


def _unpack(holding: Holding, packed: list[Any]) -> Item:
    question = holding.question(literal(True))
    types = [column.type for column in question.exported_columns]
    return holding.item(tuple(_value(value, kind) for value, kind in zip(packed, types, strict=True)))


def _value(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime | DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value) or None
    return value


@dataclass(frozen=True)
class Page:
    """Some rows of one kind, the newest first, and the key to go on from."""

    holding: Holding
    items: tuple[Item, ...]
    next: str | None


def page_of(
    table: str, person_ids: Iterable[str], browser_ids: Iterable[str] = (), *, before: str | None = None
) -> Page | None:
    """The rows of one kind about these people and browsers, a page at a time; None when there is no such kind."""
    holding = next((h for h in holdings() if h.table.name == table), None)
    condition = holding.rows_of({"people": tuple(person_ids), "browsers": tuple(browser_ids)}) if holding else None
    if holding is None or condition is None:
        return None
    question = holding.question(condition).order_by(*(key.desc() for key in holding.key)).limit(PAGE + 1)
    if before is not None and (key := key_from(holding.key, before)) is not None:
        question = question.where(tuple_(*holding.key) < tuple_(*(literal(k) for k in key)))
    items = [holding.item(tuple(row)) for row in db.session.execute(question)]
    return Page(holding, tuple(items[:PAGE]), items[PAGE - 1].key_text if len(items) > PAGE else None)


def key_from(columns: Sequence[Column[Any]], text: str) -> tuple[Any, ...] | None:
    """A row's key out of an address; None when it is none."""
    parts = text.split("-")
    if len(parts) != len(columns):
        return None
    try:
        key = tuple(c.type.python_type(part) for c, part in zip(columns, parts, strict=True))
    except ValueError:
        return None
    return None if any(isinstance(part, int) and not 0 < part < 2**31 for part in key) else key


def item_of(table: str, key_text: str, person_ids: Iterable[str], browser_ids: Iterable[str] = ()) -> Item | None:
    """One row by its key, if it is about one of these people or browsers."""
    holding = next((h for h in holdings() if h.table.name == table), None)
    condition = holding.rows_of({"people": tuple(person_ids), "browsers": tuple(browser_ids)}) if holding else None
    if holding is None or condition is None or (key := key_from(holding.key, key_text)) is None:
        return None
    own = and_(condition, *(column == part for column, part in zip(holding.key, key, strict=True)))
    row = db.session.execute(holding.question(own)).one_or_none()
    return holding.item(tuple(row)) if row is not None else None
