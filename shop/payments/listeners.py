"""Answers to news about orders, and the work that returns."""

from datetime import datetime
from typing import Any

from shop.orders.models import CANCELED, COMPLETED, Order, Shipment
from shop.orders.signals import order_ended, paid_at_pickup, parcel_shipped
from shop.payments import actions, capturing, jobs, sending
from shop.payments.balance import balance_of
from shop.payments.not_sent import propose_for_not_sent
from shop.payments.refund_rules import BY_CANCELLATION
from shop.payments.refunding import propose
from shop.payments.rules import WHOLE_ORDER
from shop.payments.signals import money_received

__all__ = ["jobs", "sending"]


@order_ended.connect
def propose_refund(_sender: Any, *, order: Order, at: datetime) -> None:
    """An order that was paid has been canceled: what came in is proposed to go back, what is set aside is given up."""
    if order.status != CANCELED:
        return
    cents = balance_of(order).refundable_cents
    if cents:
        propose(order, cents=cents, origin=BY_CANCELLATION, key=WHOLE_ORDER, at=at, shipping_cents=order.shipping_cents)
        actions.flag(order, "canceled_paid", key=f"canceled:{order.id}", at=at, cents=cents)
    capturing.release_all(order, at)


@order_ended.connect
def take_in_the_rest(_sender: Any, *, order: Order, at: datetime) -> None:
    """An order is completed: what was set aside for it and not taken in yet is taken in now."""
    if order.status == COMPLETED:
        capturing.capture_rest(order, at)


@parcel_shipped.connect
def take_in_what_left(_sender: Any, *, order: Order, shipment: Shipment, at: datetime) -> None:
    """Pieces left the shop: their part of what was set aside is taken in."""
    capturing.capture_for_shipment(order, shipment.id, at)


@money_received.connect
def pay_back_what_will_not_be_sent(_sender: Any, *, order: Order, at: datetime, **_more: Any) -> None:
    """All of an order is paid by now: what of it will not be sent is proposed to go back."""
    propose_for_not_sent(order, at=at)


@paid_at_pickup.connect
def tell_of_cash(_sender: Any, *, order: Order, at: datetime) -> None:
    """An order was paid when it was picked up."""
    money_received.send(order=order, attempt=None, cents=order.total_cents, at=at)
