"""Parcels, codes and dates on the screens of staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment, missing
from shop.orders.models import ParcelReport, Shipment
from shop.orders.queries import order_with_all
from shop.people.models import AuditEntry
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping


def missed() -> tuple[str, int]:
    """A parcel that its customer misses: the order's number, and the report's."""
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).one()
    order = make_order((make_product(name_nl="Theepot"), 2), status="confirmed")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=clock.now() - timedelta(days=5))
    report = missing.report(order.id, shipment.id, at=clock.now())
    db.session.commit()
    return order.number, report.id


def ready(**values) -> tuple[str, Shipment]:
    """A package that waits to be picked up."""
    order = make_order(status="confirmed", delivery="pickup", **values)
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.put_ready(shipment.id, staff_id=1, at=clock.now())
    db.session.commit()
    return order.number, shipment


def test_what_is_missed_stands_on_the_first_page_the_list_and_the_order(app, staff):
    number, report_id = missed()
    browser = staff("fulfilment")
    assert "1 pakket dat niet aankwam" in browser.get("/staff").text
    page = browser.get("/staff/parcels")
    assert number in page.text
    assert "2 × Theepot" in page.text
    order_page = browser.get(f"/staff/orders/{number}")
    assert f"/staff/parcels/{report_id}" in order_page.links()


def test_a_decision_needs_a_reason_and_is_noted_with_the_name(app, staff):
    number, report_id = missed()
    browser, path = staff("fulfilment"), f"/staff/parcels/{report_id}"
    browser.get(path)
    page = browser.send(f"{path}/decide")
    assert page.status == 422
    assert set(page.errors()) == {"reason"}
    assert "Kies wat we doen." in page.text
    db.session.rollback()
    assert db.session.get_one(ParcelReport, report_id).decided_at is None
    page = browser.send(f"{path}/decide", decision="resend", reason="De vervoerder vindt niets.", _follow=True)
    assert "Je besluit is vastgelegd" in page.text
    assert "De vervoerder vindt niets." in page.text
    assert browser.account.name in page.soup.main.get_text()
    assert number not in browser.get("/staff/parcels").text
    assert number in browser.get("/staff/parcels?decided=yes").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "parcel.decided")).one()
    assert (entry.object_key, entry.reason) == (number, "resend")


def test_what_was_decided_is_not_decided_again(app, staff):
    _number, report_id = missed()
    first, second = staff("fulfilment"), staff("owner")
    for browser in (first, second):
        browser.get(f"/staff/parcels/{report_id}")
    first.send(f"/staff/parcels/{report_id}/decide", decision="wait", reason="even wachten")
    page = second.send(f"/staff/parcels/{report_id}/decide", decision="resend", reason="meteen")
    assert page.status == 409
    db.session.rollback()
    assert db.session.get_one(ParcelReport, report_id).decision == "wait"


def test_without_enough_stock_it_cannot_be_sent_again(app, staff):
    number, report_id = missed()
    db.session.scalars(select(Variant)).one().stock = 1
    db.session.commit()
    browser = staff("fulfilment")
    browser.get(f"/staff/parcels/{report_id}")
    page = browser.send(f"/staff/parcels/{report_id}/decide", decision="resend", reason="kwijt")
    assert page.status == 422
    assert "niet genoeg stuks" in page.text
    assert number in browser.get("/staff/parcels").text


def test_a_package_goes_with_its_code_however_it_is_typed(app, staff):
    number, shipment = ready()
    code = shipment.pickup_code
    browser, path = staff("fulfilment"), f"/staff/orders/{number}"
    page = browser.get(path)
    assert code not in page.text, "staff ask for it, they do not read it"
    wrong = "0" if code[0] != "0" else "1"
    page = browser.send(f"{path}/shipments/{shipment.id}/collected", code=wrong + code[1:])
    assert page.status == 422
    assert "niet de code" in page.errors()["code"]
    db.session.rollback()
    assert db.session.get_one(Shipment, shipment.id).status == "ready"
    page = browser.send(f"{path}/shipments/{shipment.id}/collected", code=f" {code.lower()} ", _follow=True)
    assert "Afgerond" in page.text
    assert "Meegegeven op de code." in page.text
    db.session.rollback()
    assert db.session.get_one(Shipment, shipment.id).pickup_code is None


def test_a_package_goes_without_a_code_only_for_a_reason(app, staff):
    number, shipment = ready()
    browser, path = staff("fulfilment"), f"/staff/orders/{number}"
    browser.get(path)
    assert browser.send(f"{path}/shipments/{shipment.id}/collected").status == 422
    assert browser.send(f"{path}/shipments/{shipment.id}/collected", without_code="because").status == 422
    page = browser.send(f"{path}/shipments/{shipment.id}/collected", without_code="order_named", _follow=True)
    assert "Zonder code meegegeven" in page.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "order.collected")).one()
    assert entry.reason == "order_named"


def test_a_date_for_a_service_is_agreed_on_the_order(app, staff, outbox):
    order = make_order(
        (make_product(kind="service", stock=None, name_nl="Workshop"), 1), status="confirmed", delivery=""
    )
    line = order_with_all(order.id).lines[0].id
    browser, path = staff("fulfilment"), f"/staff/orders/{order.number}"
    browser.get(path)
    page = browser.send(f"{path}/lines/{line}/date", day="2020-01-01", time="10:00")
    assert page.status == 422
    assert "voorbij" in page.errors()["day"]
    assert browser.send(f"{path}/lines/{line}/date", day="", time="x").status == 422
    page = browser.send(f"{path}/lines/{line}/date", day="2031-07-01", time="10:30", _follow=True)
    assert "1 juli 2031, 10:30" in page.text
    assert outbox.mails().count("service_planned") == 1
    page = browser.send(f"{path}/lines/{line}/done", _follow=True)
    assert "Afgerond" in page.text


@pytest.mark.parametrize("what", ["date", "done"])
def test_a_line_with_goods_takes_no_date(app, staff, what):
    order = make_order(status="confirmed")
    line = order_with_all(order.id).lines[0].id
    browser = staff("fulfilment")
    browser.get(f"/staff/orders/{order.number}")
    page = browser.post(f"/staff/orders/{order.number}/lines/{line}/{what}", day="2031-07-01", time="10:30")
    assert page.status == 404


def test_a_carrier_says_how_many_days_and_can_be_retired(app, staff):
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).one()
    browser, path = staff("owner"), f"/staff/shipping/carriers/{carrier.id}"
    browser.get(path)
    assert browser.send(path, usual_days="0").status == 422
    page = browser.send(path, usual_days="2", is_active=None, _follow=True)
    assert "Niet in gebruik" in page.text
    order = make_order(status="confirmed")
    fulfilment.pack(order.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert "PostNL" not in str(
        browser.get(f"/staff/orders/{order.number}").soup.find("select", attrs={"name": "carrier"})
    )
