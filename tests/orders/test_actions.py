"""The verbs of an order: each transition once, from where it may start, with its stock, its mail and its news."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from blinker import Signal
from flask import Flask
from sqlalchemy import select

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.orders import actions, fulfilment, queries
from shop.orders.models import STATUSES, Order, OrderEvent, Shipment
from shop.orders.signals import order_confirmed, order_ended
from shop.people.models import Disclosure, Person
from shop.shipping.models import Carrier
from tests.conftest import Outbox
from tests.factories import make_customer, make_order, make_product, make_shipping

pytestmark = pytest.mark.both_databases


@contextmanager
def heard(signal: Signal) -> Iterator[list[Order]]:
    """The orders that a signal told about."""
    found: list[Order] = []

    def listen(_sender: Any, *, order: Order, **_values: Any) -> None:
        found.append(order)

    with signal.connected_to(listen):
        yield found


def stock_of(order: Order) -> int | None:
    """What is left of the order's first variant."""
    line = queries.order_with_all(order.id).lines[0]
    return db.session.scalar(select(Variant.stock).where(Variant.id == line.variant_id))


def kinds(order: Order) -> list[str]:
    """The timeline, in words of the code."""
    question = select(OrderEvent.kind).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)
    return list(db.session.scalars(question))


def test_confirming_twice_is_confirming_once(app: Flask, outbox: Outbox) -> None:
    order = make_order()
    with heard(order_confirmed) as news:
        assert actions.confirm(order, clock.now()) is True
        assert actions.confirm(order, clock.now()) is False
        db.session.commit()
    assert news == [order]
    assert (order.status, order.expires_at) == ("confirmed", None)
    assert order.confirmed_at is not None
    assert outbox.mails() == ["order_confirmation"]
    assert kinds(order) == ["placed", "confirmed"]
    assert stock_of(order) == 9


def test_expiring_gives_the_stock_back_once(app: Flask, outbox: Outbox) -> None:
    order = make_order((make_product(stock=5), 3))
    assert stock_of(order) == 2
    with heard(order_ended) as news:
        assert actions.expire(order, clock.now()) is True
        assert actions.expire(order, clock.now()) is False
    assert news == [order]
    assert order.ended_at is not None
    assert stock_of(order) == 5
    assert outbox.mails() == []


def test_reopening_takes_the_stock_again_and_canceling_gives_it_back_again(app: Flask) -> None:
    order = make_order((make_product(stock=5), 3))
    now = clock.now()
    assert actions.expire(order, now)
    assert actions.reopen(order, now)
    assert (order.status, order.ended_at) == ("confirmed", None)
    assert stock_of(order) == 2
    assert actions.cancel(order, now, staff_id=1)
    assert stock_of(order) == 5
    assert not actions.reopen(order, now)


def test_reopening_takes_all_of_it_or_nothing(app: Flask) -> None:
    plenty, scarce = make_product(stock=5), make_product(stock=1)
    order = make_order((plenty, 2), (scarce, 1))
    actions.expire(order, clock.now())
    make_order((scarce, 1))
    assert actions.reopen(order, clock.now()) is False
    db.session.commit()
    assert db.session.get_one(Order, order.id).status == "expired"
    assert stock_of(order) == 5
    assert kinds(order) == ["placed", "expired"]


@pytest.mark.parametrize("status", STATUSES)
def test_each_verb_starts_only_where_it_may(app: Flask, status: str) -> None:
    may: dict[Callable[..., bool], tuple[str, ...]] = {
        actions.confirm: ("placed",),
        actions.expire: ("placed",),
        actions.cancel: ("placed", "confirmed"),
        actions.complete: ("confirmed",),
        actions.reopen: ("expired",),
    }
    for verb, starts in may.items():
        order = make_order(status=status)
        before = stock_of(order)
        did = verb(order, clock.now())
        assert did is (status in starts), verb.__name__
        if not did:
            assert (order.status, stock_of(order)) == (status, before)
        db.session.commit()


def test_an_order_of_which_something_has_left_cannot_be_canceled(app: Flask) -> None:
    order = make_order(status="confirmed")
    carrier = Carrier(code="dhl", name="DHL", tracking_url="")
    db.session.add(carrier)
    db.session.flush()
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="3SABC", staff_id=1, at=clock.now())
    assert actions.cancel(order, clock.now(), staff_id=1) is False
    assert order.status == "confirmed"


def test_an_order_is_complete_when_all_of_it_has_arrived(app: Flask) -> None:
    order = make_order((make_product(), 2), status="confirmed")
    assert actions.complete_if_done(order, clock.now()) is False
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    assert actions.complete_if_done(order, clock.now()) is False
    db.session.get_one(Shipment, shipment.id).status = "delivered"
    assert actions.complete_if_done(order, clock.now()) is True
    assert order.delivered_at is not None
    assert actions.complete_if_done(order, clock.now()) is False


def test_downloads_alone_are_complete_when_confirmed(app: Flask) -> None:
    order = make_order((make_product(kind="download", stock=None), 1), delivery="")
    actions.confirm(order, clock.now())
    assert order.status == "completed"


def test_a_service_is_not_complete_before_it_took_place(app: Flask) -> None:
    order = make_order((make_product(kind="service"), 1), delivery="")
    actions.confirm(order, clock.now())
    assert actions.complete_if_done(order, clock.now()) is False
    assert order.status == "confirmed"
    assert actions.complete(order, clock.now(), staff_id=1) is True


def test_an_order_without_an_address_gets_no_mail_and_no_harm(app: Flask, outbox: Outbox) -> None:
    order = make_order()
    order.email = None
    assert actions.confirm(order, clock.now())
    assert outbox.mails() == []


def test_taking_over_a_guest_order_moves_all_that_led_to_the_guest(app: Flask, outbox: Outbox) -> None:
    account = make_customer()
    order = make_order(email=account.email, status="confirmed")
    guest = order.person_id
    assert guest is not None
    db.session.add(Disclosure(person_id=guest, recipient="PostNL", fields="town", purpose="D4", at=clock.now()))
    db.session.flush()
    actions.take_over(order, account.person_id)
    db.session.commit()
    assert order.person_id == account.person_id
    assert db.session.get(Person, guest) is None
    assert db.session.query(Disclosure).one().person_id == account.person_id
    assert {row.person_id for row in outbox.rows("mail")} == {account.person_id}


def test_followed_parcels_name_their_carrier_and_their_address(app: Flask) -> None:
    make_shipping()
    carrier = db.session.query(Carrier).one()
    carrier.tracking_url = "https://carrier.example/{code}/{postcode}/{country}"
    order = make_order(status="confirmed")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="3S AB/C", staff_id=1, at=clock.now())
    (parcel,) = queries.parcels(queries.order_with_all(order.id))
    assert (parcel.status, parcel.carrier) == ("shipped", "PostNL")
    assert parcel.tracking_url == "https://carrier.example/3SAB%2FC/3841CD/NL"
    assert [quantity for _name, quantity in parcel.lines] == [1]
