"""What goes otherwise than planned in the demo: a parcel that its customer misses, a date for a service."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shop.core.db import db
from shop.orders import missing
from shop.orders.models import CONFIRMED, SHIPPED, Order, OrderLine, Shipment
from shop.orders.rules import SERVICE


def load_changes(*, at: datetime) -> None:
    """Let the customer of the oldest parcel under way miss it; agree on a date for a service that waits for one."""
    db.session.flush()
    parcel = db.session.scalars(
        select(Shipment).where(Shipment.status == SHIPPED).order_by(Shipment.shipped_at).limit(1)
    ).one_or_none()
    if parcel is not None:
        missing.report(parcel.order_id, parcel.id, at=at - timedelta(hours=3))
    services = (
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.kind == SERVICE, Order.status == CONFIRMED)
    )
    for line in db.session.scalars(services.limit(1)):
        line.service_at = (at + timedelta(days=9)).replace(hour=18, minute=0, second=0, microsecond=0)
