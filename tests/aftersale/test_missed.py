"""A customer says on the order's page that a parcel has not arrived, and reads there what was decided."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment, missing
from shop.orders.emails import new_link
from shop.orders.models import ParcelReport
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_customer, make_order, make_shipping, sign_in
from tests.page import Browser


def sent(days_ago: float = 5, **values):
    """An order whose parcel left, the path of its mailed link, and the parcel's number."""
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).one()
    order = make_order(status="confirmed", **values)
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=clock.now() - timedelta(days=days_ago))
    path = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    return order, path, shipment.id


def reports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(ParcelReport.id))) or 0


def test_a_customer_misses_a_parcel_and_reads_what_becomes_of_it(visitor):
    _order, path, shipment = sent()
    visitor.get(path)
    page = visitor.send(f"{path}/parcels/{shipment}/missed", _follow=True)
    assert "Fijn dat je het laat weten" in page.text
    assert "Je meldde op" in page.text
    assert f"{path}/parcels/{shipment}/missed" not in page.actions
    report = db.session.scalars(select(ParcelReport)).one()
    missing.decide(report.id, "wait", reason="Drukte bij de vervoerder.", staff_id=None, at=clock.now())
    db.session.commit()
    page = visitor.get(path)
    assert "vragen je nog even te wachten" in page.text
    assert "Drukte bij de vervoerder." in page.text
    assert f"{path}/parcels/{shipment}/missed" in page.actions


def test_said_twice_is_said_once(visitor):
    _order, path, shipment = sent()
    for _turn in range(2):
        assert visitor.post(f"{path}/parcels/{shipment}/missed").status == 303
    assert reports() == 1


@pytest.mark.parametrize("days_ago", [0.1])
def test_just_sent_it_is_not_offered_and_not_taken(visitor, days_ago):
    _order, path, shipment = sent(days_ago)
    assert f"{path}/parcels/{shipment}/missed" not in visitor.get(path).actions
    assert visitor.post(f"{path}/parcels/{shipment}/missed").status == 409
    assert reports() == 0


def test_the_address_that_mollie_knows_misses_nothing(visitor):
    order, _path, shipment = sent()
    assert visitor.post(f"/orders/{order.return_token}/parcels/{shipment}/missed").status == 404
    assert reports() == 0


def test_only_ones_own_parcels(app, visitor):
    account = make_customer()
    order, path, _shipment = sent(account=account)
    other = make_order(status="confirmed")
    theirs = fulfilment.pack(other.id, staff_id=1, at=clock.now())
    theirs.status, theirs.shipped_at = "shipped", clock.now() - timedelta(days=5)
    db.session.commit()
    assert visitor.post(f"{path}/parcels/{theirs.id}/missed").status == 404
    mine = Browser(app)
    sign_in(mine, account)
    mine.get(f"/account/orders/{order.number}")
    assert mine.post(f"/account/orders/{other.number}/parcels/{theirs.id}/missed").status == 404
    assert reports() == 0
    (shipment,) = order_with_all(order.id).shipments
    mine.get(f"/account/orders/{order.number}")
    page = mine.send(f"/account/orders/{order.number}/parcels/{shipment.id}/missed", _follow=True)
    assert "Je meldde op" in page.text


def test_the_code_for_picking_up_stands_on_the_order_and_not_on_the_page_that_mollie_knows(visitor):
    order = make_order(status="confirmed", delivery="pickup")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.put_ready(shipment.id, staff_id=1, at=clock.now())
    path = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    assert shipment.pickup_code in visitor.get(path).text
    assert shipment.pickup_code not in visitor.get(f"/orders/{order.return_token}").text
