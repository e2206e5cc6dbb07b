"""A parcel that has not arrived: the customer says so, staff decide, and goods and stock go on adding up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.catalogue.models import Variant
from shop.catalogue.stock import NotEnoughStock
from shop.core import clock
from shop.core.db import db, writing
from shop.operations.queries import broken_invariants
from shop.orders import fulfilment, missing
from shop.orders.fulfilment import AlreadyDone
from shop.orders.jobs import end_what_has_arrived
from shop.orders.models import Order, OrderEvent, ParcelReport, Shipment
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping, make_staff

pytestmark = pytest.mark.both_databases


def sent(days_ago: float = 5, *, stock: int = 10, usual_days: int | None = None) -> tuple[int, int]:
    """An order of two pieces in one parcel that left so many days ago; its number and the parcel's."""
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).one()
    carrier.usual_days = usual_days
    order = make_order((make_product(stock=stock), 2), status="confirmed")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=clock.now() - timedelta(days=days_ago))
    db.session.commit()
    return order.id, shipment.id


def missed(order_id: int, shipment_id: int) -> int:
    told = missing.report(order_id, shipment_id, at=clock.now())
    db.session.commit()
    return told.id


def decided(report_id: int, decision: str) -> None:
    missing.decide(report_id, decision, reason="gezocht", staff_id=make_staff().id, at=clock.now())
    db.session.commit()
    assert broken_invariants() == []


def stock_left() -> int | None:
    db.session.rollback()
    return db.session.scalar(select(Variant.stock))


def test_a_carriers_usual_days_say_when_a_parcel_counts_as_delivered(app):
    order_id, shipment_id = sent(7.1, usual_days=2)
    assert end_what_has_arrived() == 1
    assert order_with_all(order_id).status == "completed"
    assert db.session.get_one(Shipment, shipment_id).status == "delivered"


def test_before_that_it_is_on_its_way(app):
    order_id, _shipment = sent(6.9, usual_days=2)
    assert end_what_has_arrived() == 0
    assert order_with_all(order_id).status == "confirmed"


def test_what_is_missed_is_not_taken_as_delivered_and_is_missed_once(app):
    order_id, shipment_id = sent(13)
    first = missed(order_id, shipment_id)
    assert missed(order_id, shipment_id) == first
    db.session.get_one(Shipment, shipment_id).shipped_at = clock.now() - timedelta(days=90)
    db.session.commit()
    assert end_what_has_arrived() == 0
    assert order_with_all(order_id).status == "confirmed"


def test_a_parcel_that_left_just_now_is_not_missed_yet(app):
    order_id, shipment_id = sent(0.5)
    with pytest.raises(AlreadyDone):
        missing.report(order_id, shipment_id, at=clock.now())
    db.session.rollback()
    assert db.session.scalar(select(func.count(ParcelReport.id))) == 0


def test_to_wait_expects_it_again_after_the_usual_days_from_then(app):
    order_id, shipment_id = sent(20, usual_days=3)
    decided(missed(order_id, shipment_id), "wait")
    assert end_what_has_arrived() == 0
    expected = db.session.get_one(Shipment, shipment_id).expected_by
    assert timedelta(days=7.9) < expected - clock.now() < timedelta(days=8.1)
    assert missed(order_id, shipment_id), "it can be missed once more"


def test_to_send_it_again_takes_its_pieces_from_stock_and_packs_them_once_more(app, outbox):
    order_id, shipment_id = sent()
    assert stock_left() == 8
    decided(missed(order_id, shipment_id), "resend")
    assert stock_left() == 6
    assert "parcel_decision" in outbox.mails()
    again = fulfilment.pack(order_id, staff_id=1, at=clock.now())
    assert [piece.quantity for piece in again.lines] == [2]
    carrier = db.session.scalars(select(Carrier)).one()
    fulfilment.ship(again.id, carrier, tracking_code="", staff_id=1, at=clock.now())
    fulfilment.deliver(again.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert order_with_all(order_id).status == "completed"
    assert broken_invariants() == []


def test_without_stock_nothing_is_decided(app):
    order_id, shipment_id = sent(stock=3)
    report_id = missed(order_id, shipment_id)
    with pytest.raises(NotEnoughStock):
        missing.decide(report_id, "resend", reason="x", staff_id=None, at=clock.now())
    db.session.rollback()
    assert db.session.get_one(ParcelReport, report_id).decided_at is None
    assert db.session.get_one(Shipment, shipment_id).status == "shipped"
    assert stock_left() == 1


def test_an_order_that_was_complete_goes_on_when_it_is_sent_again(app):
    order_id, shipment_id = sent()
    fulfilment.deliver(shipment_id, staff_id=1, at=clock.now())
    db.session.commit()
    assert db.session.get_one(Order, order_id).status == "completed"
    decided(missed(order_id, shipment_id), "resend")
    order = order_with_all(order_id)
    assert (order.status, order.ended_at, order.delivered_at) == ("confirmed", None, None)


def test_what_is_given_up_is_not_packed_again_and_completes_the_order(app):
    order_id, shipment_id = sent()
    decided(missed(order_id, shipment_id), "refund")
    order = order_with_all(order_id)
    assert order.status == "completed"
    assert order.shipments[0].status == "given_up"
    assert fulfilment.pieces_to_pack(order) == {}
    assert stock_left() == 8


def test_found_to_have_arrived_it_is_delivered(app):
    order_id, shipment_id = sent()
    decided(missed(order_id, shipment_id), "arrived")
    assert order_with_all(order_id).status == "completed"
    assert db.session.get_one(Shipment, shipment_id).delivered_at is not None


def test_a_parcel_of_another_order_is_not_missed(app):
    _order, shipment_id = sent()
    other = make_order(status="confirmed")
    with pytest.raises(missing.NotFound):
        missing.report(other.id, shipment_id, at=clock.now())


def test_of_two_who_decide_one_wins_and_the_other_is_told(app: Flask):
    order_id, shipment_id = sent()
    report_id, member = missed(order_id, shipment_id), make_staff().id
    db.session.rollback()
    barrier = Barrier(2)

    def decides(decision: str) -> str:
        with app.app_context():
            barrier.wait()
            with writing():
                try:
                    missing.decide(report_id, decision, reason="x", staff_id=member, at=clock.now())
                except AlreadyDone:
                    return "told"
                db.session.commit()
            return decision

    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(decides, ("resend", "refund")))
    assert sorted(answers) in (["resend", "told"], ["refund", "told"])
    assert stock_left() == (6 if "resend" in answers else 8)
    kinds = [f"missed_{answer}" for answer in answers if answer != "told"]
    question = select(OrderEvent.kind).where(OrderEvent.kind.like("missed\\_%", escape="\\"))
    assert list(db.session.scalars(question)) == kinds
