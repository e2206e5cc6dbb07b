"""What is held about somebody: all of it, once, with its end, and nothing of anybody else."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert

from shop.core import clock
from shop.core.db import Model, db
from shop.core.personal_data import ROOTS, Category, Erase, path_to_subject, personal_columns
from shop.orders.models import Order
from shop.people.models import Disclosure
from shop.privacy.queries import held
from tests.factories import make_customer, make_order
from tests.privacy.rows import make_row


def held_about(*person_ids: str | None) -> list[held.Item]:
    """Everything, as a list."""
    return list(held.items([p for p in person_ids if p]))


@pytest.mark.both_databases
def test_every_row_is_found_once_and_only_ones_own(app: Flask) -> None:
    account = make_customer()
    mine, other = make_order(account=account, status="confirmed"), make_order()
    found = held_about(account.person_id)
    names = {(item.table.name, item.key) for item in found}
    assert len(names) == len(found)
    assert ("orders", (mine.id,)) in names
    assert ("orders", (other.id,)) not in names
    assert {"accounts", "orders", "order_lines", "order_addresses", "outbox"} <= {item.table.name for item in found}
    assert held_about() == []


@pytest.mark.both_databases
def test_every_table_with_personal_data_is_walked(app: Flask) -> None:
    at = clock.now()
    for table in dict.fromkeys(table for table, _column, _told in personal_columns(Model.metadata)):
        roots = {name: make_row(Model.metadata.tables[name], at) for name in ROOTS}
        make_for(table, roots, at)
        about = held.items([roots["people"]], browser_ids=[roots["browsers"]])
        found = [item for item in about if item.table is table]
        assert len(found) == 1, table.name
        assert len(found[0].values) == len([1 for t, _c, _d in personal_columns(Model.metadata) if t is table])


def make_for(table: Any, roots: dict[str, Any], at: datetime) -> Any:
    """A row of a table that leads to this person or browser, whatever rows must stand between."""
    path = min(path_to_subject(table), key=len)
    (root,) = (key.column.table.name for key in path[-1].foreign_keys)
    key = roots[root]
    for column in reversed(path):
        key = make_row(column.table, at, **{column.name: key})
    return key


def test_each_table_is_asked_once_however_many_rows_it_has(app: Flask) -> None:
    account = make_customer()
    for _turn in range(3):
        make_order(account=account)
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    held_about(account.person_id)
    first = len([s for s in statements if s.startswith("SELECT")])
    for _turn in range(5):
        make_order(account=account)
    statements.clear()
    held_about(account.person_id)
    assert len([s for s in statements if s.startswith("SELECT")]) == first <= len(list(held.holdings()))


@pytest.mark.both_databases
def test_many_rows_pass_through_little_memory(app: Flask) -> None:
    account = make_customer()
    told = [
        {
            "person_id": account.person_id,
            "recipient": f"ontvanger {n}",
            "fields": "naam",
            "purpose": "D4",
            "at": clock.now(),
        }
        for n in range(20_000)
    ]
    for start in range(0, len(told), 2_000):
        db.session.execute(insert(Disclosure), told[start : start + 2_000])
    db.session.commit()
    del told
    sum(1 for _item in held.items([account.person_id]))
    tracemalloc.start()
    assert sum(item.table.name == "disclosures" for item in held.items([account.person_id])) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.both_databases
def test_each_value_says_until_when_it_is_kept(app: Flask) -> None:
    account = make_customer()
    order = make_order(account=account, status="completed")
    db.session.get_one(Order, order.id).ended_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    db.session.get_one(Order, order.id).delivered_at = datetime(2026, 2, 1, 12, tzinfo=UTC)
    db.session.commit()
    found = {item.table.name: item for item in held_about(account.person_id)}
    ends = {value.name: value.ends_on for item in found.values() for value in item.values}
    assert ends["orders.telephone"] == date(2026, 2, 1) + timedelta(days=30)
    assert ends["orders.email"] == date(2026, 3, 1) + timedelta(days=74)
    assert ends["order_addresses.street"] == date(2026, 3, 1) + timedelta(days=74)
    year, month = divmod(account.last_used_on.year * 12 + account.last_used_on.month - 1 + 25, 12)
    assert ends["accounts.email"] == date(year, month + 1, 1)


def test_a_value_tells_all_that_the_register_says(app: Flask) -> None:
    account = make_customer(given_name="Sanne")
    (item,) = [item for item in held_about(account.person_id) if item.table.name == "accounts"]
    assert (str(item.words.label), item.name) == ("Account", account.email)
    value = item.value_of("given_name")
    assert value is not None
    assert (value.value, value.category, value.erase) == ("Sanne", Category.NAME, Erase.BLANK)
    assert value.is_correctable
    assert value.basis is value.purpose.basis
