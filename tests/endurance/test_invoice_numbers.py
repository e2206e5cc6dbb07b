"""A hundred invoices at once by real processes, some of them killed: 1 to 100, no gap, no double."""

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, writing
from shop.orders.queries import order_for_change
from shop.papers import queries
from shop.papers.models import Invoice, InvoiceRequest
from shop.papers.rules import Party
from shop.papers.vies import VALID
from tests.endurance.conftest import IS_LONG
from tests.papers.orders import paid_order
from tests.processes import ROOT

INVOICES = 100 if IS_LONG else 30
PROCESSES = 10 if IS_LONG else 3
KILLS = 9 if IS_LONG else 2

ISSUER = """
import sys
from shop import create_app
from shop.core import clock
from shop.core.db import db, writing
from shop.orders.queries import order_for_change
from shop.papers import actions

app = create_app()
print("ready", flush=True)
sys.stdin.readline()
with app.app_context():
    for order_id in map(int, sys.argv[1:]):
        with writing():
            actions.issue_if_due(order_for_change(order_id), clock.now())
            db.session.commit()
        db.session.remove()
"""
BUYER = Party("Sanne de Vries", "Donkerstraat 52", "3841 CD", "Harderwijk", "NL")


@pytest.mark.slow
@pytest.mark.both_databases
def test_many_at_once_and_kills_among_them_leave_no_gap(running, inside):
    shop = running()
    identity = shop.folder / "instance" / "shop.toml"
    identity.write_text(identity.read_text().replace('vat_number = ""', 'vat_number = "NL860999002B01"'))
    with inside(shop):
        order_ids = [paid_order().id for _n in range(INVOICES)]
        for order_id in order_ids:
            with writing():
                order = order_for_change(order_id)
                db.session.add(InvoiceRequest(order_id=order.id, asked_at=clock.now(), **asked()))
                db.session.commit()
    draw = random.Random(2026)
    shares = [order_ids[n::PROCESSES] for n in range(PROCESSES)]
    issuers = [start(shop, share) for share in shares]
    for issuer in issuers:
        assert issuer.stdout.readline() == b"ready\n"
    for issuer in issuers:
        issuer.stdin.write(b"go\n")
        issuer.stdin.flush()
    killed = 0
    for issuer in draw.sample(issuers, KILLS):
        time.sleep(draw.uniform(0.01, 0.12))
        if issuer.poll() is None:
            issuer.send_signal(signal.SIGKILL)
            killed += 1
    for issuer in issuers:
        issuer.wait(120)
    assert killed, "all were done before one could be killed: the test has shown nothing"
    with inside(shop):
        some = db.session.scalar(select(func.count(Invoice.id)))
        assert list(queries.wrong_with_numbers(clock.now())) == []
    again = [start(shop, share) for share in shares]  # what the dead left undone, again by all at once
    for issuer in again:
        issuer.stdout.readline()
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(lambda one: one.communicate(b"go\n", timeout=120), again))
    with inside(shop):
        assert some < INVOICES or not killed
        sequences = list(db.session.scalars(select(Invoice.sequence).order_by(Invoice.sequence)))
        assert sequences == list(range(1, INVOICES + 1))
        assert len(set(db.session.scalars(select(Invoice.order_id)))) == INVOICES
    assert shop.run("invoices", "check", "--documents").returncode == 0


def asked() -> dict[str, str]:
    return {**{name: value for name, value in vars(BUYER).items() if name != "kvk"}, "vies": VALID}


def start(shop, order_ids):
    command = [sys.executable, "-c", ISSUER, *map(str, order_ids)]
    return subprocess.Popen(
        command,
        env={**shop.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=shop.log,
    )
