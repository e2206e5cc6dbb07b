"""The last day of an order as it was really delivered: in parts, a service, a download, and without information."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.aftersale.queries import last_days
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.orders import fulfilment
from shop.orders.emails import new_link
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product
from tests.page import Browser

pytestmark = pytest.mark.both_databases


def deliver(order: Order, quantities: dict[int, int]) -> None:
    """Pack, send and deliver these pieces, all at this moment."""
    carrier = db.session.scalar(select(Carrier)) or Carrier(code="postnl", name="PostNL", tracking_url="")
    db.session.add(carrier)
    db.session.flush()
    shipment = fulfilment.pack(order.id, quantities, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=clock.now())
    fulfilment.deliver(shipment.id, staff_id=1, at=clock.now())
    db.session.commit()


def days(order: Order) -> list[date | None]:
    """The last day of each line."""
    return list(last_days(order_with_all(order.id)).values())


def test_the_last_piece_of_a_split_delivery_counts(app: Flask, visitor: Browser, at: Any) -> None:
    at("2026-11-30 12:00")
    order = make_order((make_product(), 2), (make_product(), 1), status="confirmed")
    first, second = (line.id for line in order_with_all(order.id).lines)
    assert days(order) == [None, None]
    at("2026-12-02 12:00")
    deliver(order, {first: 2})
    assert days(order) == [None, None]
    at("2026-12-11 12:00")
    deliver(order, {second: 1})
    assert days(order) == [date(2026, 12, 28)] * 2
    link = new_link(order, clock.now()).removeprefix("http://localhost")
    db.session.commit()
    assert "Je kunt herroepen tot en met 28 december 2026." in visitor.get(link).text


def test_a_service_and_a_download_count_from_the_order(app: Flask, at: Any) -> None:
    at("2026-11-09 12:00")
    kinds = ("goods", "service", "download")
    order = make_order(*[(make_product(kind=kind), 1) for kind in kinds], status="confirmed")
    assert days(order) == [None, date(2026, 11, 23), date(2026, 11, 23)]


def test_a_moment_after_midnight_in_harderwijk_is_the_next_day(app: Flask, at: Any) -> None:
    at("2026-11-10 00:30")
    order = make_order((make_product(kind="service"), 1), status="confirmed")
    assert days(order) == [date(2026, 11, 24)]


def test_who_never_got_the_confirmation_has_a_year_more(app: Flask, at: Any) -> None:
    at("2026-11-09 12:00")
    order = make_order((make_product(kind="service"), 1), status="confirmed")
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.key == f"order_confirmation:{order.id}")).one()
    row.failed_at = clock.now()
    db.session.commit()
    assert days(order) == [date(2027, 11, 23)]
