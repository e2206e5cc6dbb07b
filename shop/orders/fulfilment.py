"""From a confirmed order to a parcel at the door, or a package handed over in Harderwijk.

Every step holds the order's row, looks at what is there now and refuses with AlreadyDone what a colleague was first
with: of two packers one wins, and the other is told.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update

from shop.catalogue import stock
from shop.core.db import Model, db
from shop.core.errors import Conflict, NotFound, ShopError
from shop.core.money import mollie_value
from shop.core.personal_data import Purpose, Recipient, declaration_of
from shop.orders import actions, emails, queries, rules
from shop.orders.models import (
    COLLECTED,
    CONFIRMED,
    DELIVERED,
    LOST,
    PACKED,
    READY,
    SHIPPED,
    Order,
    OrderAddress,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.orders.numbers import SIGNS
from shop.orders.signals import paid_at_pickup, parcel_shipped
from shop.people.actions import record_disclosure
from shop.shipping.models import PARCEL, PICKUP, Carrier

PAID_AT_PICKUP = "paid"
BY_CODE = "code"
WITHOUT_CODE = ("mail_shown", "order_named", "known")
"""Why a package may be handed over without its code: words of ours, so that nothing about a person is written down."""
CODE_LENGTH = 5
NOT_SENT = "not_sent"


class AlreadyDone(Conflict):
    """A colleague did this first, or the order is past it."""


class WrongCode(ShopError):
    """The code that was typed is not the package's."""


class DeliveryStopped(Conflict):
    """Nothing of this order may leave: the customer's bank took the money back, or it was not paid in full."""


class NothingChosen(ShopError):
    """No pieces were chosen to pack."""


class NotPaidYet(ShopError):
    """What would not be sent is still to be paid at pick-up."""


def pieces_to_pack(order: Order) -> dict[int, int]:
    """How many pieces of each line with goods are in no shipment yet, for an order read with lines and shipments.

    What was in a parcel that got lost is packed once more.
    """
    packed: dict[int, int] = {}
    for shipment in (one for one in order.shipments if one.status != LOST):
        for line in shipment.lines:
            packed[line.order_line_id] = packed.get(line.order_line_id, 0) + line.quantity
    left = {
        line.id: line.quantity - line.not_sent_quantity - packed.get(line.id, 0)
        for line in order.lines
        if line.kind == rules.GOODS
    }
    return {line_id: pieces for line_id, pieces in left.items() if pieces > 0}


def pieces_to_leave_out(order: Order) -> dict[int, int]:
    """How many pieces of each line can still be left out, for an order read with lines and shipments."""
    services = {
        line.id: line.quantity - line.not_sent_quantity
        for line in order.lines
        if line.kind == rules.SERVICE and line.served_at is None and line.quantity > line.not_sent_quantity
    }
    return (pieces_to_pack(order) | services) if order.status == CONFIRMED else {}


def pack(
    order_id: int,
    quantities: Mapping[int, int] | None = None,
    *,
    seen: int | None = None,
    staff_id: int,
    at: datetime,
) -> Shipment:
    """Note that pieces are packed: those in `quantities` by line, or all that are left.

    `seen` is how many shipments the packer saw: one more by now means that a colleague was first. The caller commits.
    """
    order = may_leave(held(order_id, CONFIRMED))
    left = _left_now(order.id)
    if not left or (seen is not None and seen != _shipments_now(order.id)):
        raise AlreadyDone
    chosen = left if quantities is None else {line: pieces for line, pieces in quantities.items() if pieces > 0}
    if not chosen:
        raise NothingChosen
    if any(pieces > left.get(line, 0) for line, pieces in chosen.items()):
        raise AlreadyDone
    shipment = Shipment(order_id=order.id, status=PACKED, packed_at=at)
    shipment.lines = [ShipmentLine(order_line_id=line, quantity=pieces) for line, pieces in sorted(chosen.items())]
    db.session.add(shipment)
    db.session.flush()
    actions.note_event(order, "packed", at=at, staff_id=staff_id)
    return shipment


def unsent_pieces(order_id: int) -> dict[int, int]:
    """How many pieces of each line can still be left out: goods that are in no shipment, services not done yet."""
    services = select(OrderLine.id, OrderLine.quantity, OrderLine.not_sent_quantity).where(
        OrderLine.order_id == order_id, OrderLine.kind == rules.SERVICE, OrderLine.served_at.is_(None)
    )
    found = _left_now(order_id)
    return found | {
        row.id: row.quantity - row.not_sent_quantity
        for row in db.session.execute(services)
        if row.quantity > row.not_sent_quantity
    }


