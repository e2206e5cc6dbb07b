"""The papers of the demo: money in the books, and two invoices that somebody asked for.

The demo shop has no VAT number, for So Sera published none: nothing is invented, so both requests wait, and every page
says so. Fill in `vat_number` in instance/shop.toml and start again, and they are issued within the hour.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import db
from shop.orders.models import COMPLETED, CONFIRMED, Order
from shop.orders.queries import order_with_all
from shop.papers import actions, books
from shop.payments.models import AppliedPayment

COMPANY = "Keramiekatelier De Vries"


def load_papers(account: Account, *, at: datetime) -> int:
    """Book what the demo's orders brought in, and ask for two invoices; how many were asked for."""
    book_orders()
    mine = select(Order).where(Order.person_id == account.person_id, Order.status.in_([CONFIRMED, COMPLETED]))
    asked = 0
    for company, order in zip((COMPANY, ""), db.session.scalars(mine.order_by(Order.id).limit(2)), strict=False):
        buyer = actions.buyer_of(order_with_all(order.id))
        if buyer is not None:
            asked += actions.ask_for_invoice(order, replace(buyer, company=company), at)
    db.session.flush()
    return asked


def book_orders() -> None:
    """Book what came in for orders that are not in the books yet."""
    for order_id in db.session.scalars(select(Order.id).order_by(Order.id)).all():
        order = order_with_all(order_id)
        if not books.booked(order.id):
            _book(order)


def _book(order: Order) -> None:
    """Book an order on the day on which it was paid: by Mollie, or when it was collected."""
    paid = db.session.scalar(
        select(AppliedPayment.at).where(AppliedPayment.order_id == order.id, AppliedPayment.role == "settles")
    )
    if paid is None and order.pays_by == "pickup" and order.status == COMPLETED:
        paid = order.delivered_at
    if paid is not None:
        books.book_sale(order, order.total_cents, at=paid)
