"""What was made of a value before it was corrected: messages that wait, and parcels that are packed or on their way."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.core.personal_data import PassOn, register
from shop.orders import emails
from shop.orders.actions import note_event
from shop.orders.models import PACKED, SHIPPED, Order, OrderAddress, OrderEvent, Shipment


@register.corrects("orders")
def pass_on_correction(person_id: str, name: str, key: Any, at: datetime) -> list[PassOn]:
    """Write waiting messages anew with what is right now, and say which labels carry the old value."""
    table, _point, _column = name.partition(".")
    if table == OrderAddress.__tablename__:
        order = db.session.scalar(select(Order).join(OrderAddress).where(OrderAddress.id == key))
    elif table == Order.__tablename__:
        order = db.session.get(Order, key)
    else:
        return []
    if order is None:
        return []
    _write_anew(order, at)
    if table != OrderAddress.__tablename__:
        return []
    noted = select(OrderEvent.id).where(
        OrderEvent.order_id == order.id, OrderEvent.kind == "address_corrected", OrderEvent.at == at
    )
    if db.session.scalar(noted) is None:
        note_event(order, "address_corrected", at=at)
        db.session.flush()
    has_label = select(Shipment.id).where(Shipment.order_id == order.id, Shipment.status.in_((PACKED, SHIPPED)))
    return [PassOn("label", order.number)] if db.session.scalar(has_label.limit(1)) is not None else []


def _write_anew(order: Order, at: datetime) -> None:
    """Take messages back that nobody is sending yet, and ask for them again."""
    shipments = {s.id: s for s in db.session.scalars(select(Shipment).where(Shipment.order_id == order.id))}
    keys = [f"order_confirmation:{order.id}"]
    keys += [f"{message}:{shipment_id}" for shipment_id in shipments for message in ("order_shipped", "order_ready")]
    taken_back = db.session.scalars(
        delete(OutboxRow)
        .where(OutboxRow.key.in_(keys), OutboxRow.done_at.is_(None))
        .where(or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < at))
        .returning(OutboxRow.key)
    ).all()
    for key in taken_back:
        message, _colon, number = key.partition(":")
        if message == "order_confirmation":
            emails.queue_order_confirmation(order, at)
        elif message == "order_shipped":
            emails.queue_order_shipped(shipments[int(number)], at)
        else:
            emails.queue_order_ready(shipments[int(number)], at)
