"""The verbs of an order: one guarded function for each transition, and the timeline they leave behind.

Each transition asks the database for the status it starts from, so that the same news twice is the same news once.
Whoever calls holds the order's row (`queries.order_for_change`, or has just placed it) and commits.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update

from shop.catalogue import stock
from shop.catalogue.models import StockMovement
from shop.core.db import db
from shop.orders import emails, queries, rules
from shop.orders.models import (
    CANCELED,
    COMPLETED,
    CONFIRMED,
    EXPIRED,
    PLACED,
    Order,
    OrderEvent,
    OrderLine,
    Shipment,
)
from shop.orders.signals import order_confirmed, order_ended
from shop.people.actions import merge_person

RELEASED, TAKEN_LATE = "released", "late"


def note_event(
    order: Order,
    kind: str,
    *,
    at: datetime,
    detail: str = "",
    is_for_customer: bool = True,
    staff_id: int | None = None,
) -> None:
    """Write one thing in an order's timeline; `detail` never holds a personal value."""
    db.session.add(
        OrderEvent(
            order_id=order.id, kind=kind, detail=detail, is_for_customer=is_for_customer, staff_id=staff_id, at=at
        )
    )


def confirm(order: Order, at: datetime) -> bool:
    """Confirm a placed order: it is paid, free, or will be paid at pick-up; says whether this call did it."""
    if not _move(order, (PLACED,), CONFIRMED, confirmed_at=at, expires_at=None):
        return False
    note_event(order, "confirmed", at=at)
    emails.queue_order_confirmation(order, at)
    order_confirmed.send(order=order, at=at)
    if rules.completes_when_confirmed(queries.kinds_in(order.id)):
        complete(order, at)
    return True


def reopen(order: Order, at: datetime) -> bool:
    """Let an expired order go ahead, for its money came after all; False when its stock is gone or it was canceled."""
    with db.session.begin_nested() as point:
        has_moved = _move(order, (EXPIRED,), CONFIRMED, confirmed_at=at, expires_at=None, ended_at=None)
        if not has_moved or not _take_again(order, at):
            point.rollback()
            return False
    note_event(order, "reopened", at=at)
    emails.queue_order_confirmation(order, at)
    order_confirmed.send(order=order, at=at)
    if rules.completes_when_confirmed(queries.kinds_in(order.id)):
        complete(order, at)
    return True


def expire(order: Order, at: datetime) -> bool:
    """End an order that was not paid in time and give its stock back; says whether this call did it."""
    if not _move(order, (PLACED,), EXPIRED, ended_at=at):
        return False
    _release(order, at)
    note_event(order, "expired", at=at)
    order_ended.send(order=order, at=at)
    return True


def cancel(order: Order, at: datetime, staff_id: int | None = None) -> bool:
    """Call an order off and give its stock back, unless something of it has left; says whether this call did it."""
    shipments = db.session.scalars(select(Shipment.status).where(Shipment.order_id == order.id)).all()
    if not rules.may_cancel(order.status, shipments):
        return False
    if not _move(order, (PLACED, CONFIRMED), CANCELED, ended_at=at, expires_at=None):
        return False
    _release(order, at)
    note_event(order, "canceled", at=at, staff_id=staff_id)
    emails.queue_order_canceled(order, at)
    order_ended.send(order=order, at=at)
    return True


def complete_if_done(order: Order, at: datetime, staff_id: int | None = None) -> bool:
    """Complete a confirmed order once every line is, whatever kinds it mixes; whether this call did it."""
    db.session.flush()
    lines = queries.line_states(order.id)
    return bool(lines) and all(line.is_complete for line in lines) and complete(order, at, staff_id)


def complete(order: Order, at: datetime, staff_id: int | None = None) -> bool:
    """Complete a confirmed order: all was delivered, or its service has taken place; whether this call did it."""
    last = db.session.scalar(select(func.max(Shipment.delivered_at)).where(Shipment.order_id == order.id))
    if not _move(order, (CONFIRMED,), COMPLETED, ended_at=at, delivered_at=last or at):
        return False
    note_event(order, "completed", at=at, staff_id=staff_id)
    order_ended.send(order=order, at=at)
    return True


def go_on(order: Order) -> bool:
    """Open a completed order again, for something of it has to be sent once more; whether this call did it."""
    return _move(order, (COMPLETED,), CONFIRMED, ended_at=None, delivered_at=None)


def extend(order: Order, until: datetime) -> None:
    """Keep an unpaid order's stock longer, because a payment may still come."""
    if order.status == PLACED and order.expires_at is not None and order.expires_at < until:
        order.expires_at = until


def stop_delivery(order: Order, at: datetime) -> None:
    """Let nothing of an order leave the shop, until `let_deliver`; what has left has left."""
    if order.status in (PLACED, CONFIRMED) and order.delivery_stopped_at is None:
        order.delivery_stopped_at = at
        note_event(order, "delivery_stopped", at=at, is_for_customer=False)


def let_deliver(order: Order, at: datetime, staff_id: int | None = None) -> bool:
    """Let an order that was stopped go on; whether it was stopped."""
    if order.delivery_stopped_at is None:
        return False
    order.delivery_stopped_at = None
    note_event(order, "delivery_let_go", at=at, is_for_customer=False, staff_id=staff_id)
    return True


def take_over(order: Order, person_id: str) -> None:
    """Make a guest's order that of the account holder with the same proven address; the guest is no longer a person."""
    guest_id = order.person_id
    if guest_id is None or guest_id == person_id:
        return
    order.person_id = person_id
    merge_person(guest_id, into=person_id)


def _move(order: Order, start: tuple[str, ...], end: str, **values: Any) -> bool:
    """Change the status, if it is still one of those it may start from; the database decides."""
    moved = db.session.execute(
        update(Order).where(Order.id == order.id, Order.status.in_(start)).values(status=end, **values)
    )
    return cast(CursorResult[Any], moved).rowcount == 1


def _release(order: Order, at: datetime) -> None:
    """Give back what the order holds, variant by variant in the order of their ids, each piece once."""
    lines = _stocked_lines(order)
    keys = [f"{reason}:{line.id}" for line in lines for reason in ("order", TAKEN_LATE)]
    held = set(db.session.scalars(select(StockMovement.key).where(StockMovement.key.in_(keys))))
    for line in lines:
        if f"{TAKEN_LATE}:{line.id}" in held:
            key = f"release_late:{line.id}"
        elif f"order:{line.id}" in held:
            key = f"release:{line.id}"
        else:
            continue
        pieces = line.quantity - line.not_sent_quantity  # what was left out is back already
        if pieces:
            stock.give_back(line.variant_id, pieces, reason=RELEASED, key=key, at=at)


def _take_again(order: Order, at: datetime) -> bool:
    lines = _stocked_lines(order)
    wanted = db.session.scalar(select(func.count(OrderLine.id)).where(OrderLine.order_id == order.id))
    if len(lines) != wanted:
        return False  # something of it is no longer in the catalogue
    try:
        for line in lines:
            stock.take(line.variant_id, line.quantity, reason=TAKEN_LATE, key=f"{TAKEN_LATE}:{line.id}", at=at)
    except stock.NotEnoughStock:
        return False
    return True


def _stocked_lines(order: Order) -> list[Any]:
    question = (
        select(OrderLine.id, OrderLine.variant_id, OrderLine.quantity, OrderLine.not_sent_quantity)
        .where(OrderLine.order_id == order.id, OrderLine.variant_id.is_not(None))
        .order_by(OrderLine.variant_id, OrderLine.id)
    )
    return list(db.session.execute(question))
