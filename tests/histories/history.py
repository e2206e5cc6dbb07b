"""A history: steps drawn from a number, played on a shop that is put back to its first morning each time.

Histories are drawn by weight rather than by Hypothesis: four of five of its rules met nothing to do, and its mutations
played the same history over and over. A number gives the same history always, and what fails is made small by leaving
steps out (docs/decisions/0028).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import Connection, Table, delete, select, update

from shop.aftersale.models import Withdrawal
from shop.catalogue.models import Variant
from shop.core.db import Model, db
from shop.orders.models import Order, Shipment
from shop.payments.models import AttentionItem
from shop.payments.simulator.payments import NEXT
from tests.conftest import empty
from tests.factories import make_product, make_shipping, make_staff
from tests.histories.bank import Bank
from tests.histories.settling import settle
from tests.histories.story import JOBS, Story
from tests.histories.truth import untruths

BEGINS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRICES, STOCK = (1250, 333, 99), (4, 3, 5)
LONGEST = 28

N = range(6)
YES_NO = (True, False)
DIES = (None,) * 9 + (1, 2, 3, 4, 5, 6)
FAULT = ("",) * 7 + ("request lost", "answer lost", "unavailable")
SCRIPT: Mapping[str, tuple[int, Mapping[str, Sequence[Any]]]] = {
    "place": (
        3,
        {
            "pieces": ((1, 0, 0), (2, 1, 0), (1, 1, 1), (0, 2, 1), (3, 0, 2)),
            "pays_by": ("mollie", "mollie", "mollie", "mollie", "pickup"),
            "delivery": ("parcel", "parcel", "pickup"),
            "invoice": YES_NO,
            "dies_in": DIES,
        },
    ),
    "buy": (7, {"order": N, "method": ("ideal", "ideal", "klarna"), "pack": (0, 1), "hears": (True, True, False)}),
    "press_pay": (
        5,
        {"order": N, "method": ("ideal", "ideal", "banktransfer", "klarna"), "fault": FAULT, "dies_in": DIES},
    ),
    "at_mollie": (6, {"order": N, "status": ("paid", "paid", "paid", "failed", "canceled", "expired", "pending")}),
    "come_back": (2, {"order": N, "fault": FAULT, "dies_in": DIES}),
    "call_off": (2, {"order": N, "fault": FAULT, "dies_in": DIES}),
    "ask_invoice": (3, {"order": N}),
    "withdraw": (2, {"order": N, "pieces": (1, 2)}),
    "cancel": (2, {"order": N, "dies_in": DIES}),
    "pack": (3, {"order": N, "pieces": (0, 1)}),
    "bring_on": (7, {"n": N, "apart": (False,) * 6 + (True,), "dies_in": DIES}),
    "pay_back": (
        8,
        {
            "order": N,
            "cents": (100, 333, 1250, 500, 10_000),
            "lines": YES_NO,
            "shipping": YES_NO,
            "accepts": (True, True, False),
            "dies_in": DIES,
            "ends": (False, False, True),
        },
    ),
    "take_back": (4, {"n": N, "sends": YES_NO, "again": (False, True), "fault": FAULT, "dies_in": DIES}),
    "leave_out": (2, {"order": N, "pieces": (1, 1, 9), "dies_in": DIES}),
    "decide": (4, {"n": N, "accepts": (True, True, False), "cents": (None, None, 100, 700), "dies_in": DIES}),
    "attend": (5, {"n": N, "choice": (0, 0, 1, 2), "dies_in": DIES}),
    "at_the_desk": (3, {"n": N, "puts_back": YES_NO, "accepts": (True, True, False), "dies_in": DIES}),
    "edit": (3, {"order": N, "change": (-1, -1, 1), "dies_in": DIES, "fault": FAULT}),
    "want_less": (2, {"order": N, "fault": FAULT, "dies_in": DIES}),
    "refund_moves": (5, {"n": N, "status": ("processing", "refunded", "failed", "failed", "canceled")}),
    "in_the_dashboard": (3, {"n": N, "cents": (None, 100, 500)}),
    "charge_back": (2, {"n": N, "cents": (None, None, 400)}),
    "reverse": (1, {"n": N}),
    "capture_moves": (2, {"n": N, "status": ("succeeded", "failed")}),
    "webhooks": (3, {"mode": ("normal", "normal", "double", "off", "hold")}),
    "release": (1, {"newest_first": YES_NO}),
    "call": (6, {"n": N, "fault": FAULT, "dies_in": DIES}),
    "low_balance": (1, {"waits": YES_NO}),
    "work": (8, {"rows": (1, 2, 5, 20), "fault": FAULT, "dies_in": DIES}),
    "run": (5, {"job": tuple(sorted(JOBS)), "fault": FAULT, "dies_in": DIES}),
    "meanwhile": (4, {"what": N, "n": N, "at_point": (0, 1, 2, 3)}),
    "time_passes": (6, {"minutes": (1, 1, 16, 16, 70, 70, 1500, 6 * 1440), "works": YES_NO}),
}


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    name: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


def drawn(number: int) -> list[Step]:
    """The history with this number."""
    draw = random.Random(number)
    names, weights = list(SCRIPT), [weight for weight, _values in SCRIPT.values()]
    chosen = ["place", *draw.choices(names, weights, k=draw.randint(6, LONGEST))]
    return [Step(name, {value: draw.choice(choices) for value, choices in SCRIPT[name][1].items()}) for name in chosen]


def wrong_after(shelf: "Shelf", steps: Sequence[Step]) -> list[str]:
    """What is not true after a history, once time has moved on until all is quiet."""
    try:
        history = History(shelf)
        for step in steps:
            getattr(history, step.name)(**step.values)
        is_quiet = settle(history.story)
        with shelf.app.app_context():
            found = untruths(shelf.bank, dict(zip(shelf.variants, STOCK, strict=True)))
        return found if is_quiet else [*found, "it never became quiet"]
    except Exception as problem:
        return [f"{type(problem).__name__}: {problem}"]
    finally:
        shelf.close()


def smallest(shelf: "Shelf", steps: Sequence[Step]) -> list[Step]:
    """A history that fails with as many steps left out as can be, in halves first and one by one at last."""
    kept, size = list(steps), max(1, len(steps) // 2)
    while True:
        place, is_smaller = 0, False
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if fewer and wrong_after(shelf, fewer):
                kept, is_smaller = fewer, True
            else:
                place += size
        if size == 1 and not is_smaller:
            return kept
        size = max(1, size // 2)


class Shelf:
    """A shop for one kind of database, put back to its first morning before each history."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.travel = time_machine.travel(BEGINS, tick=False)
        with app.app_context():
            self.bank = Bank(lambda url, payment_id: self.story.hear(url, payment_id))
            empty(app)
            self.travel.start()
            self.variants = [
                make_product(price_cents=price, stock=stock).variants[0].id
                for price, stock in zip(PRICES, STOCK, strict=True)
            ]
            make_shipping()
            self.member = make_staff("owner").id
            self.travel.stop()
            self.first = {
                table: [dict(row._mapping) for row in db.session.execute(table.select())]
                for table in Model.metadata.sorted_tables
            }
            db.session.rollback()

    def open(self) -> Story:
        """Begin a history."""
        self.bank.forget()
        with self.app.app_context(), db.engine.connect() as connection:
            tables = reversed(Model.metadata.sorted_tables)
            for table in [one for one in tables if self._is_changed(connection, one)]:
                connection.execute(delete(table))
                if self.first[table]:
                    connection.execute(table.insert(), self.first[table])
            for variant_id, pieces in zip(self.variants, STOCK, strict=True):
                connection.execute(update(Variant).where(Variant.id == variant_id).values(stock=pieces))
            connection.commit()
        self.traveller = self.travel.start()
        self.story = Story(self.app, self.bank, shift=self.traveller.shift, member=self.member)
        return self.story

    def _is_changed(self, connection: Connection, table: Table) -> bool:
        if self.first[table]:
            return table.name in ("catalogue_version", "stock_movements", "audit_head", "ledger_head")
        return connection.execute(select(table).limit(1)).first() is not None

    def close(self) -> None:
        """End it."""
        self.travel.stop()


