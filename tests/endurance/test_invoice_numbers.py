"""A hundred invoices at once by real processes, ten of them killed at work: 1 to 100, no gap, no double."""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db, writing
from shop.papers import queries
from shop.papers.models import Invoice, InvoiceRequest
from shop.papers.rules import Party
from shop.papers.vies import VALID
from tests.endurance.conftest import IS_LONG
from tests.papers.orders import paid_order
from tests.processes import ROOT

INVOICES = 100 if IS_LONG else 30
PROCESSES = 10 if IS_LONG else 3
KILLS = 10 if IS_LONG else 3
PATIENCE = 60

ISSUERS = """
import os, sys, time
from sqlalchemy.exc import OperationalError
from shop import create_app
from shop.core import clock
from shop.core.db import db, writing
from shop.orders.queries import order_for_change
from shop.papers import actions

app = create_app()  # once; each process that is forked from here opens the database by itself

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def issue(order_id):
    with writing():
        issued = actions.issue_if_due(order_for_change(order_id), clock.now())
        if issued is not None:
            say("drawn", os.getpid(), order_id)
            time.sleep(0.01)  # so that a kill may fall between a number and its commit
        db.session.commit()
    say("found" if issued is None else "issued", os.getpid(), order_id)

def issue_all(order_ids):
    with app.app_context():
        for order_id in order_ids:
            for tries_left in range(5, -1, -1):
                try:
                    issue(order_id)
                    break
                except OperationalError as problem:  # SQLite has no queue: one of ten may wait too long
                    if "locked" not in str(problem) or not tries_left:
                        raise
                    db.session.remove()

with app.app_context():
    db.engine.dispose()
say("ready", os.getpid(), 0)
for line in sys.stdin:
    if os.fork() == 0:
        try:
            issue_all(map(int, line.split()))
        except BaseException as problem:
            say("failed", os.getpid(), repr(problem).replace("\\n", " "))
        finally:
            os._exit(0)
"""
BUYER = Party("Sanne de Vries", "Donkerstraat 52", "3841 CD", "Harderwijk", "NL")


class Issuers:
    """Processes that each issue the invoices of their share of the orders, and tell what they are at."""

    def __init__(self, shop):
        self.host = subprocess.Popen(
            [sys.executable, "-c", ISSUERS],
            env={**shop.environment, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=shop.log,
            text=True,
            start_new_session=True,
        )
        self.news = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.hear()[0] == "ready"

    def _listen(self):
        for line in self.host.stdout:
            self.news.put(line.split(maxsplit=2))

    def hear(self):
        """What one of the processes says next: drawn, issued, found or failed, which process, and which order."""
        return self.news.get(timeout=PATIENCE)

    def start(self, share):
        """One more process, with these orders; what of them was issued already it leaves as it is."""
        self.host.stdin.write(" ".join(map(str, share)) + "\n")
        self.host.stdin.flush()

    def end(self):
        """End the host and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.host.pid, signal.SIGKILL)
        self.host.wait(PATIENCE)


@pytest.mark.slow
@pytest.mark.both_databases
def test_many_at_once_and_kills_among_them_leave_no_gap(running, inside):
    shop = running()
    identity = shop.folder / "instance" / "shop.toml"
    identity.write_text(identity.read_text().replace('vat_number = ""', 'vat_number = "NL860999002B01"'))
    with inside(shop):
        order_ids = [asked_for() for _n in range(INVOICES)]
    shares = [order_ids[n::PROCESSES] for n in range(PROCESSES)]
    share_of = {order_id: share for share in shares for order_id in share}
    draw = random.Random(2026)
    kills = set(draw.sample(range(3, INVOICES - PROCESSES), KILLS))  # at which invoice somebody is killed in the midst
    issuers = Issuers(shop)
    done, drawn, dead, killed_at, halfway = set(), 0, set(), set(), 0
    try:
        for share in shares:
            issuers.start(share)
        while len(done) < INVOICES:
            word, process, told = issuers.hear()
            assert word != "failed", told
            if word != "drawn":
                done.add(int(told))
                halfway += word == "issued" and told in killed_at
                continue
            drawn += 1
            if drawn in kills and process not in dead:
                time.sleep(draw.uniform(0, 0.015))
                os.kill(int(process), signal.SIGKILL)
                dead.add(process)
                killed_at.add(told)
                issuers.start(share_of[int(told)])
            elif drawn in kills:
                kills.add(drawn + 1)
    finally:
        issuers.end()
    assert len(dead) == KILLS
    assert halfway or not IS_LONG, "no kill fell between a number and its commit"
    print(f"{KILLS} killed, {halfway} of them between a number and its commit")
    with inside(shop):
        assert list(queries.wrong_with_numbers(clock.now())) == []
        sequences = list(db.session.scalars(select(Invoice.sequence).order_by(Invoice.sequence)))
        assert sequences == list(range(1, INVOICES + 1))
        assert set(db.session.scalars(select(Invoice.order_id))) == set(order_ids)
    assert shop.run("invoices", "check", "--documents").returncode == 0


def asked_for():
    """A paid order whose invoice was asked for, and is to be issued now."""
    order = paid_order()
    asked = {name: value for name, value in vars(BUYER).items() if name != "kvk"}
    with writing():
        db.session.add(InvoiceRequest(order_id=order.id, asked_at=clock.now(), vies=VALID, **asked))
        db.session.commit()
    return order.id
