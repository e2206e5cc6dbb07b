"""The invariants of the shop, read straight from the database: what must hold after any crash."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Integer, case, cast, exists, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from shop.catalogue.models import StockMovement, Variant
from shop.core import clock
from shop.core.db import db, is_postgresql
from shop.core.outbox import AFTER_HANDING_OVER, OutboxRow
from shop.orders.models import CANCELED, COMPLETED, CONFIRMED, EXPIRED, PLACED, Order, OrderEvent, OrderLine
from shop.papers.queries import wrong_with_numbers, wrong_with_sums
from shop.payments.models import (
    BOOKS,
    AppliedPayment,
    AttentionItem,
    Capture,
    PaymentAttempt,
    Refund,
    RefundLine,
)
from shop.payments.refund_rules import ALIVE, BY_MOLLIE, PROPOSED, QUEUED, REFUNDED
from shop.people.queries import broken_audit_entries

Check = Callable[[], Iterator[str]]

HOLDING = (PLACED, CONFIRMED, COMPLETED)
FOR_ORDER_LINES = ("order", "late", "release", "release_late", "edit", "not_sent")
"""How the key of a movement begins that names its order line; of pieces sent again, returns and counts it does not."""


def paid_is_applied() -> Iterator[str]:
    """I1: every paid attempt is applied to its order or stands on the attention list, and paid orders are confirmed."""
    applied = select(AppliedPayment.attempt_id)
    flagged = select(AttentionItem.attempt_id).where(AttentionItem.attempt_id.is_not(None))
    lost = select(PaymentAttempt.id).where(
        PaymentAttempt.status == "paid", PaymentAttempt.id.not_in(applied), PaymentAttempt.id.not_in(flagged)
    )
    for attempt_id in db.session.scalars(lost):
        yield f"I1: payment attempt {attempt_id} is paid, but applied to no order and told to no one"
    settles = AppliedPayment.role == "settles"
    unpaid = select(Order.number).where(
        Order.placed_at >= BOOKS.cutoff(clock.now()),  # older payments have left the books
        Order.status.in_([CONFIRMED, COMPLETED]),
        Order.pays_by == "mollie",
        Order.id.not_in(select(AppliedPayment.order_id).where(settles)),
        Order.id.not_in(select(PaymentAttempt.order_id).where(PaymentAttempt.status == "authorized")),
    )
    for number in db.session.scalars(unpaid):
        yield f"I1: order {number} is confirmed, but no payment settles it"
    waiting = (
        select(Order.number)
        .join(AppliedPayment, AppliedPayment.order_id == Order.id)
        .where(settles, Order.status == PLACED)
    )
    for number in db.session.scalars(waiting):
        yield f"I1: order {number} is paid, but still waits for payment"


def stock_adds_up() -> Iterator[str]:
    """I2: a stock is the sum of its movements and never below zero; orders hold what they should, no more, no less."""
    sums = (
        select(StockMovement.variant_id, func.sum(StockMovement.delta).label("total"))
        .group_by(StockMovement.variant_id)
        .subquery()
    )
    total = func.coalesce(sums.c.total, 0)
    wrong = (
        select(Variant.sku, Variant.stock, total)
        .outerjoin(sums, sums.c.variant_id == Variant.id)
        .where(Variant.stock.is_not(None), Variant.stock != total)
    )
    for sku, counted, moved in db.session.execute(wrong):
        yield f"I2: {sku} has stock {counted}, but its movements add up to {moved}"
    for sku in db.session.scalars(select(Variant.sku).where(Variant.stock < 0)):
        yield f"I2: {sku} has a stock below zero"
    held: dict[int, int] = defaultdict(int)
    for key, delta in db.session.execute(select(StockMovement.key, StockMovement.delta)):
        word, _colon, rest = key.partition(":")
        if word in FOR_ORDER_LINES:
            held[int(rest.partition(":")[0])] -= delta
    lines = (
        select(Order.number, Order.status, OrderLine.id, OrderLine.quantity - OrderLine.not_sent_quantity)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(Variant.stock.is_not(None))
    )
    for number, status, line_id, quantity in db.session.execute(lines):
        should = quantity if status in HOLDING else 0
        if held[line_id] != should:
            yield f"I2: line {line_id} of order {number} ({status}) holds {held[line_id]} pieces, not {should}"


def invoices_are_numbered() -> Iterator[str]:
    """I3: the numbers of invoices and credit notes are 1..n in each year, follow time, and add up."""
    yield from wrong_with_numbers(clock.now())
    yield from wrong_with_sums()


def totals_add_up() -> Iterator[str]:
    """I4: an order's total is its lines, plus delivery, minus discount."""
    lines = select(OrderLine.order_id, func.sum(OrderLine.total_cents).label("total")).group_by(OrderLine.order_id)
    sums = lines.subquery()
    wrong = (
        select(Order.number)
        .outerjoin(sums, sums.c.order_id == Order.id)
        .where(
            (Order.items_cents != func.coalesce(sums.c.total, -1))
            | (Order.total_cents != Order.items_cents + Order.shipping_cents - Order.discount_cents)
        )
    )
    for number in db.session.scalars(wrong):
        yield f"I4: the amounts of order {number} do not add up"


