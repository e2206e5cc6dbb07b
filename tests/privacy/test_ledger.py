"""The erasure ledger: outside the database, never ahead of it, and a database that lags behind it is not served."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from shop.core.db import db, writing
from shop.people import ledger
from shop.people.actions import merge_person, new_person
from shop.people.ledger import BehindLedger, LedgerBroken, adopt_when_empty, ledger_file, note, replay, write_down
from shop.people.models import LedgerEntry, LedgerHead, Person
from tests.page import Browser

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def person(app: Flask) -> str:
    """Somebody's key."""
    key = new_person("nl", at=AT).id
    db.session.commit()
    return key


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is done again of objections: key and item."""
    done: list[tuple[str, str]] = []
    monkeypatch.setitem(ledger._replays, "objection", lambda key, item, at: done.append((key, item)))
    return done


def objects(key: str, item: str = "statistics", *, at: datetime = AT) -> None:
    note("objection", key, at=at, item=item)
    db.session.commit()


def go_back(number: int = 0) -> None:
    """Let the database be as it was before the lines after this one."""
    with writing():
        db.session.execute(update(LedgerHead).values(number=number))
        db.session.commit()


def test_a_line_is_written_after_the_commit_and_tells_no_key(person: str) -> None:
    note("objection", person, at=AT, item="statistics")
    assert ledger_file().lines() == []
    db.session.commit()
    (line,) = ledger_file().lines()
    assert (line.number, line.kind, line.item, line.at) == (1, "objection", "statistics", AT)
    assert line.who == ledger_file().who(person)
    assert person.encode() not in ledger_file().path.read_bytes()
    assert db.session.scalars(select(LedgerEntry)).all() == []
    assert db.session.scalar(select(LedgerHead.number)) == 1


def test_what_was_not_committed_is_not_told(person: str) -> None:
    note("objection", person, at=AT)
    db.session.rollback()
    assert ledger_file().lines() == []
    objects(person)
    assert [line.number for line in ledger_file().lines()] == [1]


def test_a_line_that_could_not_be_written_is_written_later_and_once(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "write_down", lambda: 1 / 0)
        objects(person)
    assert ledger_file().lines() == []
    (waiting,) = [dict(row._mapping) for row in db.session.execute(select(LedgerEntry.__table__))]
    db.session.rollback()
    assert write_down() == 1
    with writing():  # as if the process had died between the file and the database
        db.session.add(LedgerEntry(**waiting))
        db.session.commit()
    assert write_down() == 1
    assert [line.number for line in ledger_file().lines()] == [1]
    assert write_down() == 0


def test_a_torn_line_is_cut_off(person: str) -> None:
    objects(person)
    with ledger_file().path.open("ab") as file:
        file.write(b'{"n": 2, "kind": "obj')
    assert [line.number for line in ledger_file().lines()] == [1]
    objects(person, "mailings")
    assert [line.item for line in ledger_file().lines()] == ["statistics", "mailings"]


def test_a_changed_line_or_a_missing_one_is_noticed(person: str) -> None:
    for item in ("a", "b", "c"):
        objects(person, item)
    path = ledger_file().path
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"item": "b"', b'"item": "x"'))
    with pytest.raises(LedgerBroken):
        ledger_file().lines()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(LedgerBroken):
        ledger_file().lines()


def test_without_its_key_the_ledger_is_not_continued(person: str) -> None:
    objects(person)
    ledger_file().path.with_suffix(".key").unlink()
    with pytest.raises(LedgerBroken):
        note("objection", person, at=AT)


def test_a_database_that_lags_behind_answers_503_until_it_is_replayed(
    person: str, visitor: Browser, replayed: list[tuple[str, str]]
) -> None:
    objects(person)
    objects(person, "mailings")
    assert visitor.get("/").status == 200
    go_back(1)
    assert_all_refused(visitor)
    assert visitor.get("/healthz").status == 200
    assert replay() == 1
    assert replayed == [(person, "mailings")]
    assert visitor.get("/").status == 200
    assert replay() == 0


def assert_all_refused(visitor: Browser) -> None:
    forget_what_was_seen(visitor.app)
    for path in ("/", "/privacy", "/account/sign-in", "/en/cart", "/staff/sign-in", "/readyz", "/robots.txt", "/nope"):
        assert visitor.get(path).status == 503, path
    assert visitor.post("/cart/lines", variant=1, quantity=1).status == 503


def forget_what_was_seen(app: Flask) -> None:
    """As a process that starts does, or one that looks again after two seconds."""
    app.extensions["ledger"]._seen = None


def test_a_running_process_notices_by_itself(
    person: str, visitor: Browser, monkeypatch: pytest.MonkeyPatch, replayed: list[tuple[str, str]]
) -> None:
    objects(person)
    assert visitor.get("/").status == 200
    monkeypatch.setattr(ledger, "LOOK_AGAIN", 0)
    go_back()
    assert visitor.get("/").status == 503


def test_nothing_is_added_to_a_ledger_by_a_database_that_lags(person: str) -> None:
    objects(person)
    go_back()
    with pytest.raises(BehindLedger):
        objects(person)
    db.session.rollback()
    assert len(ledger_file().lines()) == 1


def test_what_is_done_again_is_not_told_again(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ledger._replays, "objection", lambda key, item, at: note("objection", key, at=at, item=item))
    objects(person)
    go_back()
    assert replay() == 1
    assert len(ledger_file().lines()) == 1


def test_somebody_who_came_back_as_a_new_customer_is_not_touched(person: str, replayed: list[tuple[str, str]]) -> None:
    objects(person)
    with writing():
        db.session.execute(delete(Person))
        db.session.commit()
    new_person("nl", at=AT)
    db.session.commit()
    go_back()
    assert replay() == 1
    assert replayed == []


def test_of_two_who_turned_out_to_be_one_both_keys_are_told(person: str) -> None:
    guest, older = new_person("nl", at=AT).id, new_person("nl", at=AT).id
    merge_person(older, into=guest)
    merge_person(guest, into=person)
    objects(person)
    file = ledger_file()
    assert {line.who for line in file.lines()} == {file.who(key) for key in (person, guest, older)}


def test_a_database_older_than_the_ledger_goes_back_cannot_be_replayed(person: str) -> None:
    for days in (500, 450, 10):
        objects(person, at=AT - timedelta(days=days))
    assert ledger.take_old_lines_off(AT, True) == 2
    assert ledger.take_old_lines_off(AT, False) == 2
    assert [line.number for line in ledger_file().lines()] == [3]
    assert ledger.take_old_lines_off(AT + timedelta(days=900), False) == 0, "the last line carries the number"
    objects(person)
    go_back()
    with pytest.raises(LedgerBroken, match="begins at line 3"):
        replay()


def test_a_new_database_begins_after_the_last_line(app: Flask, person: str, visitor: Browser) -> None:
    objects(person)
    go_back()
    adopt_when_empty()
    forget_what_was_seen(app)
    assert visitor.get("/").status == 503, "somebody is in it"
    with writing():
        db.session.execute(delete(Person))
        db.session.execute(delete(LedgerHead))
        db.session.commit()
    adopt_when_empty()
    assert visitor.get("/").status == 200
    assert ledger.noted_number() == 1


def test_the_command_replays_and_says_so(app: Flask, person: str, replayed: list[tuple[str, str]]) -> None:
    objects(person)
    go_back()
    assert app.test_cli_runner().invoke(args=["privacy", "replay"]).output == "1 line done again\n"
    assert app.test_cli_runner().invoke(args=["privacy", "replay"]).output == "0 lines done again\n"
    Path(app.config["LEDGER_PATH"]).write_text(json.dumps({"n": "?"}) + "\n")
    answer = app.test_cli_runner().invoke(args=["privacy", "replay"])
    assert answer.exit_code == 1
    assert "cannot be read" in answer.output


def test_every_kind_of_line_can_be_done_again_and_an_unknown_one_is_refused_whole(
    person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(ledger._replays) == set(ledger.KINDS)
    objects(person, "objection")
    note("something newer", person, at=AT)
    db.session.commit()
    go_back()
    with pytest.raises(LedgerBroken, match="something newer"):
        replay()
    assert db.session.scalar(select(LedgerHead.number)) == 0
    db.session.rollback()
    monkeypatch.setitem(ledger._replays, "something newer", lambda key, item, at: None)
    assert replay() == 2
