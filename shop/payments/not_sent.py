"""Money for pieces that will not be sent: proposed to go back once all of the order is paid, each piece once."""

import secrets
from datetime import datetime

from sqlalchemy import func, select

from shop.core.db import db
from shop.orders.models import Order, OrderLine
from shop.payments.balance import balance_of
from shop.payments.models import Refund, RefundLine
from shop.payments.refund_rules import BY_STAFF, LOST
from shop.payments.refunding import MoreThanRemains, propose, worth_cents

KEY = "not-sent"


def propose_for_not_sent(order: Order, *, at: datetime, reason: str = "", staff_id: int | None = None) -> Refund | None:
    """Propose to pay back what will not be sent and no refund is about yet; None where there is nothing of that.

    What is only set aside is taken in first, for lenders pay an order as a whole. The caller holds the order's row.
    """
    db.session.flush()
    pieces = _uncovered(order.id)
    if not pieces or balance_of(order).paid_cents < order.total_cents:
        return None
    try:
        refund = propose(
            order,
            cents=worth_cents(order, pieces),
            origin=BY_STAFF,
            key=f"{KEY}:{secrets.token_hex(6)}",
            at=at,
            lines=pieces,
            staff_id=staff_id,
        )
    except MoreThanRemains:
        return None
    refund.reason = reason or None
    return refund


def _uncovered(order_id: int) -> dict[int, int]:
    """How many pieces of each line will not be sent, less those that a refund is or was proposed for."""
    told = (
        select(func.coalesce(func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, Refund.status.not_in(LOST))
        .correlate(OrderLine)
        .scalar_subquery()
    )
    question = select(OrderLine.id, (OrderLine.not_sent_quantity - told).label("pieces")).where(
        OrderLine.order_id == order_id, OrderLine.not_sent_quantity > 0
    )
    return {row.id: int(row.pieces) for row in db.session.execute(question) if row.pieces > 0}