class History:
    """What can happen in a history, by name, and to what: the n-th order, payment, proposal … that there is by then."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.story, self.bank = shelf, shelf.open(), shelf.bank

    def an_order(self, n: int) -> int | None:
        found = self.story.ids(Order)
        return found[n % len(found)] if found else None

    def one_of(self, kind: str, n: int, *statuses: str) -> Any:
        found = [one for one in self.bank.objects(kind) if not statuses or one.get("status") in statuses]
        return found[n % len(found)] if found else None

    def about(self, order: int, what: Callable[[int], object], dies_in: int | None = None) -> None:
        """Let something happen to an order, if there is one."""
        order_id = self.an_order(order)
        if order_id is not None:
            self.story.step(lambda: what(order_id), dies_in=dies_in)

    # The customer

    def place(
        self, pieces: tuple[int, int, int], pays_by: str, delivery: str, invoice: bool, dies_in: int | None
    ) -> None:
        if len(self.story.ids(Order)) > 3:
            return
        way = "pickup" if pays_by == "pickup" else delivery
        self.story.step(
            lambda: self.story.place(self.shelf.variants, pieces, pays_by=pays_by, delivery=way, wants_invoice=invoice),
            dies_in=dies_in,
        )

    def press_pay(self, order: int, method: str, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.about(order, lambda order_id: self.story.pay(order_id, method), dies_in)

    def at_mollie(self, order: int, status: str) -> None:
        payment = self.one_of("payment", order, "open", "pending")
        if payment is not None and status in NEXT[payment["status"]]:
            self.story.step(lambda: self.story.move_payment(payment, status))

    def buy(self, order: int, method: str, pack: int, hears: bool) -> None:
        """What mostly happens: an order is paid, the shop hears of it, and something is packed."""
        self.press_pay(order, method, "", None)
        payment = self.one_of("payment", -1, "open")
        if payment is not None:
            self.story.step(lambda: self.story.move_payment(payment, "paid"))
        if hears:
            self.story.step(self.bank.turn)
        if pack:
            self.about(order, lambda order_id: self.story.pack(order_id, 1))

    def come_back(self, order: int, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.about(order, self.story.come_back, dies_in)

    def call_off(self, order: int, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.about(order, self.story.call_off, dies_in)

    def ask_invoice(self, order: int) -> None:
        self.about(order, self.story.ask_invoice)

    def withdraw(self, order: int, pieces: int) -> None:
        self.about(order, lambda order_id: self.story.withdraw(order_id, pieces))

    # Staff

    def cancel(self, order: int, dies_in: int | None) -> None:
        self.about(order, self.story.cancel, dies_in)

    def pack(self, order: int, pieces: int) -> None:
        self.about(order, lambda order_id: self.story.pack(order_id, pieces))

    def bring_on(self, n: int, apart: bool, dies_in: int | None) -> None:
        found = self.story.ids(Shipment)
        if found:
            shipment = found[n % len(found)]
            self.story.step(
                lambda: self.story.unpack(shipment) if apart else self.story.bring_on(shipment), dies_in=dies_in
            )

    def pay_back(
        self, order: int, cents: int, lines: bool, shipping: bool, accepts: bool, dies_in: int | None, ends: bool
    ) -> None:
        self.about(
            order,
            lambda order_id: self.story.propose(
                order_id, cents=cents, with_lines=lines, has_shipping=shipping, ends_delivery=ends
            ),
        )
        if accepts:
            self.decide(-1, True, None, dies_in)

    def decide(self, n: int, accepts: bool, cents: int | None, dies_in: int | None) -> None:
        found = self.story.proposed()
        if found:
            refund = found[n % len(found)]
            self.story.step(lambda: self.story.decide(refund, accept=accepts, cents=cents), dies_in=dies_in)

    def take_back(self, n: int, sends: bool, again: bool, fault: str, dies_in: int | None) -> None:
        """Staff take back a refund that was accepted, before or after Mollie was asked, and perhaps propose it anew."""
        found = self.story.on_their_way()
        if not found:
            return
        refund = found[n % len(found)]
        if sends:
            self.story.step(lambda: self.story.work(20))
        self.story.step(lambda: self.story.take_back(refund), dies_in=dies_in)
        self._goes_wrong(fault)
        self.story.step(lambda: self.story.work(5), dies_in=dies_in)
        if again:
            self.story.step(lambda: self.story.propose_again(refund))

    def leave_out(self, order: int, pieces: int, dies_in: int | None) -> None:
        self.about(order, lambda order_id: self.story.leave_out(order_id, pieces), dies_in)

    def attend(self, n: int, choice: int, dies_in: int | None) -> None:
        found = self.story.ids(AttentionItem, AttentionItem.resolved_at.is_(None))
        if found:
            self.story.step(lambda: self.story.attend(found[n % len(found)], choice), dies_in=dies_in)

    def at_the_desk(self, n: int, puts_back: bool, accepts: bool, dies_in: int | None) -> None:
        found = self.story.ids(Withdrawal, Withdrawal.judged_at.is_(None))
        if found:
            one = found[n % len(found)]
            self.story.step(lambda: self.story.receive(one, puts_back=puts_back), dies_in=dies_in)
            self.story.step(lambda: self.story.judge(one, accepts=accepts))

    def want_less(self, order: int, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.about(order, self.story.want_less, dies_in)

    def edit(self, order: int, change: int, dies_in: int | None, fault: str) -> None:
        self._goes_wrong(fault)
        self.about(order, lambda order_id: self.story.edit(order_id, change), dies_in)

    # Mollie and the bank

    def refund_moves(self, n: int, status: str) -> None:
        refund = self.one_of("refund", n)
        if refund is not None:
            self.story.step(lambda: self.story.move_refund(refund, status))

    def in_the_dashboard(self, n: int, cents: int | None) -> None:
        payment = self.one_of("payment", n, "paid", "authorized")
        if payment is not None:
            self.story.step(lambda: self.story.refund_in_dashboard(payment, cents))

    def charge_back(self, n: int, cents: int | None) -> None:
        payment = self.one_of("payment", n, "paid")
        if payment is not None:
            self.story.step(lambda: self.story.charge_back(payment, cents))

    def reverse(self, n: int) -> None:
        chargeback = self.one_of("chargeback", n)
        if chargeback is not None:
            self.story.step(lambda: self.story.reverse(chargeback))

    def capture_moves(self, n: int, status: str) -> None:
        capture = self.one_of("capture", n, "pending")
        if capture is not None:
            self.story.step(lambda: self.story.move_capture(capture, status))

    def webhooks(self, mode: str) -> None:
        self.bank.webhooks(mode)

    def release(self, newest_first: bool) -> None:
        self.story.step(lambda: self.story.release(newest_first=newest_first))

    def call(self, n: int, fault: str, dies_in: int | None) -> None:
        """Mollie calls, about news or about none."""
        self._goes_wrong(fault)
        payment = self.one_of("payment", n)
        if payment is not None:
            self.story.step(lambda: self.story.call_again(payment))
        self.story.step(self.bank.turn, dies_in=dies_in)

    def low_balance(self, waits: bool) -> None:
        self.bank.world.store.set_setting("refund_start", "queued" if waits else "pending")

    # The machine

    def work(self, rows: int, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.story.step(lambda: self.story.work(rows), dies_in=dies_in)

    def run(self, job: str, fault: str, dies_in: int | None) -> None:
        self._goes_wrong(fault)
        self.story.step(lambda: self.story.run(job), dies_in=dies_in)

    def meanwhile(self, what: int, n: int, at_point: int) -> None:
        """During the next call to Mollie something else happens."""
        self.story.meanwhile(lambda: self._something(what, n), at_point=at_point)

    def _something(self, what: int, n: int) -> None:
        payment = self.one_of("payment", n, "open", "pending")
        order_id = self.an_order(n)
        if what == 0 and payment is not None:
            self.story.move_payment(payment, "paid")
        elif what == 1:
            self.bank.turn()
        elif what == 2:
            self.story.work(3)
        elif what == 3 and order_id is not None:
            self.story.cancel(order_id)
        elif what == 4:
            self.story.run("reconcile")
        elif order_id is not None:
            self.story.run("expire")

    def time_passes(self, minutes: int, works: bool) -> None:
        self.story.pass_time(timedelta(minutes=minutes))
        if works:
            self.story.step(self.bank.turn)
            self.story.run_due()

    def _goes_wrong(self, fault: str) -> None:
        if fault:
            self.bank.faults.append(fault)