def confirmations_are_mailed() -> Iterator[str]:
    """I5: every confirmed order has its confirmation in the outbox, waiting, failed in view of staff, or sent."""
    asked = select(cast(func.replace(OutboxRow.key, "order_confirmation:", ""), Integer)).where(
        OutboxRow.key.like("order_confirmation:%")
    )
    silent = select(Order.number).where(
        Order.confirmed_at >= AFTER_HANDING_OVER.cutoff(clock.now()), Order.email.is_not(None), Order.id.not_in(asked)
    )
    for number in db.session.scalars(silent):
        yield f"I5: order {number} is confirmed, but its confirmation was never written"


def no_half_orders() -> Iterator[str]:
    """I6: every order has lines and began with its event; an ended one says when it ended."""
    with_lines = select(OrderLine.order_id)
    for number in db.session.scalars(select(Order.number).where(Order.id.not_in(with_lines))):
        yield f"I6: order {number} has no lines"
    began = select(OrderEvent.order_id).where(OrderEvent.kind == "placed")
    for number in db.session.scalars(select(Order.number).where(Order.id.not_in(began))):
        yield f"I6: order {number} has no beginning in its timeline"
    endless = select(Order.number).where(Order.status.in_([EXPIRED, CANCELED, COMPLETED]), Order.ended_at.is_(None))
    for number in db.session.scalars(endless):
        yield f"I6: order {number} has ended, but not when"


def database_is_whole() -> Iterator[str]:
    """I7: the database file is sound and every foreign key leads somewhere."""
    if is_postgresql():
        return
    for (answer,) in db.session.execute(text("PRAGMA integrity_check")):
        if answer != "ok":
            yield f"I7: {answer}"
    for row in db.session.execute(text("PRAGMA foreign_key_check")):
        yield f"I7: {row[0]} row {row[1]} points to a row of {row[2]} that is not there"


def audit_is_sealed() -> Iterator[str]:
    """I8: no entry of the audit log was changed, taken away or put in afterwards."""
    for entry_id in broken_audit_entries():
        yield f"I8: audit entry {entry_id} does not fit its seal"


def refunds_fit() -> Iterator[str]:
    """I9: no more went back than was paid, each refund has its decision and its way out, and all sums are counted."""
    over = select(PaymentAttempt.id).where(PaymentAttempt.refunded_cents > PaymentAttempt.amount_cents)
    for attempt_id in db.session.scalars(over):
        yield f"I9: more was refunded on payment attempt {attempt_id} than was paid"
    alive = _sum_of(Refund.amount_cents, Refund.attempt_id == PaymentAttempt.id, Refund.status.in_(ALIVE))
    counted = case((alive > PaymentAttempt.amount_cents, PaymentAttempt.amount_cents), else_=alive)
    miscounted = select(PaymentAttempt.id).where(PaymentAttempt.claimed_cents != counted)
    for attempt_id in db.session.scalars(miscounted):
        yield f"I9: the refunds of payment attempt {attempt_id} do not add up to what they claim of it"
    settled = _sum_of(Refund.amount_cents, Refund.attempt_id == PaymentAttempt.id, Refund.status == REFUNDED)
    for attempt_id in db.session.scalars(select(PaymentAttempt.id).where(settled > PaymentAttempt.amount_cents)):
        yield f"I9: more went back of payment attempt {attempt_id} than it brought"
    asked = select(cast(func.replace(OutboxRow.key, "refund:", ""), Integer)).where(OutboxRow.key.like("refund:%"))
    silent = select(Refund.id).where(
        Refund.status == QUEUED, Refund.mollie_id.is_(None), Refund.is_by_hand.is_(False), Refund.id.not_in(asked)
    )
    for refund_id in db.session.scalars(silent):
        yield f"I9: refund {refund_id} was accepted, but nothing asks Mollie for it"
    undecided = select(Refund.id).where(
        Refund.status != PROPOSED, Refund.origin != BY_MOLLIE, Refund.decided_by.is_(None)
    )
    for refund_id in db.session.scalars(undecided):
        yield f"I9: nobody decided about refund {refund_id}"
    lines = _sum_of(RefundLine.cents, RefundLine.refund_id == Refund.id)
    has_lines = exists().where(RefundLine.refund_id == Refund.id)
    torn = select(Refund.id).where(has_lines, lines + Refund.shipping_cents != Refund.amount_cents)
    for refund_id in db.session.scalars(torn):
        yield f"I9: the lines of refund {refund_id} do not add up to it"
    captures = _sum_of(Capture.amount_cents, Capture.attempt_id == PaymentAttempt.id, Capture.status != "failed")
    for attempt_id in db.session.scalars(select(PaymentAttempt.id).where(PaymentAttempt.capturing_cents != captures)):
        yield f"I9: the captures of payment attempt {attempt_id} do not add up to what they ask of it"


def _sum_of(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """A sum beside each row of a statement; nothing is nought."""
    found = select(func.coalesce(func.sum(column), 0)).where(*conditions).scalar_subquery()
    return func.coalesce(found, 0)


CHECKS: tuple[Check, ...] = (
    paid_is_applied,
    stock_adds_up,
    invoices_are_numbered,
    totals_add_up,
    confirmations_are_mailed,
    no_half_orders,
    database_is_whole,
    audit_is_sealed,
    refunds_fit,
)


def broken_invariants() -> list[str]:
    """Everything that is not as it must be; empty when all is well."""
    return [problem for check in CHECKS for problem in check()]