def leave_out(order_id: int, quantities: Mapping[int, int], *, reason: str = "", staff_id: int, at: datetime) -> Order:
    """Say of pieces that they will not be sent after all: their stock is free again, and the order may be complete.

    The customer gets a message with the reason.

    AlreadyDone when a colleague packed them meanwhile, NotPaidYet when their price is still to be paid at pick-up:
    such an order is changed instead. What was paid for them is another decision. The caller commits.
    """
    order = held(order_id, CONFIRMED)
    if order.pays_by == "pickup" and not has_event(order, PAID_AT_PICKUP):
        raise NotPaidYet
    unsent, chosen = unsent_pieces(order_id), {line: pieces for line, pieces in quantities.items() if pieces > 0}
    if not chosen:
        raise NothingChosen
    if any(pieces > unsent.get(line, 0) for line, pieces in chosen.items()):
        raise AlreadyDone
    question = select(OrderLine.id, OrderLine.variant_id, OrderLine.name, OrderLine.not_sent_quantity).where(
        OrderLine.id.in_(chosen)
    )
    rows = db.session.execute(question.order_by(OrderLine.variant_id, OrderLine.id)).all()
    for row in rows:
        pieces, total = chosen[row.id], row.not_sent_quantity + chosen[row.id]
        db.session.execute(
            update(OrderLine)
            .where(OrderLine.id == row.id)
            .values(not_sent_quantity=total)
            .execution_options(synchronize_session="fetch")
        )
        if row.variant_id is not None:
            stock.give_back(row.variant_id, pieces, reason=NOT_SENT, key=f"{NOT_SENT}:{row.id}:{total}", at=at)
    actions.note_event(order, "not_sent", at=at, staff_id=staff_id)
    emails.queue_order_not_sent(order, at, pieces=[(chosen[row.id], row.name) for row in rows], reason=reason)
    actions.complete_if_done(order, at, staff_id)
    return order


def unpack(shipment_id: int, *, staff_id: int, at: datetime) -> None:
    """Take a package that has not left apart again: its pieces are to be packed once more. The caller commits."""
    order, shipment = held_with(shipment_id, PACKED)
    db.session.execute(delete(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id))
    db.session.execute(delete(Shipment).where(Shipment.id == shipment.id))
    actions.note_event(order, "unpacked", at=at, is_for_customer=False, staff_id=staff_id)


def ship(shipment_id: int, carrier: Carrier, *, tracking_code: str, staff_id: int, at: datetime) -> Shipment:
    """Hand a packed parcel to a carrier, and tell the customer where to follow it. The caller commits."""
    order, shipment = held_with(shipment_id, PACKED, kind=PARCEL)
    may_leave(order)
    shipment.status, shipment.shipped_at = SHIPPED, at
    shipment.carrier_id, shipment.tracking_code = carrier.id, tracking_code or None
    shipment.expected_by = at + rules.taken_as_delivered_after(carrier.usual_days)
    db.session.flush()
    actions.note_event(order, "shipped", at=at, detail=carrier.name, staff_id=staff_id)
    if order.person_id is not None:
        record_disclosure(order.person_id, carrier.name, fields=fields_for_carriers(), purpose=Purpose.DELIVERY, at=at)
    emails.queue_order_shipped(shipment, at)
    parcel_shipped.send(order=order, shipment=shipment, at=at)
    return shipment


def put_ready(shipment_id: int, *, staff_id: int, at: datetime) -> Shipment:
    """Put a packed package ready to be picked up, and tell the customer. The caller commits."""
    order, shipment = held_with(shipment_id, PACKED, kind=PICKUP)
    may_leave(order)
    shipment.status, shipment.shipped_at = READY, at
    shipment.pickup_code = new_pickup_code()
    db.session.flush()
    actions.note_event(order, "ready", at=at, staff_id=staff_id)
    emails.queue_order_ready(shipment, at)
    return shipment


