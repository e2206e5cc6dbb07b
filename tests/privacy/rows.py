"""Rows of any table, made from the schema alone: what may not be empty is filled, what it belongs to is made first."""

import itertools
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, String, Table, Text, insert, select

from shop.core.db import Model, UtcDateTime, db
from shop.core.personal_data import Category, declaration_of

_number = itertools.count(1)

CHOSEN: dict[str, dict[str, Any]] = {
    "accounts": {"idle_warned_on": date(2000, 1, 1)},
    "orders": {"status": "completed", "pays_by": "mollie", "items_cents": 0, "total_cents": 0},
    "order_addresses": {"kind": "shipping"},
    "consents": {"choice": "all"},
    "order_lines": {"quantity": 1, "unit_price_cents": 0, "total_cents": 0},
    "shipments": {"status": "delivered"},
    "contact_threads": {"topic": "order"},
    "correction_tasks": {"kind": "recipient"},
    "contact_messages": {"kind": "customer"},
    "sign_in_sessions": {"kind": "customer"},
    "applied_payments": {"role": "settles"},
    "refunds": {"status": "proposed", "origin": "staff"},
    "captures": {"status": "queued"},
    "invoices": {"kind": "invoice", "net_cents": 0, "vat_cents": 0, "total_cents": 0},
    "book_entries": {"kind": "sale"},
    "rights_requests": {"kind": "access", "channel": "form", "due_on": date(2999, 1, 1)},
    "id_copies": {"state": "asked"},
    "transfers": {"state": "waiting"},
    "restrictions": {"kind": "restricted"},
    "processors": {"role": "processor"},
    "change_requests": {"kind": "cancel"},
    "products": {"kind": "goods", "vat_class": "standard"},
}
"""What a table's own checks ask for."""


def make_row(table: Table, at: datetime, /, **values: Any) -> Any:
    """Insert a row of a table and give its key; `at` is the moment where one must be filled in."""
    filled = {**CHOSEN.get(table.name, {}), **values}
    if table.name == "carts" and not {"browser_id", "person_id"} & set(filled):
        filled["browser_id"] = make_row(Model.metadata.tables["browsers"], at)
    if table.name == "consents":
        filled.setdefault("browser_id", make_row(Model.metadata.tables["browsers"], at, consent_ends_at=at))
    for column in table.columns:
        if column.name not in filled and _must_be_filled(column):
            filled[column.name] = value_for(column, at)
    key = db.session.execute(insert(table).values(filled)).inserted_primary_key
    assert key is not None
    return key[0]


def _must_be_filled(column: Column[Any]) -> bool:
    is_numbered = column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys
    return not (column.nullable or column.default is not None or is_numbered)


def value_for(column: Column[Any], at: datetime) -> Any:
    """Something that fits in a column; different each time, for it may have to be unique."""
    n = next(_number)
    for key in column.foreign_keys:
        return make_row(key.column.table, at)
    declared = declaration_of(column)
    if declared is not None and declared.category is Category.EMAIL:
        return f"n{n}@example.com"
    match column.type:
        case String(length=length):
            return f"{n:0{length or 20}d}"[-(length or 20) :]
        case Text():
            return f"text {n}"
        case Boolean():
            return False
        case Integer():
            return 1
        case LargeBinary():
            return b"content %d" % n
        case UtcDateTime() | DateTime():
            return at
        case Date():
            return at.date()
    raise AssertionError(f"no value for {column}: {column.type}")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that the database holds, table by table."""
    db.session.rollback()
    found = {
        table.name: sorted(tuple(map(_plain, row)) for row in db.session.execute(select(table)))
        for table in Model.metadata.sorted_tables
    }
    db.session.rollback()
    return found


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)
