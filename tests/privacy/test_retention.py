"""Every term of the register is carried out: not a day too early, and a day later it is done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, select, update

from shop.app import MODELS
from shop.core import outbox
from shop.core.db import Model, db
from shop.core.jobs import periodic_jobs
from shop.core.personal_data import Category, Moment, Purpose, Recipient, personal_columns
from shop.orders.models import Order, OrderAddress, OrderLine
from shop.people.actions import record_audit, record_disclosure
from shop.people.models import AuditEntry, Disclosure, Person
from shop.people.queries import broken_audit_entries
from shop.privacy.commands import retain
from shop.privacy.queries.retention import Term, terms
from tests.privacy.rows import everything, make_row, value_for

both = pytest.mark.both_databases

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)

for _models in MODELS:
    import_module(f"shop.{_models}")
TERMS = terms(Model.metadata)
each_term = pytest.mark.parametrize("term", TERMS, ids=[term.name for term in TERMS])


def tables() -> Any:
    """The tables by name."""
    return Model.metadata.tables


def row_of(term: Term, *, before_the_end: timedelta, **more: Any) -> None:
    """Make a row whose term ends this long after NOW, with these values as well."""
    values: dict[str, Any] = {}
    cutoffs: dict[Moment, datetime] = {}
    for condition in term.conditions:  # the longest of periods that begin at the same moment ends the row
        cutoff = condition.keep.cutoff(NOW)
        cutoffs[condition.moment] = min(cutoff, cutoffs.get(condition.moment, cutoff))
    for moment, cutoff in cutoffs.items():
        values |= _so_that(moment, cutoff + before_the_end)
    if term.column is not None:
        values[term.column.name] = value_for(term.column, NOW)
    make_row(term.table, NOW, **{**values, **more})
    db.session.commit()


def _so_that(moment: Moment, happened: datetime) -> dict[str, Any]:
    """The values with which a row has a moment at this time: its own column, or the key of the row that has it."""
    if not moment.keys:
        return {moment.columns[0].name: happened}
    key, *rest = moment.keys
    (parent,) = (found.column.table for found in key.foreign_keys)
    inner = _so_that(Moment(tuple(rest), moment.columns), happened)
    return {key.name: make_row(parent, NOW, **inner)}


def run(*, is_dry: bool = False) -> dict[str, int]:
    """Carry out what is due at NOW; what was done."""
    return {what: times for what, times in retain(NOW, is_dry=is_dry) if times}


def words_of(term: Term) -> str:
    return f"{term.name}: values blanked" if term.column is not None else f"{term.name}: rows removed"


def test_the_register_has_terms_for_rows_and_for_values() -> None:
    assert any(term.column is None for term in TERMS)
    assert any(term.column is not None for term in TERMS)
    assert {"carts", "browsers", "codes", "sign_in_sessions", "outbox"} <= {t.name for t in TERMS if t.column is None}


@each_term
def test_a_day_before_its_end_everything_stays(app: Flask, term: Term) -> None:
    row_of(term, before_the_end=DAY)
    before = everything()
    assert run() == {}
    assert everything() == before


@both
def test_a_day_before_their_end_all_stay_together(app: Flask) -> None:
    for term in TERMS:
        row_of(term, before_the_end=DAY)
    before = everything()
    assert run() == {}
    assert everything() == before


@both
@each_term
def test_a_day_after_its_end_it_is_gone(app: Flask, term: Term) -> None:
    row_of(term, before_the_end=-DAY)
    before = everything()
    assert words_of(term) in run(is_dry=True)
    assert everything() == before, "a dry run changes nothing"
    assert run()[words_of(term)] == 1
    rows = db.session.execute(select(term.table)).mappings().all()
    if term.column is None:
        assert rows == []
    else:
        assert [row[term.column.name] for row in rows] == [None]
    assert run() == {}, "a second run finds nothing"


def _moments(term: Term) -> list[Column[Any]]:
    return [column for condition in term.conditions for column in condition.moment.columns]


OPEN_TERMS = [term for term in TERMS if all(column.nullable for column in _moments(term))]


@pytest.mark.parametrize("term", OPEN_TERMS, ids=[term.name for term in OPEN_TERMS])
def test_what_has_not_happened_yet_has_no_end(app: Flask, term: Term) -> None:
    row_of(term, before_the_end=-DAY)
    for column in _moments(term):
        db.session.execute(update(column.table).values({column: None}))
    db.session.commit()
    before = everything()
    run()
    assert everything() == before


@both
def test_what_has_not_happened_yet_has_no_end_for_all_together(app: Flask) -> None:
    for term in OPEN_TERMS:
        row_of(term, before_the_end=DAY)
    for column in {column for term in OPEN_TERMS for column in _moments(term)}:
        db.session.execute(update(column.table).values({column: None}))
    db.session.commit()
    before = everything()
    run()
    assert everything() == before


@both
def test_a_telephone_number_goes_after_an_order_that_never_was_delivered(app: Flask) -> None:
    make_row(tables()["orders"], NOW, status="canceled", ended_at=NOW - 31 * DAY, telephone="0341 123456")
    db.session.commit()
    run()
    assert db.session.scalar(select(Order.telephone)) is None


def _guest_order(ended_at: datetime) -> str:
    person_id: str = make_row(tables()["people"], NOW - 400 * DAY)
    order_id = make_row(
        tables()["orders"],
        NOW,
        person_id=person_id,
        email="gast@example.com",
        placed_at=ended_at - DAY,
        ended_at=ended_at,
        express_request="Begin maar.",
    )
    make_row(tables()["order_addresses"], NOW, order_id=order_id)
    make_row(tables()["order_lines"], NOW, order_id=order_id)
    record_disclosure(person_id, Recipient.CARRIER, fields=["Street"], purpose=Purpose.DELIVERY, at=ended_at)
    record_audit(
        "order.view", staff_id=1, role="owner", object_kind="order", object_key="1", at=NOW, person_id=person_id
    )
    db.session.commit()
    return person_id


@both
def test_a_guest_is_forgotten_at_the_end_of_the_term_and_the_order_stays(app: Flask) -> None:
    _guest_order(NOW - 75 * DAY)
    done = run()
    assert done["people: forgotten"] == 1
    assert db.session.scalars(select(Person)).all() == []
    assert db.session.scalars(select(OrderAddress)).all() == []
    assert db.session.scalars(select(Disclosure)).all() == []
    order = db.session.scalars(select(Order)).one()
    assert (order.person_id, order.email) == (None, None)
    assert db.session.scalars(select(OrderLine)).one().name
    assert db.session.scalars(select(AuditEntry.person_id)).all() == [None]
    assert broken_audit_entries() == []


@both
def test_a_guest_is_known_until_the_last_order_has_reached_its_term(app: Flask) -> None:
    person_id = _guest_order(NOW - 75 * DAY)
    make_row(tables()["orders"], NOW, person_id=person_id, email="gast@example.com", ended_at=NOW - 10 * DAY)
    db.session.commit()
    assert "people: forgotten" not in run()
    assert db.session.scalars(select(Person)).one().id == person_id


@both
def test_a_customer_keeps_old_orders_as_long_as_the_account(app: Flask) -> None:
    person_id = _guest_order(NOW - 75 * DAY)
    make_row(tables()["accounts"], NOW, person_id=person_id, email="klant@example.com")
    db.session.commit()
    run()
    assert db.session.scalars(select(Order.person_id)).one() == person_id
    assert db.session.scalars(select(Disclosure)).one().person_id == person_id


def _identifying() -> Iterator[str]:
    for table, column, declared in personal_columns(Model.metadata):
        if declared.category is not Category.ACTIVITY and declared.erase.value != "keep" and table.name != "browsers":
            yield f"{table.name}.{column.name}"


@both
@pytest.mark.parametrize("name", sorted(_identifying()))
def test_whoever_can_still_be_told_is_not_forgotten(app: Flask, name: str) -> None:
    table_name, column_name = name.split(".")
    table = tables()[table_name]
    make_row(table, NOW, **{column_name: value_for(table.columns[column_name], NOW), **_owner_of(table)})
    db.session.execute(update(Person).values(created_on=(NOW - 400 * DAY).date()))
    db.session.commit()
    before = everything()
    assert run() == {}
    assert everything() == before


def _owner_of(table: Any) -> dict[str, Any]:
    """A person for a row that may be without one."""
    column = table.columns.get("person_id")
    if column is not None:
        return {"person_id": make_row(tables()["people"], NOW)}
    return {
        key.parent.name: make_row(key.column.table, NOW, **_owner_of(key.column.table))
        for key in table.foreign_keys
        if "person_id" in key.column.table.columns
    }


@both
def test_the_audit_log_stays_sealed_when_its_oldest_entries_go(app: Flask) -> None:
    for days in (400, 380, 20, 10):
        record_audit("x.y", staff_id=1, role="owner", object_kind="x", object_key="1", at=NOW - days * DAY)
    db.session.commit()
    assert run() == {"audit_entries: rows removed": 2}
    assert broken_audit_entries() == []
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entries[0].id).values(action="x.z"))
    assert broken_audit_entries() == [entries[0].id]


@both
def test_after_seven_years_payments_leave_the_books_and_the_order_stays(app: Flask) -> None:
    order_id = make_row(tables()["orders"], NOW)
    attempt_id = make_row(
        tables()["payment_attempts"], NOW, order_id=order_id, created_at=datetime(2018, 12, 31, 22, 59, tzinfo=UTC)
    )
    make_row(tables()["applied_payments"], NOW, order_id=order_id, attempt_id=attempt_id)
    make_row(tables()["attention_items"], NOW, order_id=order_id, attempt_id=attempt_id)
    make_row(tables()["payment_attempts"], NOW, order_id=order_id, created_at=datetime(2019, 1, 1, tzinfo=UTC))
    db.session.commit()
    run()
    assert len(everything()["payment_attempts"]) == 1
    assert everything()["applied_payments"] == []
    assert len(everything()["attention_items"]) == 1
    assert len(everything()["orders"]) == 1


@both
def test_old_message_files_go_and_younger_ones_stay(app: Flask) -> None:
    folder = Path(app.config["INSTANCE_PATH"]) / "mail"
    folder.mkdir(exist_ok=True)
    old = folder / f"{NOW - 8 * DAY:%Y%m%dT%H%M%S%f}-1-order_confirmation.eml"
    young = folder / f"{NOW - 6 * DAY:%Y%m%dT%H%M%S%f}-2-order_confirmation.eml"
    for file in (old, young):
        file.write_bytes(b"")
    assert run(is_dry=True) == {"mail folder: removed": 1}
    assert old.exists()
    assert run() == {"mail folder: removed": 1}
    assert [file.name for file in folder.glob("*.eml")] == [young.name]


@both
def test_it_is_done_once_a_day(app: Flask) -> None:
    (job,) = [job for job in periodic_jobs() if job.name == "shop.privacy.commands.retain_nightly"]
    assert job.every == DAY
    outbox.put("mail", "k", at=NOW, content=b"x")
    db.session.execute(update(outbox.OutboxRow).values(created_at=NOW - 20 * DAY))
    db.session.commit()
    job.run()
    assert db.session.scalar(select(outbox.OutboxRow.content)) is None


@both
def test_the_command_tells_what_it_would_do_and_then_what_it_did(app: Flask, at: Any) -> None:
    at("2026-11-22 04:00")
    make_row(tables()["orders"], NOW, ended_at=NOW - 40 * DAY, telephone="0341 123456")
    db.session.commit()
    run_command = app.test_cli_runner().invoke
    dry = run_command(args=["privacy", "retain", "--dry-run"]).output
    assert dry == "orders.telephone: values blanked: 1\ndry run: nothing was changed\n"
    db.session.rollback()
    assert db.session.scalar(select(Order.telephone)) == "0341 123456"
    db.session.rollback()
    assert run_command(args=["privacy", "retain"]).output == "orders.telephone: values blanked: 1\n"
    assert run_command(args=["privacy", "retain"]).output == "nothing has outlived its term\n"
