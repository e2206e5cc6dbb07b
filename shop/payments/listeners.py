"""Answers to news about orders, and the work that returns."""

from datetime import datetime
from typing import Any

from shop.orders.models import CANCELED, Order
from shop.orders.signals import order_ended
from shop.payments import actions, jobs, queries

__all__ = ["jobs"]


@order_ended.connect
def propose_refund(_sender: Any, *, order: Order, at: datetime) -> None:
    """An order that was paid has been canceled: staff is asked about the money."""
    paid = queries.settling_payment(order.id) if order.status == CANCELED else None
    if paid is not None:
        actions.flag(order, "canceled_paid", key=f"canceled:{order.id}", at=at, cents=paid.amount_cents)
