"""What staff does about money on an order's page: propose to pay back, and let go what was stopped."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from shop.aftersale.queries import worth_of_pieces
from shop.core.db import db
from shop.core.errors import Conflict
from shop.orders import actions as orders
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments.models import AttentionItem, Refund
from shop.payments.refund_rules import BY_STAFF
from shop.payments.refunding import propose
from shop.staff.actions.attention import DELIVER

STOPPING = ("chargeback", "paid_old_amount")


def wanted_cents(order: Order, pieces: Mapping[int, int], *, has_shipping: bool, cents: int | None) -> int:
    """How much is meant: the amount that was typed, or the price of the pieces, with the delivery if ticked."""
    if cents is not None:
        return cents
    return worth_of_pieces(order, pieces) + (order.shipping_cents if has_shipping else 0)


def propose_refund(
    order_id: int,
    pieces: Mapping[int, int],
    *,
    cents: int,
    shipping_cents: int,
    key: str,
    staff_id: int,
    at: datetime,
) -> Refund:
    """Propose to pay back what a member of staff typed; once for each form. The caller commits."""
    held = order_for_change(order_id)
    if held is None:
        raise Conflict
    return propose(
        held,
        cents=cents,
        origin=BY_STAFF,
        key=key,
        at=at,
        lines=pieces,
        shipping_cents=shipping_cents,
        staff_id=staff_id,
    )


def let_go(order_id: int, *, reason: str, staff_id: int, at: datetime) -> None:
    """Let an order be delivered that was stopped, with a name and a reason. The caller commits."""
    order = order_for_change(order_id)
    if order is None or not orders.let_deliver(order, at, staff_id):
        raise Conflict
    question = select(AttentionItem).where(AttentionItem.order_id == order_id, AttentionItem.kind.in_(STOPPING))
    for item in db.session.scalars(question):
        if item.resolved_at is None or item.choice == "seen":
            item.resolved_at, item.resolved_by, item.choice, item.reason = at, staff_id, DELIVER, reason
