"""kill -9 of site and worker at random moments between "place order" and "mail sent": nothing lost, nothing doubled."""

import random
import threading
import time
from collections import Counter
from email import message_from_bytes
from email.policy import default

import pytest
import requests
from sqlalchemy import select

from shop.core import outbox
from shop.core.db import db
from shop.operations.queries import broken_invariants
from shop.orders.models import COMPLETED, CONFIRMED, Order
from shop.payments.models import AppliedPayment, PaymentAttempt
from tests.buyer import Buyer, Refused
from tests.endurance.conftest import IS_LONG
from tests.factories import make_product, make_shipping

KILLS = 200 if IS_LONG else 6
BUYERS = 4


class Crowd:
    """Buyers who go on buying, whatever happens to the shop."""

    def __init__(self, shop, variant_ids):
        self.shop, self.variant_ids = shop, variant_ids
        self.stop = threading.Event()
        self.broken: list[int] = []
        self.threads = [threading.Thread(target=self.shopping, args=(n,)) for n in range(BUYERS)]

    def shopping(self, number):
        draw = random.Random(number)
        while not self.stop.is_set():
            buyer = Buyer(self.shop.urls[0], timeout=20)
            try:
                buyer.buy(draw.choice(self.variant_ids))
            except (requests.RequestException, Refused):
                time.sleep(0.05)
            self.broken += [status for status in buyer.statuses if status == 500]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_problem):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


def settle(shop, inside):
    """Give the living shop the time it needs: Mollie's repeats, the worker's looks, the leases of the dead."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        shop.simulator.control.settle()
        shop.run("payments", "reconcile", "--all")
        with inside(shop):
            waiting = db.session.scalars(
                select(outbox.OutboxRow.id).where(
                    outbox.OutboxRow.kind == "mail",
                    outbox.OutboxRow.done_at.is_(None),
                    outbox.OutboxRow.failed_at.is_(None),
                )
            ).all()
        if not waiting:
            return
        time.sleep(1)
    raise AssertionError(f"{len(waiting)} messages were never sent")


@pytest.mark.slow
@pytest.mark.both_databases
def test_kills_at_random_moments_lose_and_double_nothing(running, inside):
    shop = running()
    with inside(shop):
        make_shipping()
        variant_ids = [make_product(stock=100_000).variants[0].id for _n in range(3)]
    shop.run("payments", "reconcile")
    shop.start_sites()
    shop.start_worker()
    draw = random.Random(2026)
    with Crowd(shop, variant_ids) as crowd:
        for _kill in range(KILLS):
            time.sleep(draw.uniform(0.1, 0.9))
            victim = draw.choice(["site-0", "worker"])
            shop.kill(victim)
            if victim == "worker":
                shop.start_worker()
            else:
                shop.start_site()
                shop.wait_for_sites()
    settle(shop, inside)
    with inside(shop):
        assert broken_invariants() == []
        confirmed = dict(
            db.session.execute(select(Order.number, Order.id).where(Order.status.in_([CONFIRMED, COMPLETED]))).all()
        )
        paid_here = set(
            db.session.scalars(
                select(PaymentAttempt.mollie_id).join(AppliedPayment, AppliedPayment.attempt_id == PaymentAttempt.id)
            )
        )
    paid_there = {p["id"] for p in shop.simulator.control.payments() if p["status"] == "paid"}
    assert paid_there == paid_here
    assert confirmed, "nobody bought anything: the test has shown nothing"
    mails = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in (shop.folder / "instance" / "mail").glob("*order_confirmation.eml")
    ]
    told = Counter(next(number for number in confirmed if number in mail["Subject"]) for mail in mails)
    assert set(told) == set(confirmed), "a paid order without its mail, or a mail without its order"
    assert max(told.values()) <= 2
    ids = {}
    for mail in mails:
        ids.setdefault(mail["Subject"], set()).add(mail["Message-ID"])
    assert all(len(found) == 1 for found in ids.values()), "a repeated message has another Message-ID"
    assert crowd.broken == [], "somebody saw a 500"
