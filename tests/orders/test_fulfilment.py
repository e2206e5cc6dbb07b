"""From a confirmed order to the door: every step once, in order, and told to the customer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, writing
from shop.orders import fulfilment, services
from shop.orders.models import Order, OrderEvent, Shipment, ShipmentLine
from shop.orders.queries import order_with_all
from shop.people.models import Disclosure
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping

pytestmark = pytest.mark.both_databases


def carrier() -> Carrier:
    make_shipping()
    return db.session.scalars(select(Carrier)).one()


def pack(order: Order, quantities=None, **values) -> Shipment:
    shipment = fulfilment.pack(order.id, quantities, staff_id=1, at=clock.now(), **values)
    db.session.commit()
    return shipment


def fresh(order: Order) -> Order:
    """The order as the database has it now."""
    order_id = order.id
    db.session.rollback()
    return order_with_all(order_id)


def kinds(order: Order) -> list[str]:
    return [event.kind for event in fresh(order).events]


def test_a_whole_order_is_packed_shipped_delivered_and_completed(app, outbox):
    order, postnl = make_order(status="confirmed"), carrier()
    shipment = pack(order)
    fulfilment.ship(shipment.id, postnl, tracking_code="3SABCD1234567", staff_id=1, at=clock.now())
    db.session.commit()
    assert "order_shipped" in outbox.mails()
    fulfilment.deliver(shipment.id, staff_id=1, at=clock.now())
    db.session.commit()
    now = fresh(order)
    assert now.status == "completed"
    assert now.shipments[0].status == "delivered"
    assert now.delivered_at is not None
    assert kinds(order)[-4:] == ["packed", "shipped", "delivered", "completed"]


def test_shipping_is_noted_as_a_disclosure_to_that_carrier_without_values(app):
    order, postnl = make_order(status="confirmed"), carrier()
    fulfilment.ship(pack(order).id, postnl, tracking_code="", staff_id=1, at=clock.now())
    db.session.commit()
    told = db.session.scalars(select(Disclosure).where(Disclosure.recipient == "PostNL")).one()
    assert told.person_id == order.person_id
    assert told.fields == "given_name, family_name, street, house_number, addition, postcode, town, country"
    assert "Donkerstraat" not in told.fields


def test_the_mail_about_a_parcel_goes_once_for_each_parcel(app, outbox):
    order, postnl = make_order((make_product(), 2), status="confirmed"), carrier()
    line = order_with_all(order.id).lines[0].id
    for _turn in range(2):
        fulfilment.ship(pack(order, {line: 1}).id, postnl, tracking_code="", staff_id=1, at=clock.now())
        db.session.commit()
    assert outbox.mails().count("order_shipped") == 2


def test_an_order_in_two_parcels_is_complete_when_the_second_arrives(app):
    order, postnl = make_order((make_product(), 3), status="confirmed"), carrier()
    line = order_with_all(order.id).lines[0].id
    first, second = pack(order, {line: 1}), pack(order)
    assert [piece.quantity for shipment in fresh(order).shipments for piece in shipment.lines] == [1, 2]
    for shipment_id in (first.id, second.id):
        fulfilment.ship(shipment_id, db.session.get(Carrier, postnl.id), tracking_code="", staff_id=1, at=clock.now())
    fulfilment.deliver(first.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert fresh(order).status == "confirmed"
    fulfilment.deliver(second.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert fresh(order).status == "completed"


def test_a_package_is_put_ready_and_collected_and_with_that_it_is_paid(app, outbox):
    order = make_order(pays_by="pickup", delivery="pickup")
    shipment = pack(order)
    fulfilment.put_ready(shipment.id, staff_id=1, at=clock.now())
    fulfilment.hand_over(shipment.id, code=shipment.pickup_code, staff_id=7, at=clock.now())
    db.session.commit()
    assert "order_ready" in outbox.mails()
    now = fresh(order)
    assert now.status == "completed"
    paid = next(event for event in now.events if event.kind == "paid")
    assert paid.detail == "EUR 12.50"
    assert paid.staff_id == 7


def test_an_order_paid_online_is_not_paid_again_when_it_is_collected(app):
    order = make_order(status="confirmed", delivery="pickup")
    before = kinds(order).count("paid")
    shipment = pack(order)
    fulfilment.put_ready(shipment.id, staff_id=1, at=clock.now())
    fulfilment.hand_over(shipment.id, code=shipment.pickup_code, staff_id=1, at=clock.now())
    db.session.commit()
    assert kinds(order).count("paid") == before


def refused(order: Order, step) -> None:
    """The step is refused and everything stays as it was."""
    before = (fresh(order).status, [s.status for s in fresh(order).shipments], kinds(order))
    with pytest.raises(fulfilment.AlreadyDone):
        step()
    db.session.rollback()
    assert (fresh(order).status, [s.status for s in fresh(order).shipments], kinds(order)) == before


@pytest.mark.parametrize("status", ["placed", "expired", "canceled", "completed"])
def test_only_a_confirmed_order_is_packed(app, status):
    order = make_order(status=status)
    refused(order, lambda: pack(order))


def test_what_is_packed_is_not_packed_again(app):
    order = make_order(status="confirmed")
    pack(order)
    refused(order, lambda: pack(order))


def test_more_than_was_ordered_is_not_packed(app):
    order = make_order((make_product(), 2), status="confirmed")
    line = order_with_all(order.id).lines[0].id
    refused(order, lambda: pack(order, {line: 3}))
    refused(order, lambda: pack(order, {line + 1000: 1}))


def test_nothing_chosen_is_no_package(app):
    order = make_order(status="confirmed")
    line = order_with_all(order.id).lines[0].id
    with pytest.raises(fulfilment.NothingChosen):
        pack(order, {line: 0})
    db.session.rollback()
    assert fresh(order).shipments == []


def test_a_packer_who_looked_at_an_older_page_is_told(app):
    order = make_order((make_product(), 2), status="confirmed")
    line = order_with_all(order.id).lines[0].id
    pack(order, {line: 1}, seen=0)
    refused(order, lambda: pack(order, {line: 1}, seen=0))


def test_steps_do_not_skip_or_repeat(app):
    order, postnl = make_order(status="confirmed"), carrier()
    shipment_id = pack(order).id
    refused(order, lambda: fulfilment.deliver(shipment_id, staff_id=1, at=clock.now()))
    refused(order, lambda: fulfilment.put_ready(shipment_id, staff_id=1, at=clock.now()))
    refused(order, lambda: fulfilment.hand_over(shipment_id, staff_id=1, at=clock.now()))
    fulfilment.ship(shipment_id, postnl, tracking_code="", staff_id=1, at=clock.now())
    db.session.commit()
    again = db.session.scalars(select(Carrier)).one()
    refused(order, lambda: fulfilment.ship(shipment_id, again, tracking_code="", staff_id=1, at=clock.now()))
    refused(order, lambda: fulfilment.unpack(shipment_id, staff_id=1, at=clock.now()))


def test_what_is_collected_is_never_shipped(app):
    order, postnl = make_order(status="confirmed", delivery="pickup"), carrier()
    shipment_id = pack(order).id
    refused(order, lambda: fulfilment.ship(shipment_id, postnl, tracking_code="", staff_id=1, at=clock.now()))


def test_an_open_package_is_packed_anew(app):
    order = make_order(status="confirmed")
    fulfilment.unpack(pack(order).id, staff_id=1, at=clock.now())
    db.session.commit()
    assert fresh(order).shipments == []
    pack(order)
    assert len(fresh(order).shipments) == 1
    assert not next(event for event in fresh(order).events if event.kind == "unpacked").is_for_customer


def test_a_service_completes_the_order_when_the_goods_have_arrived_too(app):
    lesson = make_product(kind="service", stock=None)
    order, postnl = make_order((make_product(), 1), (lesson, 1), status="confirmed"), carrier()
    services.note_all_done(order.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert fresh(order).status == "confirmed"
    refused(order, lambda: services.note_all_done(order.id, staff_id=1, at=clock.now()))
    shipment = pack(order)
    pieces = db.session.scalar(select(func.sum(ShipmentLine.quantity)))
    assert pieces == 1, "a service is in no package"
    fulfilment.ship(shipment.id, db.session.get(Carrier, postnl.id), tracking_code="", staff_id=1, at=clock.now())
    fulfilment.deliver(shipment.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert fresh(order).status == "completed"


def test_an_order_without_services_has_none_to_note(app):
    order = make_order(status="confirmed")
    refused(order, lambda: services.note_all_done(order.id, staff_id=1, at=clock.now()))


def test_of_two_packers_one_wins_and_the_other_is_told(app: Flask):
    orders = [make_order(status="confirmed").id for _turn in range(50)]
    db.session.rollback()

    def packs(order_id: int, barrier: Barrier) -> str:
        with app.app_context():
            barrier.wait()
            with writing():
                try:
                    fulfilment.pack(order_id, staff_id=1, at=clock.now())
                except fulfilment.AlreadyDone:
                    return "told"
                db.session.commit()
            return "won"

    with ThreadPoolExecutor(2) as two:
        for order_id in orders:
            barrier = Barrier(2)
            answers = sorted(f.result() for f in [two.submit(packs, order_id, barrier) for _packer in range(2)])
            assert answers == ["told", "won"]
    assert db.session.scalar(select(func.count(Shipment.id))) == 50
    assert db.session.scalar(select(func.count(OrderEvent.id)).where(OrderEvent.kind == "packed")) == 50
