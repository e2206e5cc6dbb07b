"""The outbox: asked once, carried out at least once, repeated with patience, given up in view of staff."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from shop.core import clock, outbox
from shop.core.db import db
from shop.core.outbox import BACK_OFF, GIVE_UP_AFTER, LEASE, MAX_ATTEMPTS, GiveUp, OutboxRow
from shop.people.actions import new_person

pytestmark = pytest.mark.both_databases

Handle = Callable[[OutboxRow], None]


@pytest.fixture
def handler() -> Iterator[Callable[[Handle], None]]:
    """Say how rows of the kind "test" are carried out."""

    def use(handle: Handle) -> None:
        outbox.carries_out("test")(handle)

    use(lambda row: None)
    yield use
    del outbox._handlers["test"]


def put(key: str = "k", kind: str = "test", **values: object) -> bool:
    """Ask for something and commit."""
    asked = outbox.put(kind, key, at=clock.now(), **values)  # type: ignore[arg-type]
    db.session.commit()
    return asked


def rows() -> list[OutboxRow]:
    db.session.rollback()
    db.session.expunge_all()
    return list(db.session.scalars(db.select(OutboxRow).order_by(OutboxRow.id)))


def fail(row: OutboxRow) -> None:
    raise ConnectionError("secret@example.com")


def test_the_same_effect_asked_twice_is_one_row(app: Flask, handler: object) -> None:
    assert put(content=b"one")
    assert not put(content=b"two")
    assert [row.content for row in rows()] == [b"one"]


def test_asking_again_does_not_end_the_transaction_it_is_part_of(app: Flask, handler: object) -> None:
    put()
    person = new_person("nl", at=clock.now())
    assert not outbox.put("test", "k", at=clock.now(), person_id=person.id)
    assert outbox.put("test", "k2", at=clock.now(), person_id=person.id)
    db.session.commit()
    assert [row.person_id for row in rows()] == [None, person.id]


def test_a_row_about_nobody_is_a_mistake_not_a_repetition(app: Flask, handler: object) -> None:
    def ask() -> None:
        outbox.put("test", "k", at=clock.now(), person_id="f" * 32)
        db.session.commit()

    with pytest.raises(IntegrityError):
        ask()
    db.session.rollback()
    assert rows() == []


def test_what_is_asked_in_a_transaction_that_fails_was_never_asked(app: Flask, handler: object) -> None:
    outbox.put("test", "k", at=clock.now())
    db.session.rollback()
    assert rows() == []


def test_carried_out_it_is_done_and_its_content_is_gone(app: Flask, handler: Callable[[Handle], None]) -> None:
    seen: list[bytes | None] = []
    handler(lambda row: seen.append(row.content))
    put(content=b"hello")
    assert outbox.carry_out_due() == 1
    assert outbox.carry_out_due() == 0
    (row,) = rows()
    assert seen == [b"hello"]
    assert (row.content, row.leased_until, row.failed_at) == (None, None, None)
    assert row.done_at is not None


def test_it_waits_for_its_time(app: Flask, handler: object) -> None:
    put(due_at=clock.now() + timedelta(hours=1))
    assert outbox.carry_out_due() == 0
    assert outbox.claim(clock.now() + timedelta(hours=2)) is not None


def test_a_kind_that_nobody_carries_out_stays(app: Flask, handler: object) -> None:
    put(kind="unknown")
    assert outbox.claim(clock.now() + timedelta(hours=1)) is None


def test_a_claimed_row_is_nobody_elses_until_its_lease_is_over(app: Flask, handler: object) -> None:
    put()
    now = clock.now()
    assert outbox.claim(now) is not None
    assert outbox.claim(now + LEASE - timedelta(seconds=1)) is None
    again = outbox.claim(now + LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.attempts == 2


def test_a_failure_is_repeated_later_and_later(app: Flask, handler: Callable[[Handle], None]) -> None:
    handler(fail)
    put()
    waits = []
    for _turn in range(len(BACK_OFF) + 2):
        row = outbox.claim(clock.now() + timedelta(days=300))
        assert row is not None
        began = clock.now()
        assert not outbox.carry_out(row)
        (row,) = rows()
        waits.append(round((row.due_at - began).total_seconds()))
        assert (row.leased_until, row.failed_at, row.last_error) == (None, None, "ConnectionError")
    assert waits == [*BACK_OFF, BACK_OFF[-1], BACK_OFF[-1]]


def test_after_five_days_it_gives_up_in_view_of_staff(app: Flask, handler: Callable[[Handle], None]) -> None:
    handler(fail)
    put(content=b"x")
    long_ago = clock.now() - GIVE_UP_AFTER - timedelta(seconds=1)
    db.session.execute(update(OutboxRow).values(created_at=long_ago, attempts=len(BACK_OFF)))
    db.session.commit()
    assert outbox.carry_out_due() == 0
    (row,) = rows()
    assert row.failed_at is not None
    assert (row.done_at, row.content) == (None, b"x")
    assert outbox.claim(clock.now() + timedelta(days=30)) is None


def test_what_waited_for_a_worker_for_days_is_not_given_up_at_its_first_failure(
    app: Flask, handler: Callable[[Handle], None]
) -> None:
    handler(fail)
    put()
    db.session.execute(update(OutboxRow).values(created_at=clock.now() - GIVE_UP_AFTER - timedelta(days=1)))
    db.session.commit()
    assert outbox.carry_out_due() == 0
    (row,) = rows()
    assert (row.failed_at, row.attempts) == (None, 1)


def test_a_handler_may_say_that_repeating_will_not_help(app: Flask, handler: Callable[[Handle], None]) -> None:
    def refuse(row: OutboxRow) -> None:
        raise GiveUp

    handler(refuse)
    put()
    outbox.carry_out_due()
    assert rows()[0].failed_at is not None


def test_one_bad_row_does_not_stop_the_rest(app: Flask, handler: Callable[[Handle], None]) -> None:
    def sometimes(row: OutboxRow) -> None:
        if row.reference == "bad":
            raise ValueError

    handler(sometimes)
    for n in range(10):
        put(f"k{n}", reference="bad" if n % 3 == 0 else "good")
    assert outbox.carry_out_due() == 6
    assert [row.reference for row in rows() if row.done_at is None] == ["bad"] * 4


def test_a_row_that_kills_every_worker_is_given_up(app: Flask, handler: object) -> None:
    put()
    db.session.execute(update(OutboxRow).values(attempts=MAX_ATTEMPTS))
    db.session.commit()
    assert outbox.carry_out_due() == 0
    (row,) = rows()
    assert (row.last_error, row.leased_until) == ("TooManyAttempts", None)
    assert row.failed_at is not None


def test_a_worker_that_was_too_slow_does_not_take_the_row_from_the_next(
    app: Flask, handler: Callable[[Handle], None]
) -> None:
    handler(fail)
    put()
    slow = outbox.claim(clock.now())
    quick = outbox.claim(clock.now() + LEASE + timedelta(seconds=1))
    assert slow is not None
    assert quick is not None
    outbox.carry_out(slow)
    (row,) = rows()
    assert row.leased_until == quick.leased_until


def test_workers_side_by_side_never_take_the_same_row(app: Flask, handler: Callable[[Handle], None]) -> None:
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def note(row: OutboxRow) -> None:
        with lock:
            seen[row.key] += 1

    handler(note)
    for n in range(60):
        outbox.put("test", f"k{n}", at=clock.now())
    db.session.commit()
    problems: list[BaseException] = []
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            with app.app_context():
                outbox.carry_out_due()
        except BaseException as problem:
            problems.append(problem)

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert problems == []
    assert seen == Counter({f"k{n}": 1 for n in range(60)})
