"""Changing an order and deciding about what customers ask for, on the screens of staff; asking, on theirs."""

import pytest
from sqlalchemy import select

from shop.aftersale import changing
from shop.aftersale.models import ChangeRequest
from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment
from shop.orders.emails import new_link
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.payments.refunding import propose
from shop.people.models import AuditEntry
from shop.shipping.models import ShippingMethod
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser


def ordered(pieces: int = 2, **values) -> tuple[Order, str, int]:
    """A paid order, the path of its mailed link, and its line."""
    make_shipping()
    order = make_order((make_product(price_cents=1000, stock=9), pieces), status="confirmed", **values)
    order.shipping_method_id = db.session.scalars(select(ShippingMethod.id)).first()
    path = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    return order, path, order_with_all(order.id).lines[0].id


def now(order: Order) -> Order:
    order_id = order.id
    db.session.rollback()
    return order_with_all(order_id)


def test_staff_see_the_new_total_before_they_change_an_order(app, staff, outbox):
    order, _path, line = ordered()
    browser, path = staff("fulfilment"), f"/staff/orders/{order.number}"
    assert f"{path}/edit" in browser.get(path).links()
    browser.get(f"{path}/edit")
    page = browser.send(f"{path}/edit/lines", **{f"line-{line}": 3}, preview="1")
    assert page.status == 200
    assert "€ 34,95" in page.text
    assert "€ 10,00 meer dan nu" in page.text
    assert now(order).version == 1
    page = browser.send(f"{path}/edit/lines", apply="1", _follow=True)
    assert "De bestelling is gewijzigd" in page.text
    assert "€ 10,00 ervan moet nog worden betaald" in page.text
    assert now(order).total_cents == 3495
    assert outbox.mails()[-1] == "order_difference"
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "order.lines_changed")).first() is not None


def test_no_order_is_changed_to_a_total_that_nobody_saw(app, staff):
    order, _path, line = ordered()
    browser, path = staff("owner"), f"/staff/orders/{order.number}"
    browser.get(f"{path}/edit")
    page = browser.send(f"{path}/edit/lines", **{f"line-{line}": 3}, apply="1")
    assert page.status == 422
    page = browser.send(f"{path}/edit/lines", **{f"line-{line}": "x"}, preview="1")
    assert page.status == 422
    page = browser.send(f"{path}/edit/lines", **{f"line-{line}": 3}, sku="no-such", preview="1")
    assert page.status == 422
    assert now(order).version == 1


def test_of_two_on_the_same_page_the_second_is_told(app, staff):
    order, _path, line = ordered()
    first, second = staff("owner"), staff("fulfilment")
    path = f"/staff/orders/{order.number}"
    for browser in (first, second):
        browser.get(f"{path}/edit")
        browser.send(f"{path}/edit/lines", **{f"line-{line}": 3}, preview="1")
    assert first.send(f"{path}/edit/lines", apply="1").status == 303
    assert second.send(f"{path}/edit/lines", apply="1").status == 409
    assert now(order).version == 2


def test_what_is_packed_is_not_changed(app, staff):
    order, _path, _line = ordered()
    fulfilment.pack(order.id, staff_id=1, at=clock.now())
    db.session.commit()
    browser = staff("owner")
    assert f"/staff/orders/{order.number}/edit" not in browser.get(f"/staff/orders/{order.number}").links()
    assert f"/staff/orders/{order.number}/edit/lines" not in browser.get(f"/staff/orders/{order.number}/edit").actions


def test_an_address_is_changed_and_the_total_follows_the_country(app, staff):
    order, _path, _line = ordered()
    browser, path = staff("fulfilment"), f"/staff/orders/{order.number}"
    browser.get(f"{path}/edit")
    assert browser.send(f"{path}/edit/address", postcode="nothing").status == 422
    page = browser.send(
        f"{path}/edit/address", country="BE", postcode="2000", town="Antwerpen", street="Markt", _follow=True
    )
    assert "Antwerpen" in page.text
    assert now(order).shipping_cents == 895


def test_a_customer_cancels_an_untouched_order_from_the_mailed_link(app, visitor):
    order, path, _line = ordered()
    assert f"{path}/change" in visitor.get(path).links()
    page = visitor.get(f"{path}/change")
    assert "dit werkt meteen" in page.text
    page = visitor.send(f"{path}/cancel", _follow=True)
    assert "Je bestelling is geannuleerd." in page.text
    assert now(order).status == "canceled"
    assert visitor.post(f"{path}/cancel").status == 409


def test_the_address_that_mollie_knows_cancels_nothing(app, visitor):
    order, _path, line = ordered()
    for what in ("cancel", "change/address", "change/pieces"):
        assert visitor.post(f"/orders/{order.return_token}/{what}", **{f"keep-{line}": 1}).status == 404
    assert visitor.get(f"/orders/{order.return_token}/change").status == 404
    assert now(order).status == "confirmed"


def test_a_customer_asks_for_fewer_pieces_and_staff_make_the_change(app, visitor, staff):
    order, path, line = ordered(3)
    visitor.get(f"{path}/change")
    assert visitor.send(f"{path}/change/pieces").status == 422
    assert visitor.send(f"{path}/change/pieces", **{f"keep-{line}": "-1"}).status == 422
    page = visitor.send(f"{path}/change/pieces", **{f"keep-{line}": 1}, _follow=True)
    assert "We hebben je verzoek" in page.text
    request = db.session.scalars(select(ChangeRequest)).one()
    browser = staff("fulfilment")
    assert "1 gevraagde wijziging " in browser.get("/staff").text
    assert f"/staff/changes/{request.id}" in browser.get(f"/staff/orders/{order.number}").links()
    page = browser.get(f"/staff/changes/{request.id}")
    assert "1 in plaats van 3" in page.text
    assert browser.send(f"/staff/changes/{request.id}/decide", decision="accepted").status == 422
    page = browser.send(f"/staff/changes/{request.id}/decide", decision="accepted", reason="prima", _follow=True)
    assert "Gedaan" in page.text
    assert now(order).total_cents == 1495
    assert browser.post(f"/staff/changes/{request.id}/decide", decision="refused", reason="nee").status == 409


