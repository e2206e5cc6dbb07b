"""An order is complete when every line is, whatever kinds it mixes."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment, services
from shop.orders.models import Order, OrderLine
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping

pytestmark = pytest.mark.both_databases

KINDS = {
    "goods": lambda: make_product(),
    "more": lambda: make_product(),
    "service": lambda: make_product(kind="service", stock=None),
    "lesson": lambda: make_product(kind="service", stock=None),
    "download": lambda: make_product(kind="download", stock=None),
}
MIXES = [
    ("goods",),
    ("service",),
    ("download",),
    ("goods", "download"),
    ("goods", "service"),
    ("service", "download"),
    ("goods", "more"),
    ("service", "lesson"),
    ("goods", "service", "download"),
    ("goods", "more", "service", "lesson", "download"),
]


def finish(line: OrderLine) -> None:
    """Do what is to be done for one line."""
    now = clock.now()
    if line.kind == "service":
        services.note_done(line.id, staff_id=1, at=now)
    elif line.kind == "goods":
        shipment = fulfilment.pack(line.order_id, {line.id: line.quantity}, staff_id=1, at=now)
        carrier = db.session.scalars(select(Carrier)).one()
        fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=now)
        fulfilment.deliver(shipment.id, staff_id=1, at=now)
    db.session.commit()


def status_of(order: Order) -> str:
    order_id = order.id
    db.session.rollback()
    return order_with_all(order_id).status


@pytest.mark.parametrize("mix", MIXES, ids="+".join)
def test_a_mix_is_complete_with_its_last_line_in_whatever_order_they_are_done(app, mix):
    make_shipping()
    products = {kind: KINDS[kind]() for kind in mix}
    to_do = [kind for kind in mix if kind != "download"]
    for turn in list(permutations(range(len(to_do))))[:6]:
        delivery = "parcel" if "goods" in mix else ""
        order = make_order(*((products[kind], 1) for kind in mix), status="confirmed", delivery=delivery)
        lines = [line for line in order_with_all(order.id).lines if line.kind != "download"]
        for place in turn:
            assert status_of(order) == "confirmed"
            finish(db.session.get_one(OrderLine, lines[place].id))
        assert status_of(order) == "completed"


def test_a_date_is_agreed_told_once_and_can_be_moved(app, outbox):
    order = make_order((KINDS["service"](), 1), status="confirmed", delivery="")
    line, later = order_with_all(order.id).lines[0].id, clock.now() + timedelta(days=5)
    for moment in (later, later, later + timedelta(hours=2)):
        services.plan(line, moment, staff_id=1, at=clock.now())
        db.session.commit()
    assert outbox.mails().count("service_planned") == 2
    assert db.session.get_one(OrderLine, line).service_at == later + timedelta(hours=2)


def test_no_date_in_the_past_and_none_for_what_is_done_or_no_service(app):
    order = make_order((KINDS["service"](), 1), (KINDS["goods"](), 1), status="confirmed")
    service, goods = (line.id for line in order_with_all(order.id).lines)
    with pytest.raises(services.InThePast):
        services.plan(service, clock.now() - timedelta(minutes=1), staff_id=1, at=clock.now())
    later = clock.now() + timedelta(days=1)
    with pytest.raises(fulfilment.AlreadyDone):
        services.plan(goods, later, staff_id=1, at=clock.now())
    db.session.rollback()
    services.note_done(service, staff_id=1, at=clock.now())
    db.session.commit()
    for step in (
        lambda: services.plan(service, later, staff_id=1, at=clock.now()),
        lambda: services.note_done(service, staff_id=1, at=clock.now()),
    ):
        with pytest.raises(fulfilment.AlreadyDone):
            step()
        db.session.rollback()
    assert db.session.get_one(OrderLine, service).service_at is None
