"""Answers to news about money: the books, invoices that were waiting for it, and credit notes for what went back."""

from datetime import datetime
from typing import Any

from shop.core.db import db
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.orders.signals import order_changed, order_confirmed
from shop.papers import actions, books, correcting, exports, jobs, renewing, vies
from shop.payments.models import Refund
from shop.payments.signals import money_received, refund_failed, refund_settled

__all__ = ["correcting", "exports", "jobs", "vies"]


@money_received.connect
def book_what_came_in(
    _sender: Any, *, order: Order, cents: int, at: datetime, attempt: Any = None, **_more: Any
) -> None:
    """Money came in for an order: it is a sale, and the invoice that waited for it can be issued."""
    if books.is_sale(attempt):
        actions.take_money_in(order, cents, at)
        renewing.renew_if_due(order_with_all(order.id), at)


@order_confirmed.connect
def ask_for_everybody(_sender: Any, *, order: Order, at: datetime, **_more: Any) -> None:
    """An order goes ahead: where everybody gets an invoice, it is asked for now, and issued when the money is there."""
    actions.ask_for_everybody(order, at)


@order_changed.connect
def follow_change(_sender: Any, *, order: Order, at: datetime, **_more: Any) -> None:
    """Staff have changed an order: books and invoice follow, as far as it is paid."""
    renewing.follow_change(order, at)


@refund_settled.connect
def credit_what_went_back(_sender: Any, *, refund: Refund, at: datetime, **_more: Any) -> None:
    """Money went back: the books say so, and the invoice is credited by it."""
    actions.take_refund_in(db.session.get_one(Order, refund.order_id), refund, at)


@refund_failed.connect
def take_it_back(_sender: Any, *, refund: Refund, at: datetime, **_more: Any) -> None:
    """Money that had gone back is here again: the books say that too, and its credit note no longer counts."""
    renewing.take_refund_back(db.session.get_one(Order, refund.order_id), refund, at)
