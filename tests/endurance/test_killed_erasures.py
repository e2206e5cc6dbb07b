"""`kill -9` at random points of an erasure: untouched if not yet accepted, otherwise complete after a restart."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.operations.queries import broken_invariants
from shop.orders.models import Order
from shop.people.ledger import is_behind, ledger_file
from shop.people.models import Person
from shop.privacy.actions import erasing
from shop.privacy.models.erasures import FINISHED, Erasure
from tests.endurance.conftest import IS_LONG
from tests.factories import make_customer, make_order, make_product
from tests.privacy.rows import everything
from tests.processes import ROOT

KILLS = 100 if IS_LONG else 3

ERASES = """
import sys
from shop import create_app
from shop.core import clock
from shop.core.db import db, writing
from shop.privacy.actions import erasing
app = create_app()
with app.app_context():
    for key in sys.stdin:
        with writing():
            erasure_id = erasing.accept([key.strip()], language="nl", at=clock.now()).id
            print("begun", flush=True)
            db.session.commit()
        print("accepted", flush=True)
        erasing.carry_out(erasure_id, clock.now())
        if erasing.finish(erasure_id, clock.now(), patience=1):
            print("finished", flush=True)
        print("next", flush=True)
"""
"""As the view does it, in a process that can be killed; it says how far it is."""


@pytest.mark.slow
@pytest.mark.both_databases
def test_an_erasure_that_was_killed_is_untouched_or_completed(running, inside):
    shop = running()
    draw = random.Random(2026)
    outcomes = {"untouched": 0, "completed later": 0, "done before": 0}
    with inside(shop):
        product = make_product(stock=100_000)
        for turn in range(KILLS):
            account = make_customer()
            person, email = account.person_id, account.email
            for _n in range(3):
                make_order((product, 1), account=account, status="completed", telephone="+31612345678")
            before = {name: rows for name, rows in everything().items() if "outbox" not in name}
            db.session.rollback()
            said = _killed(shop.environment, person, draw.uniform(0, 0.12))
            accepted = db.session.scalars(select(Erasure).order_by(Erasure.id.desc())).first()
            was_accepted = accepted is not None and len(everything()["erasures"]) > len(before["erasures"])
            assert was_accepted or "accepted" not in said
            assert not is_behind(), "the shop would have closed itself"
            if not was_accepted:
                assert {name: everything()[name] for name in before} == before
                outcomes["untouched"] += 1
                db.session.rollback()
                continue
            db.session.expire_all()
            if accepted.state == FINISHED or "finished" in said:
                assert _is_gone(person, email)
                outcomes["done before"] += 1
            else:
                outcomes["completed later"] += 1
            db.session.rollback()
            _complete()
            db.session.expire_all()
            assert db.session.get(Erasure, accepted.id).state == FINISHED
            assert _is_gone(person, email), turn
            assert ledger_file().who(person) in {line.who for line in ledger_file().lines()}
            db.session.rollback()
        assert broken_invariants() == []
    print(outcomes)
    assert outcomes["completed later"] > 0


def _killed(environment: dict[str, str], person: str, after: float) -> str:
    """Begin an erasure in another process and kill that after so many seconds; what it had said by then."""
    process = subprocess.Popen(
        [sys.executable, "-c", ERASES],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(person + "\n")
    process.stdin.flush()
    first = process.stdout.readline()
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    return first + process.stdout.read()


def _complete() -> None:
    """What a worker does after the restart."""
    from shop.core import outbox
    from shop.people.ledger import write_down

    for _turn in range(3):
        write_down()
        erasing.complete_all(clock.now())
        outbox.carry_out_due(limit=1000)


def _is_gone(person: str, email: str) -> bool:
    return (
        db.session.get(Person, person) is None
        and db.session.scalars(select(Order.id).where(Order.email == email)).first() is None
    )
