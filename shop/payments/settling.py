"""After an order was changed: what is still due is asked for by a link, what is too much is proposed to go back."""

from datetime import datetime

from shop.core.db import db
from shop.orders import actions as orders
from shop.orders import emails
from shop.orders.models import PLACED, Order
from shop.orders.placing import UNPAID_FOR
from shop.payments.balance import balance_of
from shop.payments.queries import refunds_of
from shop.payments.refund_rules import BY_CHANGE, PROPOSED
from shop.payments.refunding import MoreThanRemains, propose
from shop.payments.rules import PENDING_HOLDS


def settle_difference(order: Order, *, at: datetime, staff_id: int | None) -> tuple[int, int]:
    """Tell the customer what an order holds now and ask for what is due, or propose to pay back what is too much.

    The cents that are due, and those that were proposed. The caller holds the order's row and commits.
    """
    db.session.flush()
    if order.status == PLACED:  # its customer needs time to pay the new amount
        orders.extend(order, at + (PENDING_HOLDS if staff_id is not None else UNPAID_FOR))
    balance = balance_of(order)
    due_cents = balance.due_cents if order.pays_by == "mollie" else 0
    proposed = sum(one.amount_cents for one in refunds_of(order.id) if one.status == PROPOSED)
    kept = balance.paid_cents - balance.refunded_cents - balance.refunding_cents - balance.charged_back_cents
    back_cents = max(0, kept - proposed - order.total_cents)
    if back_cents:
        try:
            propose(order, cents=back_cents, origin=BY_CHANGE, key=f"v{order.version}", at=at, staff_id=staff_id)
        except MoreThanRemains:
            back_cents = 0
    emails.queue_order_changed(order, at, due_cents=due_cents, back_cents=back_cents)
    return due_cents, back_cents