def hand_over(shipment_id: int, *, code: str = "", without_code: str = "", staff_id: int, at: datetime) -> Shipment:
    """Note that a package was collected, by its code or without it for a reason that is one of `WITHOUT_CODE`.

    With that, an order to be paid at pick-up is paid. The caller commits.
    """
    order, shipment = held_with(shipment_id, READY, kind=PICKUP)
    may_leave(order)
    if without_code not in WITHOUT_CODE and not rules.same_code(code, shipment.pickup_code or ""):
        raise WrongCode
    shipment.status, shipment.delivered_at = COLLECTED, at
    shipment.handed_over_by = without_code if without_code in WITHOUT_CODE else BY_CODE
    shipment.pickup_code = None
    db.session.flush()
    if order.pays_by == "pickup" and not has_event(order, PAID_AT_PICKUP):
        actions.note_event(
            order, PAID_AT_PICKUP, at=at, detail=f"EUR {mollie_value(order.total_cents)}", staff_id=staff_id
        )
        db.session.flush()
        paid_at_pickup.send(order=order, at=at)
    actions.note_event(order, "collected", at=at, staff_id=staff_id)
    parcel_shipped.send(order=order, shipment=shipment, at=at)
    actions.complete_if_done(order, at, staff_id)
    return shipment


def deliver(shipment_id: int, *, staff_id: int, at: datetime) -> Shipment:
    """Note that a parcel has arrived. The caller commits."""
    order, shipment = held_with(shipment_id, SHIPPED, kind=PARCEL)
    shipment.status, shipment.delivered_at = DELIVERED, at
    db.session.flush()
    actions.note_event(order, "delivered", at=at, staff_id=staff_id)
    actions.complete_if_done(order, at, staff_id)
    return shipment


def take_as_delivered(order_id: int, *, at: datetime) -> bool:
    """Take parcels that were to be there by now as arrived, for carriers seldom say so; whether there were any.

    One that its customer misses is never taken so: it is expected again when staff say so (`missing.decide`).
    Delivery counts from `at`: whoever may withdraw within days of it loses none. The caller commits.
    """
    order = queries.order_for_change(order_id)
    if order is None or order.status != CONFIRMED:
        return False
    gone = select(Shipment).where(Shipment.order_id == order_id, Shipment.status == SHIPPED, Shipment.expected_by <= at)
    parcels = db.session.scalars(gone.execution_options(populate_existing=True)).all()
    if not parcels:
        return False
    for parcel in parcels:
        parcel.status, parcel.delivered_at = DELIVERED, at
    db.session.flush()
    actions.note_event(order, "taken_as_delivered", at=at, is_for_customer=False)
    actions.complete_if_done(order, at)
    return True


def new_pickup_code() -> str:
    """A code that can be read aloud and not be guessed."""
    return "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH))


def fields_for_carriers() -> list[str]:
    """Which fields of an address the register lets a carrier have."""
    return [
        column.name
        for column in Model.metadata.tables[OrderAddress.__tablename__].columns
        if (told := declaration_of(column)) is not None and Recipient.CARRIER in told.recipients
    ]


def held(order_id: int, status: str) -> Order:
    """The order, its row held; AlreadyDone when it is no longer where this step begins."""
    order = queries.order_for_change(order_id)
    if order is None:
        raise NotFound
    if order.status != status:
        raise AlreadyDone
    return order


def may_leave(order: Order) -> Order:
    """The order, unless its delivery was stopped."""
    if order.delivery_stopped_at is not None:
        raise DeliveryStopped
    return order


def held_with(shipment_id: int, status: str, *, kind: str | None = None) -> tuple[Order, Shipment]:
    """A shipment and its order, both as they are now."""
    order_id = db.session.scalar(select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise AlreadyDone
    order = held(order_id, CONFIRMED)
    shipment = db.session.scalar(
        select(Shipment).where(Shipment.id == shipment_id).execution_options(populate_existing=True)
    )
    if shipment is None or shipment.status != status or (kind is not None and order.shipping_kind != kind):
        raise AlreadyDone
    return order, shipment


def _left_now(order_id: int) -> dict[int, int]:
    """How many pieces are to be packed, asked from the database while the order is held; nothing read before counts."""
    packed = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == OrderLine.id, Shipment.status != LOST)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    wanted = (OrderLine.quantity - OrderLine.not_sent_quantity).label("quantity")
    question = select(OrderLine.id, wanted, packed.label("packed")).where(
        OrderLine.order_id == order_id, OrderLine.kind == rules.GOODS
    )
    return {row.id: row.quantity - row.packed for row in db.session.execute(question) if row.quantity > row.packed}


def _shipments_now(order_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(Shipment).where(Shipment.order_id == order_id)) or 0


def has_event(order: Order, kind: str) -> bool:
    question = select(OrderEvent.id).where(OrderEvent.order_id == order.id, OrderEvent.kind == kind)
    return db.session.scalar(question.limit(1)) is not None
