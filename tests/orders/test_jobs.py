"""Orders end by themselves some time after they were shipped."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment
from shop.orders.jobs import end_what_has_arrived
from shop.orders.models import Order, Shipment
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping

pytestmark = pytest.mark.both_databases


def sent(days_ago: float, pieces: int = 1, of: int = 1) -> tuple[int, int]:
    """An order of which a parcel left so many days ago; its number and the parcel's."""
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).first()
    order = make_order((make_product(), of), status="confirmed")
    line = order_with_all(order.id).lines[0].id
    shipment = fulfilment.pack(order.id, {line: pieces}, staff_id=1, at=clock.now())
    then = clock.now() - timedelta(days=days_ago)
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=then)
    db.session.commit()
    return order.id, shipment.id


def test_an_order_that_nobody_marked_as_delivered_ends_after_fourteen_days(app):
    order_id, shipment_id = sent(14.1)
    assert end_what_has_arrived() == 1
    order = order_with_all(order_id)
    assert order.status == "completed"
    assert clock.now() - order.delivered_at < timedelta(minutes=1)  # whoever may withdraw loses no day
    assert db.session.get(Shipment, shipment_id).status == "delivered"
    events = {event.kind: event for event in order.events}
    assert not events["taken_as_delivered"].is_for_customer
    assert events["taken_as_delivered"].staff_id is None
    assert "completed" in events
    db.session.rollback()
    assert end_what_has_arrived() == 0


def test_a_parcel_that_left_lately_stays_on_its_way(app):
    order_id, shipment_id = sent(13.9)
    assert end_what_has_arrived() == 0
    assert order_with_all(order_id).status == "confirmed"
    assert db.session.get(Shipment, shipment_id).status == "shipped"


def test_an_order_with_pieces_still_to_pack_goes_on(app):
    order_id, shipment_id = sent(20, pieces=1, of=2)
    assert end_what_has_arrived() == 1
    assert db.session.get_one(Order, order_id).status == "confirmed"
    assert db.session.get_one(Shipment, shipment_id).status == "delivered"
