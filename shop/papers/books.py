"""The book of sales: what came in and what went back, by day, country and rate, written as the money moves."""

from datetime import datetime

from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db
from shop.orders.models import Order
from shop.papers import rules, snapshot
from shop.papers.models import IN_THE_VAULT, BookEntry
from shop.payments.models import AppliedPayment, PaymentAttempt, Refund
from shop.pricing.rules import HOME

SALE, REFUND, LOST = "sale", "refund", "lost"


def booked(order_id: int) -> dict[rules.Bucket, tuple[int, int]]:
    """What an order has brought in so far, less what went back, by country and rate."""
    found: dict[rules.Bucket, tuple[int, int]] = {}
    for entry in db.session.scalars(select(BookEntry).where(BookEntry.order_id == order_id)):
        sign = 1 if entry.kind == SALE else -1
        bucket = (entry.country, entry.basis_points)
        gross, inside = found.get(bucket, (0, 0))
        found[bucket] = (gross + sign * entry.gross_cents, inside + sign * entry.vat_cents)
    return found


def kept_cents(order_id: int) -> int:
    """What the shop sold of an order and did not pay back, also when a bank took it and it was written off."""
    lost = select(func.sum(BookEntry.gross_cents)).where(BookEntry.order_id == order_id, BookEntry.kind == LOST)
    return rules.gross_of(booked(order_id)) + (db.session.scalar(lost) or 0)  # who does not pay is not credited


def sold_cents(order_id: int) -> int:
    """What came in for an order, whatever went back since."""
    question = select(func.sum(BookEntry.gross_cents)).where(BookEntry.order_id == order_id, BookEntry.kind == SALE)
    return db.session.scalar(question) or 0


def is_sale(attempt: PaymentAttempt | None) -> bool:
    """Whether money of a payment is for the order: not when it came twice, or for an order that had ended."""
    if attempt is None:
        return True
    surplus = select(AppliedPayment.id).where(AppliedPayment.attempt_id == attempt.id, AppliedPayment.role == "surplus")
    return db.session.scalar(surplus) is None


def book_sale(order: Order, cents: int, *, at: datetime) -> int:
    """Book money that came in for an order; how much that was. The caller commits.

    An older, higher amount, paid after the order was changed, is booked as a whole: what is too much of it is booked
    again when it goes back, as after any change to less.
    """
    known = booked(order.id)
    due = snapshot.amounts_of(order)
    left = rules.over(due, known)
    open_cents = order.total_cents - sum(gross for gross, _inside in known.values())
    times = db.session.scalar(select(func.count(BookEntry.id)).where(BookEntry.order_id == order.id))
    shared = rules.share_out(left, min(cents, max(0, open_cents)))
    while (more := rules.share_out(due, cents - rules.gross_of(shared))) and rules.gross_of(more) > 0:
        shared = rules.added(shared, more)
    return _write(order, SALE, shared, key=f"sale:{order.id}:{times}", at=at)


def book_refund(order: Order, refund: Refund, *, at: datetime) -> int:
    """Book money that went back, as far as it had come in; how much that was. The caller commits."""
    if refund.attempt_id is not None and not is_sale(db.session.get(PaymentAttempt, refund.attempt_id)):
        return 0  # it had come twice, and was never booked
    known, wanted = booked(order.id), snapshot.refunded_buckets(order, refund)
    due = snapshot.amounts_of(order)
    is_below = rules.gross_of(known) - refund.amount_cents < rules.gross_of(due)
    # What a changed order costs less than was paid goes back first; for pieces only once no more than it costs is left.
    over = rules.over(known, due) if is_below or not wanted else {}
    shared = rules.share_out(over, refund.amount_cents)
    rest = refund.amount_cents - rules.gross_of(shared)
    shared = rules.added(shared, rules.share_out(rules.without(known, shared), rest, wanted))
    return _write(order, REFUND, shared, key=f"refund:{refund.id}", at=at)


