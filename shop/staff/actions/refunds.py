"""What staff does about money on an order's page: propose to pay back, and let go what was stopped."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from shop.aftersale.queries import worth_of_pieces
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.orders import actions as orders
from shop.orders import fulfilment
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments.balance import room_in
from shop.payments.models import AttentionItem, Refund
from shop.payments.not_sent import propose_for_not_sent
from shop.payments.refund_rules import BY_STAFF, LOST
from shop.payments.refunding import propose
from shop.payments.refunding import propose_again as propose_lost_again
from shop.staff.actions.attention import DELIVER

STOPPING = ("chargeback", "paid_old_amount")


def wanted_cents(order: Order, pieces: Mapping[int, int], *, has_shipping: bool, cents: int | None) -> int:
    """How much is meant: the amount that was typed, or the price of the pieces, with the delivery if ticked."""
    if cents is not None:
        return cents
    return worth_of_pieces(order, pieces) + (order.shipping_cents if has_shipping else 0)


def surplus_cents(order_id: int) -> int:
    """How much came beyond what an order cost and is still here."""
    return sum(room_in(order_id, is_sale=False).values())


def propose_refund(
    order_id: int,
    pieces: Mapping[int, int],
    *,
    cents: int,
    shipping_cents: int,
    key: str,
    staff_id: int,
    at: datetime,
    ends_delivery: bool = False,
) -> Refund:
    """Propose to pay back what a member of staff typed; once for each form. The caller commits.

    The very amount of a payment that came twice, for nothing of the order, goes back from that payment.
    """
    held = order_for_change(order_id)
    if held is None:
        raise Conflict
    surplus = None
    if not pieces and not shipping_cents:
        surplus = next((one for one, room in room_in(order_id, is_sale=False).items() if room == cents), None)
    return propose(
        held,
        cents=cents,
        origin=BY_STAFF,
        key=key,
        at=at,
        lines=pieces,
        shipping_cents=shipping_cents,
        staff_id=staff_id,
        attempt_id=surplus,
        ends_delivery=ends_delivery,
    )


def leave_out(order_id: int, pieces: Mapping[int, int], *, reason: str, staff_id: int, at: datetime) -> None:
    """Say of pieces that they will not be sent, and propose to pay back what was paid for them. The caller commits."""
    order = fulfilment.leave_out(order_id, pieces, reason=reason, staff_id=staff_id, at=at)
    propose_for_not_sent(order, at=at, reason=reason, staff_id=staff_id)


def propose_again(refund_id: int, *, staff_id: int, at: datetime) -> Refund:
    """Propose once more what did not go back. The caller commits."""
    lost = db.session.get(Refund, refund_id)
    order = order_for_change(lost.order_id) if lost is not None else None
    if lost is None or order is None:
        raise NotFound
    if lost.status not in LOST:
        raise Conflict
    return propose_lost_again(order, refund_id, at=at, staff_id=staff_id)


def let_go(order_id: int, *, reason: str, staff_id: int, at: datetime) -> None:
    """Let an order be delivered that was stopped, with a name and a reason. The caller commits."""
    order = order_for_change(order_id)
    if order is None or not orders.let_deliver(order, at, staff_id):
        raise Conflict
    question = select(AttentionItem).where(AttentionItem.order_id == order_id, AttentionItem.kind.in_(STOPPING))
    for item in db.session.scalars(question):
        if item.resolved_at is None or item.choice == "seen":
            item.resolved_at, item.resolved_by, item.choice, item.reason = at, staff_id, DELIVER, reason
