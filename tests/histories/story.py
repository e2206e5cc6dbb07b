"""What people, Mollie and the machine can do to the shop in a history, each as the real screens and jobs do it.

Whatever is done can break off at any commit and at both ends of every call to Mollie, as when the power fails, and
something else can happen there meanwhile: those are the moments at which no transaction is open.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersale import changing, returns, withdrawing
from shop.aftersale.models import ACCEPTED, REFUSED, Withdrawal
from shop.catalogue.models import Variant
from shop.core import clock, outbox
from shop.core.db import db, writing
from shop.core.errors import ShopError
from shop.orders import editing, fulfilment
from shop.orders import jobs as order_jobs
from shop.orders.actions import cancel
from shop.orders.models import Order, OrderLine, Shipment
from shop.orders.placing import Draft, DraftAddress, DraftDelivery, DraftLine, place
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import actions as papers
from shop.papers import jobs as paper_jobs
from shop.payments import flows, jobs, mollie_gateway
from shop.payments.models import AttentionItem, Refund
from shop.payments.refund_rules import ON_ITS_WAY, PROPOSED
from shop.payments.refunding import decide as decide_refund
from shop.payments.simulator import captures, chargebacks, payments, refunds, webhooks
from shop.payments.simulator.money import of as money_of
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.taking_back import cancel_refund
from shop.shipping.models import Carrier
from shop.staff.actions import attention
from shop.staff.actions.refunds import leave_out, propose_refund
from shop.staff.actions.refunds import propose_again as propose_refund_again
from tests.histories.bank import Bank

JOBS: dict[str, tuple[Callable[[], object], timedelta]] = {
    "reconcile": (jobs.reconcile_due, timedelta(seconds=30)),
    "expire": (jobs.expire_due, timedelta(seconds=60)),
    "lapsing": (jobs.warn_of_lapsing, timedelta(minutes=30)),
    "elsewhere": (jobs.find_moves_elsewhere, timedelta(hours=6)),
    "long_ago": (jobs.find_moves_long_ago, timedelta(hours=24)),
    "arrived": (order_jobs.end_what_has_arrived, timedelta(hours=1)),
    "issue": (paper_jobs.issue_waiting, timedelta(hours=1)),
    "book": (paper_jobs.book_missing, timedelta(hours=1)),
}
NAMES = ("given_name", "family_name", "street", "house_number", "postcode", "town", "country")
HOME = dict(zip(NAMES, ("Sanne", "de Vries", "Donkerstraat", "52", "3841 CD", "Harderwijk", "NL"), strict=True))


class Died(BaseException):
    """The process was killed here."""


class Story:
    """One history as it goes on."""

    def __init__(self, app: Flask, bank: Bank, *, shift: Callable[[timedelta], None], member: int) -> None:
        self.app, self.bank, self.shift, self.member = app, bank, shift, member
        self._dies_in: int | None = None
        self._meanwhile: tuple[int, Callable[[], object]] | None = None
        self._commit = Session.commit
        self._ran: dict[str, datetime] = {}
        self.last_move = clock.now()
        bank.on_line = self._on_line

    # How a step is made

    def step(self, what: Callable[[], object], *, dies_in: int | None = None) -> None:
        """Let one thing happen; a refusal is an answer, and a crash leaves what was committed."""
        self.shift(timedelta(seconds=1))
        self._dies_in = dies_in
        try:
            with self.app.app_context():
                what()
        except (ShopError, Problem, Died):
            pass
        finally:
            self._dies_in = None
            self._meanwhile = None

    def meanwhile(self, what: Callable[[], object], *, at_point: int) -> None:
        """Let something else happen during the next step, at one of the moments at which it waits for Mollie."""
        self._meanwhile = (at_point, what)

    def point(self) -> None:
        """A moment at which the process may die."""
        if self._dies_in is not None:
            self._dies_in -= 1
            if self._dies_in <= 0:
                self._dies_in = None
                raise Died

    def _on_line(self) -> None:
        self.shift(timedelta(milliseconds=10))
        self.point()
        if self._meanwhile is None:
            return
        left, what = self._meanwhile
        self._meanwhile = (left - 1, what) if left > 0 else None
        if left > 0:
            return
        dies_in, self._dies_in = self._dies_in, None
        try:
            with self.app.app_context():
                what()
        except (ShopError, Problem):
            pass
        finally:
            self._dies_in = dies_in

    def hear(self, url: str, payment_id: str) -> int:
        """Mollie calls the shop; 0 when nothing answers."""
        self.shift(timedelta(milliseconds=10))
        try:
            return self.app.test_client().post(urlsplit(url).path, data={"id": payment_id}).status_code
        except Died:
            return 0

    def pass_time(self, span: timedelta) -> None:
        """Let time pass; what is counted by the minute in memory begins anew."""
        self.shift(span)
        flows.asked.forget()
        mollie_gateway.breaker.reset()

    # The customer

    def place(
        self, variants: Sequence[int], pieces: Sequence[int], *, pays_by: str, delivery: str, wants_invoice: bool
    ) -> None:
        """Place an order for so many pieces of each variant."""
        with writing():
            now = clock.now()
            found = {row.id: row for row in db.session.scalars(select(Variant).where(Variant.id.in_(variants)))}
            lines = [
                DraftLine(one, "goods", found[one].sku, "Theepot", count, found[one].price_cents, rate, 300)
                for one, count, rate in zip(variants, pieces, (2100, 900, 0), strict=True)
                if count
            ]
            way = DraftDelivery("parcel", None, "Bezorgen", 495, lines[0].vat_basis_points)
            draft = Draft(
                secrets.token_hex(16), "nl", "gast@example.com", pays_by, lines, [DraftAddress("shipping", **HOME)],
                way if delivery == "parcel" else DraftDelivery("pickup", None, "Ophalen"),
            )  # fmt: skip
            order = place(draft, now)
            if wants_invoice:
                papers.ask_for_invoice_at_checkout(order, "", "", at=now)
            db.session.commit()

    def pay(self, order_id: int, method: str) -> None:
        """Press "pay", or "pay again"."""
        flows.start_payment(order_id, method=method)

    def come_back(self, order_id: int) -> None:
        """Return from Mollie, or open the order's page."""
        flows.ask_about(order_id)

    def call_off(self, order_id: int) -> None:
        """The customer cancels."""
        changing.cancel_by_customer(order_id)

    def ask_invoice(self, order_id: int) -> None:
        """Ask for an invoice afterwards."""
        with writing():
            order = order_for_change(order_id)
            assert order is not None
            buyer = papers.buyer_of(order_with_all(order_id))
            if buyer is not None:
                papers.ask_for_invoice(order, buyer, clock.now())
            db.session.commit()

    def withdraw(self, order_id: int, pieces: int) -> None:
        """Withdraw from some pieces of every line."""
        lines = self.lines_of(order_id)
        with writing():
            said = withdrawing.Statement(
                "Sanne de Vries", "x", "gast@example.com", "nl", order_id=order_id,
                quantities={line: min(pieces, quantity) for line, quantity in lines.items()},
            )  # fmt: skip
            withdrawing.declare(said, receipt=secrets.token_urlsafe(24), is_mailed=True, at=clock.now())
            db.session.commit()

    # Staff

    def cancel(self, order_id: int) -> None:
        """Staff call an order off."""
        with writing():
            order = order_for_change(order_id)
            assert order is not None
            cancel(order, clock.now(), self.member)
            db.session.commit()

    def pack(self, order_id: int, pieces: int) -> None:
        """Pack some pieces of each line, or all that are left (0)."""
        chosen = {line: min(pieces, count) for line, count in self.lines_of(order_id).items()} if pieces else None
        with writing():
            fulfilment.pack(order_id, chosen, staff_id=self.member, at=clock.now())
            db.session.commit()

    def bring_on(self, shipment_id: int) -> None:
        """Bring a parcel a step on: out of the door, to its customer, over the counter."""
        with writing():
            found = db.session.get_one(Shipment, shipment_id)
            order = db.session.get_one(Order, found.order_id)
            status, is_parcel, now = found.status, order.shipping_kind == "parcel", clock.now()
            if status == "packed" and is_parcel:
                carrier = db.session.scalars(select(Carrier)).one()
                fulfilment.ship(shipment_id, carrier, tracking_code="", staff_id=self.member, at=now)
            elif status == "packed":
                fulfilment.put_ready(shipment_id, staff_id=self.member, at=now)
            elif status == "ready":
                fulfilment.hand_over(shipment_id, without_code="known", staff_id=self.member, at=now)
            elif status == "shipped":
                fulfilment.deliver(shipment_id, staff_id=self.member, at=now)
            db.session.commit()

    def unpack(self, shipment_id: int) -> None:
        """Take a packed parcel apart again."""
        with writing():
            fulfilment.unpack(shipment_id, staff_id=self.member, at=clock.now())
            db.session.commit()

    def propose(self, order_id: int, *, cents: int, with_lines: bool, has_shipping: bool, ends_delivery: bool) -> None:
        """Propose to pay an amount back, or one piece of each line."""
        pieces = dict.fromkeys(self.lines_of(order_id), 1) if with_lines else {}
        with writing():
            order = order_with_all(order_id)
            shipping = order.shipping_cents if has_shipping else 0
            propose_refund(
                order_id, pieces, cents=cents + shipping, shipping_cents=shipping, key=secrets.token_hex(6),
                staff_id=self.member, at=clock.now(), ends_delivery=ends_delivery,
            )  # fmt: skip
            db.session.commit()

    def take_back(self, refund_id: int) -> None:
        """Take back a refund that was accepted."""
        with writing():
            cancel_refund(refund_id, reason="Toch niet", staff_id=self.member, at=clock.now())
            db.session.commit()

    def propose_again(self, refund_id: int) -> None:
        """Propose once more what did not go back."""
        with writing():
            propose_refund_again(refund_id, staff_id=self.member, at=clock.now())
            db.session.commit()

    def leave_out(self, order_id: int, pieces: int) -> None:
        """Say of so many pieces of each line that they will not be sent, as far as they were not."""
        with writing():
            unsent = fulfilment.unsent_pieces(order_id)
            chosen = {line: min(pieces, left) for line, left in unsent.items()}
            leave_out(order_id, chosen, reason="Op", staff_id=self.member, at=clock.now())
            db.session.commit()

    def decide(self, refund_id: int, *, accept: bool, cents: int | None = None) -> None:
        """Decide about a proposed refund."""
        with writing():
            decide_refund(
                refund_id, accept=accept, reason="Beschadigd", cents=cents, staff_id=self.member, at=clock.now()
            )
            db.session.commit()

    def attend(self, item_id: int, choice: int) -> None:
        """Choose what to do about something on the attention list."""
        with writing():
            item = db.session.get_one(AttentionItem, item_id)
            choices = list(attention.choices_for(item.kind, may_cancel=True))
            chosen = choices[choice % len(choices)]
            attention.decide(item, chosen, reason="Besproken", staff_id=self.member, at=clock.now())
            db.session.commit()

    def receive(self, withdrawal_id: int, *, puts_back: bool) -> None:
        """Receive what came back, and put it in stock again."""
        with writing():
            found = db.session.get_one(Withdrawal, withdrawal_id)
            withdrawal = returns.queries.withdrawal_for_change(found.id)
            assert withdrawal is not None
            came = {line.id: returns.Arrived(line.quantity) for line in withdrawal.lines}
            returns.receive(withdrawal_id, came, staff_id=self.member, at=clock.now())
            db.session.commit()
        for line_id, arrived in came.items() if puts_back else ():
            with writing():
                returns.put_back(withdrawal_id, line_id, arrived.quantity, at=clock.now())
                db.session.commit()

    def judge(self, withdrawal_id: int, *, accepts: bool) -> None:
        """Accept or refuse a withdrawal."""
        with writing():
            returns.judge(
                withdrawal_id, ACCEPTED if accepts else REFUSED, reason="Gezien", staff_id=self.member, at=clock.now()
            )
            db.session.commit()

    def edit(self, order_id: int, change: int) -> None:
        """Change how many pieces of its lines an order holds."""
        wish = editing.Wish(quantities={line: max(0, n + change) for line, n in self.lines_of(order_id).items()})
        changing.change_now(order_id, wish, oss_since=None, staff_id=self.member)

    def want_less(self, order_id: int) -> None:
        """The customer keeps one piece of each line of an order that is not paid yet."""
        lines = self.lines_of(order_id)
        if changing.may_change_now(order_with_all(order_id)):
            wish = editing.Wish(quantities=changing.fewer_of(order_with_all(order_id), dict.fromkeys(lines, 1)))
            changing.change_now(order_id, wish, oss_since=None)

    # Mollie

    def move_payment(self, payment: Doc, status: str) -> None:
        """The customer pays, fails, cancels …"""
        is_manual = payment["sent"].get("captureMode") == "manual"
        self.bank.change(payments.move, payment, "authorized" if status == "paid" and is_manual else status)
        self.last_move = clock.now()

    def move_refund(self, refund: Doc, status: str) -> None:
        """A refund goes on, fails or is canceled at Mollie's."""
        self.bank.change(refunds.move, refund, status)
        self.last_move = clock.now()

    def move_capture(self, capture: Doc, status: str) -> None:
        """A capture succeeds or fails."""
        self.bank.change(captures.move, capture, status)
        self.last_move = clock.now()

    def refund_in_dashboard(self, payment: Doc, cents: int | None) -> None:
        """Somebody refunds beside the shop; all that is left, or an amount."""
        left = payments.remaining(self.bank.world, payment)
        if cents is not None and cents < left.minor:
            left = type(left)(left.currency, cents)
        if left.minor > 0:
            self.bank.change(refunds.create, payment, {"amount": left.document()})
            self.last_move = clock.now()

    def charge_back(self, payment: Doc, cents: int | None) -> None:
        """A bank takes money back."""
        amount = money_of(payment["amount"])
        part = type(amount)(amount.currency, min(cents, amount.minor)).document() if cents else None
        self.bank.change(chargebacks.create, payment, part)
        self.last_move = clock.now()

    def reverse(self, chargeback: Doc) -> None:
        """A bank returns it."""
        self.bank.change(chargebacks.reverse, chargeback)
        self.last_move = clock.now()

    def call_again(self, payment: Doc) -> None:
        """Mollie calls though nothing happened."""
        self.bank.change(webhooks.repeat, payment)

    def release(self, *, newest_first: bool) -> None:
        """Calls that were held back arrive after all."""
        self.bank.change(webhooks.let_go, newest_first=newest_first)
        self.bank.turn()

    # The machine

    def work(self, rows: int) -> None:
        """The worker carries out some rows of the outbox."""
        outbox.carry_out_due(rows)

    def run(self, job: str) -> None:
        """The worker runs one job."""
        self._ran[job] = clock.now()
        JOBS[job][0]()
        db.session.rollback()

    def run_due(self) -> None:
        """The worker runs every job whose time has come, and empties the outbox."""
        for name, (_job, every) in JOBS.items():
            ran = self._ran.get(name)
            if ran is None or clock.now() - ran >= every:
                self.step(lambda name=name: self.run(name))  # type: ignore[misc]
        self.step(lambda: outbox.carry_out_due(200))

    # What there is

    def ids(self, model: Any, *conditions: Any) -> list[int]:
        """The rows of a kind."""
        with self.app.app_context():
            return list(db.session.scalars(select(model.id).where(*conditions).order_by(model.id)))

    def proposed(self) -> list[int]:
        """The refunds that wait for a decision."""
        return self.ids(Refund, Refund.status == PROPOSED)

    def on_their_way(self) -> list[int]:
        """The refunds that were accepted and are not final."""
        return self.ids(Refund, Refund.status.in_(ON_ITS_WAY))

    def lines_of(self, order_id: int) -> dict[int, int]:
        """The lines of an order with their pieces."""
        rows = db.session.execute(select(OrderLine.id, OrderLine.quantity).where(OrderLine.order_id == order_id))
        found = {row.id: row.quantity for row in rows}
        db.session.rollback()
        return found