def follow_change(order: Order, *, at: datetime) -> int:
    """Book what an order holds now under the countries and rates that it holds; the sum stays. The caller commits.

    What it costs more is booked when it is paid, what it costs less when it goes back.
    """
    known = booked(order.id)
    if not known:
        return 0
    moved = rules.moved(known, snapshot.amounts_of(order))
    return _write(order, SALE, moved, key=f"change:{order.id}:{order.version}", at=at)


def unbooked(*, after: int = 0, limit: int = 100) -> list[tuple[int, int, datetime]]:
    """Orders that were paid but stand in no book, as after an upgrade: their key, the amount, and when it came."""
    question = (
        select(AppliedPayment.order_id, AppliedPayment.amount_cents, AppliedPayment.at)
        .join(PaymentAttempt, PaymentAttempt.id == AppliedPayment.attempt_id)
        .where(
            AppliedPayment.role == "settles",
            AppliedPayment.order_id > after,
            PaymentAttempt.status == "paid",
            PaymentAttempt.is_captured_later.is_(False),
            AppliedPayment.at >= IN_THE_VAULT.cutoff(clock.now()),
            ~select(BookEntry.id).where(BookEntry.order_id == AppliedPayment.order_id).exists(),
        )
        .order_by(AppliedPayment.order_id)
        .limit(limit)
    )
    return [(row.order_id, row.amount_cents, row.at) for row in db.session.execute(question)]


def take_refund_back(order: Order, refund: Refund, *, at: datetime) -> int:
    """Book that a refund never arrived and its money is here again; how much that was. The caller commits."""
    entries = db.session.scalars(select(BookEntry).where(BookEntry.key.like(f"refund:{refund.id}:%"))).all()
    shared = {(entry.country, entry.basis_points): (-entry.gross_cents, -entry.vat_cents) for entry in entries}
    return -_write(order, REFUND, shared, key=f"refund_back:{refund.id}", at=at)


def lost_cents(attempt_id: int) -> int:
    """How much of a payment that a bank took back was written off."""
    mine = BookEntry.kind == LOST, BookEntry.key.like(f"lost:{attempt_id}:%")
    return db.session.scalar(select(func.sum(BookEntry.gross_cents)).where(*mine)) or 0


def follow_chargeback(order: Order, attempt: PaymentAttempt, *, at: datetime) -> int:
    """Write off what a bank took back of a payment, or book it again where the bank gave it back; how much changed.

    Its VAT is reclaimed, or due once more (Wet OB art. 29). The invoice stays: the customer still owes it.
    """
    mine = BookEntry.kind == LOST, BookEntry.key.like(f"lost:{attempt.id}:%")
    before = db.session.scalars(select(BookEntry).where(*mine)).all()
    lost: rules.Amounts = {}
    for entry in before:
        lost = rules.added(lost, {(entry.country, entry.basis_points): (entry.gross_cents, entry.vat_cents)})
    more = attempt.charged_back_cents - rules.gross_of(lost)
    if not is_sale(attempt):
        return 0  # it had come twice, and was never booked
    shared = rules.share_out(booked(order.id) if more > 0 else lost, abs(more))
    if more < 0:
        shared = rules.without({}, shared)
    return _write(order, LOST, shared, key=f"lost:{attempt.id}:{len(before)}", at=at)


def _write(order: Order, kind: str, shared: rules.Amounts, *, key: str, at: datetime) -> int:
    for (country, basis_points), (gross, inside) in sorted(shared.items()):
        own = f"{key}:{country}:{basis_points}"
        if db.session.scalar(select(BookEntry.id).where(BookEntry.key == own)) is not None:
            return 0
        oss = country != HOME
        db.session.add(
            BookEntry(
                order_id=order.id,
                key=own,
                kind=kind,
                booked_on=clock.local_date(at),
                country=country,
                is_oss=oss,
                basis_points=basis_points,
                gross_cents=gross,
                vat_cents=inside,
                counts_from=rules.counts_from(at, is_oss=oss),
            )
        )
    db.session.flush()
    return sum(gross for gross, _inside in shared.values())
