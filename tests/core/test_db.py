"""The database means what it says: UTC moments, who writes says so first, erased is overwritten."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from shop.core.db import FIRST_SAFE_WAL, UtcDateTime, db, is_wal_safe, reading, writing
from shop.people.models import Browser, Person

MOMENT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


def _browser(last_used_at: datetime) -> Browser:
    return Browser(id="a" * 32, token_hash="b" * 64, last_used_at=last_used_at)


@pytest.mark.both_databases
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
def test_a_moment_comes_back_as_the_same_moment_in_utc(app: Flask, zone: timezone) -> None:
    db.session.add(_browser(MOMENT.astimezone(zone)))
    db.session.commit()
    db.session.expunge_all()
    found = db.session.scalars(select(Browser.last_used_at)).one()
    assert found == MOMENT
    assert found.utcoffset() == timedelta(0)


@pytest.mark.both_databases
def test_a_moment_without_zone_is_refused(app: Flask) -> None:
    db.session.add(_browser(datetime(2026, 1, 1)))
    with pytest.raises(Exception, match="without time zone"):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalars(select(Browser)).all() == []


def test_no_moment_is_no_moment() -> None:
    assert UtcDateTime().process_bind_param(None, None) is None  # type: ignore[arg-type]
    assert UtcDateTime().process_result_value(None, None) is None  # type: ignore[arg-type]


@pytest.fixture
def begun(app: Flask) -> Any:
    """What each transaction on SQLite began with."""
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            told.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield told
    event.remove(db.engine, "before_cursor_execute", listen)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("GET", "BEGIN"),
        ("HEAD", "BEGIN"),
        ("OPTIONS", "BEGIN"),
        ("POST", "BEGIN IMMEDIATE"),
        ("DELETE", "BEGIN IMMEDIATE"),
    ],
)
def test_a_request_that_may_write_says_so_first(app: Flask, begun: list[str], method: str, expected: str) -> None:
    with app.test_request_context(method=method):
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    assert begun == [expected]


def test_a_job_writes(app: Flask, begun: list[str]) -> None:
    db.session.execute(text("SELECT 1"))
    assert begun == ["BEGIN IMMEDIATE"]


def test_writing_inside_a_page_begins_anew_and_reading_goes_on_after_it(app: Flask, begun: list[str]) -> None:
    with app.test_request_context(method="GET"):
        db.session.execute(text("SELECT 1"))
        with writing():
            db.session.execute(text("SELECT 1"))
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    assert begun == ["BEGIN", "BEGIN IMMEDIATE", "BEGIN"]


def test_reading_inside_a_form_lets_others_write(app: Flask, begun: list[str]) -> None:
    with app.test_request_context(method="POST"):
        with reading():
            db.session.execute(text("SELECT 1"))
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]


@pytest.mark.both_databases
def test_what_is_not_committed_inside_writing_is_gone_also_after_an_error(app: Flask) -> None:
    def fail() -> None:
        with writing():
            db.session.add(Person(language="nl", created_on=MOMENT.date()))
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with writing():
        db.session.add(Person(language="nl", created_on=MOMENT.date()))
        db.session.flush()
    assert db.session.scalars(select(Person)).all() == []


def test_every_connection_to_sqlite_is_set_up(app: Flask) -> None:
    wanted = {
        "foreign_keys": 1,
        "secure_delete": 1,
        "synchronous": 2 if is_wal_safe() else 3,
        "temp_store": 2,
        "busy_timeout": 10000,
    }
    db.session.remove()
    with reading(), ExitStack() as opened:
        for connection in [opened.enter_context(db.engine.connect()) for _turn in range(4)]:
            got = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert got == wanted


def test_only_a_sqlite_that_cannot_corrupt_its_log_keeps_one(app: Flask) -> None:
    with reading(), db.engine.connect() as connection:
        version = tuple(map(int, str(connection.exec_driver_sql("SELECT sqlite_version()").scalar()).split(".")))
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert (journal == "wal") == (version >= FIRST_SAFE_WAL)
    assert (journal == "wal") == is_wal_safe()


def test_erased_bytes_are_overwritten_in_the_file(app: Flask) -> None:
    canary = "kanarie" * 4
    db.session.add(Browser(id=canary, token_hash="c" * 64, last_used_at=MOMENT))
    db.session.commit()
    db.session.execute(text("DELETE FROM browsers"))
    db.session.commit()
    db.session.remove()
    with db.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    path = db.engine.url.database
    assert path is not None
    with open(path, "rb") as file:
        assert canary.encode() not in file.read()


def test_the_number_of_a_cart_is_never_used_again(app: Flask) -> None:
    from tests.privacy.rows import make_row

    carts = db.metadata.tables["carts"]
    first = make_row(carts, MOMENT)
    db.session.execute(carts.delete())
    assert make_row(carts, MOMENT) > first
