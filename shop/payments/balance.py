"""What an order cost, what came for it, what went back, and what may still do either."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from shop.core.db import db
from shop.orders.models import CANCELED, EXPIRED, Order, OrderEvent
from shop.payments import rules
from shop.payments.models import AppliedPayment, PaymentAttempt, Refund
from shop.payments.refund_rules import ALIVE, BY_CHANGE, ON_ITS_WAY, REFUNDED

PAID_AT_PICKUP = "paid"


@dataclass(frozen=True)
class Balance:
    """The money of one order, in whole cents."""

    total_cents: int
    paid_cents: int  # came in: through Mollie, or when it was picked up
    authorized_cents: int  # set aside for us, not taken in yet
    refunded_cents: int  # went back; final
    refunding_cents: int  # accepted by staff, on its way back
    charged_back_cents: int  # the customer's bank took it
    due_cents: int  # still to be paid
    refundable_cents: int  # the most that can still go back


def received(attempt: type[PaymentAttempt] = PaymentAttempt) -> ColumnElement[int]:
    """What came in by an attempt, for use in a statement: its captures, or all of it."""
    return case(
        (attempt.is_captured_later.is_(True), attempt.captured_cents),
        (attempt.status == rules.PAID, attempt.amount_cents),
        else_=0,
    )


def room_in(order_id: int, *, is_sale: bool | None = None) -> dict[int, int]:
    """How much of each payment of an order can still go back, where that is anything.

    `is_sale`: only of payments for the order, or only of those that came beyond it.
    """
    room = received() - PaymentAttempt.claimed_cents - PaymentAttempt.charged_back_cents
    question = (
        select(PaymentAttempt.id, room.label("room"))
        .join(AppliedPayment, AppliedPayment.attempt_id == PaymentAttempt.id)
        .where(PaymentAttempt.order_id == order_id, room > 0)
    )
    if is_sale is not None:
        question = question.where((AppliedPayment.role != "surplus") == is_sale)
    return {row.id: int(row.room) for row in db.session.execute(question)}


def cash_left(order: Order) -> int:
    """How much of what was paid when an order was picked up has not gone back yet."""
    if order.pays_by != "pickup" or not _was_paid_at_pickup(order.id):
        return 0
    back = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.order_id == order.id, Refund.attempt_id.is_(None), Refund.status.in_(ALIVE)
    )
    return max(0, order.total_cents - int(db.session.scalar(back) or 0))


def balance_of(order: Order) -> Balance:
    """The money of an order, as the database has it now."""
    rows = _payments(order.id)
    cash = order.total_cents if order.pays_by == "pickup" and _was_paid_at_pickup(order.id) else 0
    back = _refunds(order.id)
    on_its_way = sum(cents for (status, _origin), cents in back.items() if status in ON_ITS_WAY)
    given = sum(cents for (status, origin), cents in back.items() if status in ALIVE and origin == BY_CHANGE)
    promised = cash + sum(_promised(row) for row in rows if row.role != "surplus")
    is_over = order.status in (EXPIRED, CANCELED)
    return Balance(
        total_cents=order.total_cents,
        paid_cents=cash + sum(row.received for row in rows),
        authorized_cents=sum(max(0, _promised(row) - row.received) for row in rows),
        refunded_cents=sum(cents for (status, _origin), cents in back.items() if status == REFUNDED),
        refunding_cents=on_its_way,
        charged_back_cents=sum(row.charged_back_cents for row in rows),
        due_cents=0 if is_over else max(0, order.total_cents - promised + given),
        refundable_cents=sum(max(0, row.received - row.claimed_cents - row.charged_back_cents) for row in rows)
        + (cash_left(order) if cash else 0),
    )


def _payments(order_id: int) -> list[Any]:
    question = (
        select(
            AppliedPayment.role,
            AppliedPayment.amount_cents,
            PaymentAttempt.status,
            PaymentAttempt.is_captured_later,
            PaymentAttempt.released_at,
            PaymentAttempt.charged_back_cents,
            PaymentAttempt.claimed_cents,
            received().label("received"),
        )
        .join(PaymentAttempt, PaymentAttempt.id == AppliedPayment.attempt_id)
        .where(AppliedPayment.order_id == order_id)
    )
    return list(db.session.execute(question))


def _promised(row: Any) -> int:
    """What an applied payment brought or will still bring."""
    if row.status in rules.LOST or row.released_at is not None:
        return int(row.received)
    return int(row.amount_cents)


def _refunds(order_id: int) -> dict[tuple[str, str], int]:
    question = (
        select(Refund.status, Refund.origin, func.sum(Refund.amount_cents).label("cents"))
        .where(Refund.order_id == order_id)
        .group_by(Refund.status, Refund.origin)
    )
    return {(row.status, row.origin): int(row.cents) for row in db.session.execute(question)}


def _was_paid_at_pickup(order_id: int) -> bool:
    question = select(OrderEvent.id).where(OrderEvent.order_id == order_id, OrderEvent.kind == PAID_AT_PICKUP).limit(1)
    return db.session.scalar(question) is not None
