"""`kill -9` at random points of an erasure: untouched if not yet accepted, otherwise complete after a restart."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from sqlalchemy import select, update

from shop.accounts.models import Account
from shop.catalogue.models import Product
from shop.core import clock
from shop.core.db import db, writing
from shop.operations.queries import broken_invariants
from shop.orders.models import Order
from shop.people.ledger import is_behind, ledger_file
from shop.people.models import Person
from shop.privacy.actions import erasing
from shop.privacy.models.erasures import ACCEPTED, FINISHED, Erasure
from tests.endurance.conftest import IS_LONG
from tests.factories import make_customer, make_order, make_product
from tests.privacy.rows import everything
from tests.processes import ROOT

KILLS = 100 if IS_LONG else 3
MEASURED_EVERY = 20  # kills: how long an erasure takes hangs on what else the machine does

ERASES = """
import os, sys
from shop import create_app
from shop.core import clock, outbox
from shop.core.db import db, writing
from shop.privacy.actions import erasing
app = create_app()

def erase(key):
    with app.app_context():
        print("begun", os.getpid(), flush=True)
        with writing():
            erasure_id = erasing.accept([key], language="nl", at=clock.now()).id
            db.session.commit()
        print("accepted", flush=True)
        erasing.carry_out(erasure_id, clock.now())
        print("erased", flush=True)
        while not erasing.finish(erasure_id, clock.now(), patience=1):  # as the worker of that process would go on
            outbox.carry_out_due(limit=1000)
        print("finished", flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        erase(line.strip())
        os._exit(0)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""
"""As the view does it, each time in a process of its own that can be killed; it says how far it is."""


@pytest.mark.slow
@pytest.mark.both_databases
def test_an_erasure_that_was_killed_is_untouched_or_completed(running, inside):
    shop = running()
    draw = random.Random(2026)
    outcomes = {"untouched": 0, "accepted": 0, "out of the rows": 0, "done before": 0}
    nursery = Nursery(shop.environment)
    with inside(shop):
        product = make_product(stock=100_000)
        longest = 0.0
        for turn in range(KILLS):
            if turn % MEASURED_EVERY == 0:
                longest = 1.1 * nursery.time_one(somebody(product).person_id)
            account = somebody(product)
            person, email = account.person_id, account.email
            before = {name: rows for name, rows in everything().items() if "outbox" not in name}
            db.session.rollback()
            said = nursery.kill_one(person, draw.uniform(0, longest))
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
                outcomes["accepted" if accepted.state == ACCEPTED else "out of the rows"] += 1
                assert (accepted.state == ACCEPTED) != _is_gone(person, email), "half of it"
            db.session.rollback()
            _complete()
            db.session.expire_all()
            assert db.session.get(Erasure, accepted.id).state == FINISHED
            assert _is_gone(person, email), turn
            assert ledger_file().who(person) in {line.who for line in ledger_file().lines()}
            db.session.rollback()
        assert broken_invariants() == []
    nursery.end()
    print(outcomes)
    assert sum(outcomes.values()) == KILLS


def somebody(product: Product) -> Account:
    """A customer with three orders."""
    account = make_customer()
    for _n in range(3):
        make_order((product, 1), account=account, status="completed", telephone="+31612345678")
    db.session.rollback()
    return account


class Nursery:
    """Processes that erase one person each, killed after a while."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-c", ERASES]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def kill_one(self, person: str, after: float) -> str:
        """Begin an erasure and kill it after so many seconds; what it had said by then."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(person + "\n")
        self.process.stdin.flush()
        _begun, pid = self.process.stdout.readline().split()
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        said = ""
        while "ended" not in said:
            said += self.process.stdout.readline()
        return said

    def time_one(self, person: str) -> float:
        """How many seconds an erasure takes that is left alone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(person + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()
        began, said = time.monotonic(), ""
        while "ended" not in said:
            said += self.process.stdout.readline()
        assert "finished" in said
        return time.monotonic() - began

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def _complete() -> None:
    """What a worker does after the restart."""
    from shop.core import outbox
    from shop.people.ledger import write_down

    with writing():  # a minute later: the lease of whoever was killed while sending the farewell is over
        db.session.execute(update(outbox.OutboxRow).values(leased_until=None))
        db.session.commit()
    for _turn in range(3):
        write_down()
        erasing.complete_all(clock.now())
        outbox.carry_out_due(limit=1000)


def _is_gone(person: str, email: str) -> bool:
    return (
        db.session.get(Person, person) is None
        and db.session.scalars(select(Order.id).where(Order.email == email)).first() is None
    )
