"""Orders with their money, as the papers room hears of them."""

from datetime import datetime
from typing import Any

from shop.core import clock
from shop.core.db import db, writing
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.papers import actions, books, queries
from shop.papers.models import Invoice
from shop.papers.rules import Party
from shop.payments.models import Refund, RefundLine
from shop.payments.signals import refund_settled
from tests.factories import make_order, make_product
from tests.papers.paper import BUYER


def paid_order(*, at: datetime | None = None, **values: Any) -> Order:
    """A confirmed order of one teapot whose money is in the books."""
    return booked(make_order(**{"status": "confirmed", "at": at, **values}), at=at)


def booked(order: Order, *, at: datetime | None = None) -> Order:
    """The same order, whose money the books have heard of."""
    with writing():
        held = order_for_change(order.id)
        if not books.booked(order.id):
            actions.take_money_in(held, order.total_cents, at or clock.now())
        db.session.commit()
    return order


def invoiced(order: Order, buyer: Party = BUYER, *, at: datetime | None = None) -> Invoice:
    """The invoice of an order, asked for and issued."""
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), buyer, at or clock.now())
        db.session.commit()
    found = queries.open_invoice(order.id)
    assert found is not None
    db.session.rollback()
    return found


def settled_refund(
    order: Order, cents: int, *, lines: dict[int, tuple[int, int]] | None = None, **values: Any
) -> Refund:
    """Money of an order that has gone back, with the news of it; lines are {line: (pieces, cents)}."""
    with writing():
        held = order_for_change(order.id)
        refund = Refund(
            **{
                "order_id": held.id,
                "origin": "staff",
                "origin_key": f"test:{clock.now().timestamp()}",
                "amount_cents": cents,
                "status": "refunded",
                "token": f"t{clock.now().timestamp()}",
                "idempotency_key": f"k{clock.now().timestamp()}",
                "created_at": clock.now(),
                "settled_at": clock.now(),
                "decided_by": None,
                **values,
            }
        )
        if refund.decided_by is None:
            refund.origin = "mollie"
        refund.lines = [
            RefundLine(order_line_id=line, quantity=pieces, cents=amount)
            for line, (pieces, amount) in (lines or {}).items()
        ]
        db.session.add(refund)
        db.session.flush()
        refund_settled.send(refund=refund, at=clock.now())
        db.session.commit()
    return refund


def two_lines(**values: Any) -> Order:
    """A paid order of two teapots and a bowl."""
    pot, bowl = make_product(price_cents=1250, stock=50), make_product(price_cents=895, stock=50)
    return booked(make_order((pot, 2), (bowl, 1), **{"status": "confirmed", **values}))