def test_a_signed_in_customer_asks_for_another_address_of_their_own_order_alone(app):
    account = make_customer()
    order, _path, _line = ordered(account=account)
    other = make_order(status="confirmed")
    browser = Browser(app)
    sign_in(browser, account)
    browser.get(f"/account/orders/{order.number}/change")
    where = {"given_name": "Sanne", "family_name": "de Vries", "postcode": "3841 CD", "house_number": "1",
             "street": "Donkerstraat", "town": "Harderwijk", "country": "NL"}  # fmt: skip
    page = browser.send(f"/account/orders/{order.number}/change/address", **where, _follow=True)
    assert "We hebben je verzoek" in page.text
    assert browser.post(f"/account/orders/{other.number}/change/address", **where).status == 404
    assert browser.post(f"/account/orders/{other.number}/cancel").status == 404
    db.session.rollback()
    (request,) = db.session.scalars(select(ChangeRequest))
    assert (request.order_id, request.street) == (order.id, "Donkerstraat")


def test_only_who_may_cancel_makes_a_cancellation(app, staff):
    order, _path, _line = ordered()
    fulfilment.pack(order.id, staff_id=1, at=clock.now())
    db.session.commit()
    assert changing.cancel_by_customer(order.id) == changing.ASKED
    request = db.session.scalars(select(ChangeRequest)).one().id
    packer, owner = staff("fulfilment"), staff("owner")
    for browser, status in ((packer, 403), (owner, 303)):
        browser.get(f"/staff/changes/{request}")
        assert browser.send(f"/staff/changes/{request}/decide", decision="accepted", reason="ok").status == status
    assert now(order).status == "canceled"


@pytest.mark.both_databases
def test_a_line_that_a_refund_is_about_stays_and_the_page_says_why(app, staff, visitor):
    make_shipping()
    vase, bowl = make_product(price_cents=1000), make_product(price_cents=500)
    order = make_order((vase, 1), (bowl, 1), status="confirmed")
    first, second = (line.id for line in order_with_all(order.id).lines)
    at, member = clock.now(), staff("owner")
    propose(order, cents=1000, origin="staff", key="k", at=at, lines={first: 1})
    path = "/orders/" + new_link(order, at).rsplit("/", 1)[1]
    db.session.commit()
    edit = f"/staff/orders/{order.number}/edit"
    member.get(edit)
    for step in ("preview", "apply"):
        page = member.send(f"{edit}/lines", **{f"line-{first}": 0, step: "1"})
        assert page.status == 422
        assert f"{vase.name_nl} kan er niet uit" in page.text
    member.get(edit)
    assert member.send(f"{edit}/lines", **{f"line-{second}": 0}, preview="1").status == 200
    visitor.get(f"{path}/change")
    visitor.send(f"{path}/change/pieces", **{f"keep-{first}": 0})
    request = db.session.scalars(select(ChangeRequest)).one()
    member.get(f"/staff/changes/{request.id}")
    page = member.send(f"/staff/changes/{request.id}/decide", decision="accepted", reason="Goed")
    assert page.status == 422
    assert f"{vase.name_nl} kan er niet uit" in page.text
    assert (now(order).version, len(now(order).lines)) == (1, 2)


@pytest.mark.both_databases
def test_an_unpaid_order_is_changed_by_staff_and_by_its_customer(app, staff, visitor, outbox) -> None:
    parcel, _pickup = make_shipping()
    order = make_order((make_product(price_cents=1250), 3))
    order.shipping_method_id = parcel.id
    link = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    number, line = order.number, order_with_all(order.id).lines[0].id
    owner, path = staff("owner"), f"/staff/orders/{number}/edit"
    page = owner.get(path)
    assert "Deze bestelling is nog niet betaald." in page.text
    owner.send(f"{path}/lines", **{f"line-{line}": "2"}, preview="1")
    page = owner.send(f"{path}/lines", apply="1", _follow=True)
    assert "De bestelling is gewijzigd." in page.text
    assert outbox.mails().count("order_difference") == 1
    page = visitor.get(f"{link}/change")
    assert "Je bestelling is nog niet betaald, dus dit gaat meteen in." in page.text
    page = visitor.send(f"{link}/change/pieces", **{f"keep-{line}": "1"}, _follow=True)
    assert "Je bestelling is gewijzigd." in page.text
    visitor.get(f"{link}/change")
    assert visitor.send(f"{link}/change/pieces", **{f"keep-{line}": "0"}).status == 422
    visitor.get(f"{link}/change")
    visitor.send(f"{link}/change/address", given_name="Tom", family_name="Visser", street="Prinsengracht",
                 house_number="1", postcode="1015 DK", town="Amsterdam", country="NL")  # fmt: skip
    db.session.rollback()
    found = order_with_all(order.id)
    assert (found.status, found.version, found.lines[0].quantity) == ("placed", 4, 1)
    assert next(one for one in found.addresses if one.kind == "shipping").town == "Amsterdam"
