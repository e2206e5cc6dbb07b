"""Finding, packing and sending orders on the screen."""

import pytest
from sqlalchemy import event, func, select

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.orders import fulfilment
from shop.orders.models import OrderAddress, Shipment
from shop.orders.queries import order_with_all
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product, make_shipping
from tests.page import Browser
from tests.staff.everywhere import full_shop

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def pack_all(browser: Browser, number: str):
    browser.get(f"/staff/orders/{number}")
    return browser.send(f"/staff/orders/{number}/pack", all="1", _follow=True)


def test_what_is_to_be_done_comes_oldest_first_and_leaves_when_it_is_packed(app, staff):
    newer = make_order(status="confirmed")
    older = make_order(status="confirmed", at=clock.now().replace(year=2025))
    make_order(status="placed")
    browser = staff("fulfilment")
    text = browser.get("/staff/orders").text
    assert text.index(older.number) < text.index(newer.number)
    assert browser.get("/staff").soup.find(class_="todo").b.get_text() == "2"
    page = pack_all(browser, older.number)
    assert "Vastgelegd: ingepakt." in page.text
    assert older.number not in browser.get("/staff/orders").text
    assert older.number in browser.get("/staff/orders?tab=packed").text


@pytest.mark.parametrize(
    ("tab", "status"), [("unpaid", "placed"), ("ended", "expired"), ("ended", "canceled"), ("done", "completed")]
)
def test_each_order_stands_in_its_tab(app, staff, tab, status):
    order = make_order(status=status)
    browser = staff("owner")
    assert order.number in browser.get(f"/staff/orders?tab={tab}").text
    assert order.number not in browser.get("/staff/orders").text


def test_a_long_list_goes_on_page_by_page_without_losing_one(app, staff, monkeypatch):
    monkeypatch.setattr("shop.staff.queries.orders.PAGE", 3)
    product = make_product(stock=100)
    numbers = {make_order((product, 1), status="confirmed").number for _turn in range(7)}
    browser, seen, path, pages = staff("owner"), [], "/staff/orders", 0
    while path:
        page = browser.get(path)
        seen += [link.get_text() for link in page.soup.select("tbody a")]
        following = page.soup.find("a", rel="next")
        path, pages = following["href"] if following else "", pages + 1
    assert (pages, len(seen), set(seen)) == (3, 7, numbers)


@pytest.mark.parametrize("after", ["x", "1", "-", "99999999999999999999-1", "1-9999999999999999", "١-١", "%00"])
def test_a_strange_place_in_a_list_is_no_mistake_of_ours(app, staff, after):
    make_order(status="confirmed")
    assert staff("owner").get(f"/staff/orders?after={after}").status in (200, 400)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "text", ["de vries", "DE VR", "Vries", "sanne", "sanne de vries", "3841 CD", "3841cd", "3841", "3841c"]
)
def test_orders_are_found_by_name_and_postcode(app, staff, text):
    order = make_order(status="confirmed")
    browser = staff("fulfilment")
    browser.get("/staff/orders")
    page = browser.send("/staff/orders/find", text=text)
    assert page.status == 200
    assert order.number in page.text


@pytest.mark.parametrize("text", ["%", "__", "______", "de%vries", "\\", "' or 1=1 --", "Sanne X", "ries", "9999"])
def test_what_is_not_there_is_not_found(app, staff, text):
    order = make_order(status="confirmed")
    browser = staff("fulfilment")
    browser.get("/staff/orders")
    page = browser.send("/staff/orders/find", text=text)
    assert page.status in (200, 422)
    assert order.number not in page.text


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda number: number[3:], lambda number: f" {number[:5]} {number[5:]}"]
)
def test_a_whole_number_opens_its_order_at_once(app, staff, typed):
    order = make_order()
    browser = staff("fulfilment")
    browser.get("/staff/orders")
    page = browser.send("/staff/orders/find", text=typed(order.number))
    assert page.location == f"/staff/orders/{order.number}"


@pytest.mark.parametrize(("country", "shown"), [("BE", True), ("NL", False)])
def test_a_packing_slip_writes_a_country_out_when_it_is_another(app, staff, country, shown):
    order = make_order(status="confirmed")
    db.session.scalars(select(OrderAddress)).one().country = country
    db.session.commit()
    page = staff("fulfilment").get(f"/staff/orders/{order.number}/slip")
    address = page.soup.find("address").get_text()
    assert ("België" in address) == shown
    assert country not in address


def test_each_package_has_a_slip_of_what_is_in_it(app, staff):
    order = make_order((make_product(name_nl="Theepot"), 3), (make_product(name_nl="Kom"), 1), status="confirmed")
    pot = order_with_all(order.id).lines[0].id
    shipment = fulfilment.pack(order.id, {pot: 2}, staff_id=1, at=clock.now())
    db.session.commit()
    path = f"/staff/orders/{order.number}/slip?package={shipment.id}"
    browser = staff("fulfilment")
    assert path in browser.get(f"/staff/orders/{order.number}").links()
    rows = [row.get_text(" ", strip=True) for row in browser.get(path).soup.select("tbody tr")]
    assert len(rows) == 1
    assert rows[0].startswith("2 Theepot")
    assert len(browser.get(f"/staff/orders/{order.number}/slip").soup.select("tbody tr")) == 2
    for other, status in (("", 400), ("x", 400), (shipment.id + 1, 404)):
        assert browser.get(f"/staff/orders/{order.number}/slip?package={other}").status == status


def test_who_picks_up_is_named_without_a_country(app, staff):
    order = make_order(status="confirmed", delivery="pickup")
    page = staff("fulfilment").get(f"/staff/orders/{order.number}")
    assert page.soup.find("address").get_text(strip=True) == "Sanne de Vries"


def test_what_is_paid_at_pick_up_is_no_longer_owed_once_it_is_collected(app, staff):
    order = make_order(status="confirmed", delivery="pickup", pays_by="pickup")
    browser, path = staff("fulfilment"), f"/staff/orders/{order.number}"
    assert "Te betalen bij ophalen" in pack_all(browser, order.number).text
    shipment = db.session.scalars(select(Shipment.id)).one()
    browser.send(f"{path}/shipments/{shipment}/ready", _follow=True)
    db.session.rollback()
    code = db.session.scalars(select(Shipment.pickup_code)).one()
    page = browser.send(f"{path}/shipments/{shipment}/collected", code=code, _follow=True)
    assert "Afgerond" in page.text
    assert "Te betalen bij ophalen" not in page.text


def test_a_parcel_is_shipped_and_its_customer_told(app, staff, outbox):
    make_shipping()
    order = make_order(status="confirmed")
    browser = staff("fulfilment")
    page = pack_all(browser, order.number)
    shipment = db.session.scalars(select(Shipment)).one()
    action = f"/staff/orders/{order.number}/shipments/{shipment.id}/ship"
    page = browser.send(action, tracking_code="3S ABC 123", _follow=True)
    assert "PostNL, 3SABC123" in page.text
    assert outbox.mails()[-1] == "order_shipped"
    page = browser.send(f"{action.removesuffix('/ship')}/delivered", _follow=True)
    assert "Vastgelegd: bezorgd." in page.text
    assert "Afgerond" in page.text


@pytest.mark.parametrize("code", ["<b>", "a" * 41, "https://evil.example/?x", "123;DROP"])
def test_a_strange_tracking_code_is_refused_beside_its_field(app, staff, outbox, code):
    make_shipping()
    order = make_order(status="confirmed")
    browser = staff("fulfilment")
    pack_all(browser, order.number)
    shipment = db.session.scalars(select(Shipment)).one()
    page = browser.send(f"/staff/orders/{order.number}/shipments/{shipment.id}/ship", tracking_code=code)
    assert page.status == 422
    assert page.errors()["tracking_code"]
    assert page.soup.find("input", attrs={"name": "tracking_code"})["value"] == code
    assert "order_shipped" not in outbox.mails()


def test_two_packers_with_the_same_page_open(app, staff):
    order = make_order(status="confirmed")
    one, other = staff("fulfilment"), staff("fulfilment")
    one.get(f"/staff/orders/{order.number}")
    other.get(f"/staff/orders/{order.number}")
    assert one.send(f"/staff/orders/{order.number}/pack", all="1").status == 303
    page = other.send(f"/staff/orders/{order.number}/pack", all="1")
    assert page.status == 409
    assert db.session.scalar(select(func.count(Shipment.id))) == 1


@pytest.mark.parametrize("typed", ["-1", "x", "2", "99999999999999999999", "1.5", "١", ""])
def test_strange_quantities_pack_nothing(app, staff, typed):
    order = make_order(status="confirmed")
    line = order_with_all(order.id).lines[0].id
    browser = staff("fulfilment")
    browser.get(f"/staff/orders/{order.number}")
    page = browser.send(f"/staff/orders/{order.number}/pack", **{f"line-{line}": typed})
    assert page.status == 422
    assert page.soup.find(class_="notice-bad")
    assert db.session.scalar(select(func.count(Shipment.id))) == 0


def test_a_shipment_of_another_order_is_not_there(app, staff):
    make_shipping()
    mine, theirs = make_order(status="confirmed"), make_order(status="confirmed")
    browser = staff("owner")
    pack_all(browser, theirs.number)
    shipment = db.session.scalars(select(Shipment)).one()
    browser.get(f"/staff/orders/{mine.number}")
    carrier = db.session.scalars(select(Carrier.id)).one()
    assert browser.post(f"/staff/orders/{mine.number}/shipments/{shipment.id}/ship", carrier=carrier).status == 404
    assert browser.post(f"/staff/orders/{mine.number}/shipments/{shipment.id}/unpack").status == 404


def test_what_a_customer_planted_is_text_to_staff(app, staff):
    order = make_order(status="confirmed", note=EVIL, telephone=EVIL[:20])
    address = db.session.scalars(select(OrderAddress)).one()
    address.given_name = address.family_name = address.street = address.town = EVIL[:60]
    db.session.commit()
    browser = staff("owner")
    pages = [browser.get(path) for path in (f"/staff/orders/{order.number}", f"/staff/orders/{order.number}/slip")]
    pages.append(browser.get("/staff/orders"))
    for page in pages:
        assert "alert(1)" in page.text
        assert not page.soup.find_all("script", string=lambda text: text and "alert" in text)
        assert not page.soup.find_all("img", src="x")
        assert b"<script>alert" not in page.body


def test_a_packing_slip_has_no_prices_and_speaks_the_customers_language(app, staff):
    order = make_order(status="confirmed", language="en")
    page = staff("fulfilment").get(f"/staff/orders/{order.number}/slip")
    assert page.heading == f"Packing slip {order.number}"
    assert page.soup.html["lang"] == "en"
    assert "€" not in page.text
    assert "Donkerstraat 52" in page.text
    assert "http://localhost/en/privacy" in page.text


def test_the_owner_cancels_an_order_and_its_stock_is_free(app, staff):
    product = make_product(stock=3)
    order = make_order((product, 2), status="confirmed")
    browser = staff("owner")
    browser.get(f"/staff/orders/{order.number}")
    page = browser.send(f"/staff/orders/{order.number}/cancel", _follow=True)
    assert "Geannuleerd" in page.text
    assert db.session.scalar(select(Variant.stock).where(Variant.product_id == product.id)) == 3
    assert browser.post(f"/staff/orders/{order.number}/cancel").status == 409


@pytest.mark.parametrize("path", ["/staff/orders/26-XXXXXX", "/staff/orders/x%00", "/staff/orders/" + "9" * 400])
def test_an_order_that_is_not_there(app, staff, path):
    assert staff("owner").get(path).status in (400, 404)


def test_pages_ask_the_database_few_questions(app, staff):
    rows = full_shop()
    browser, asked = staff("owner"), []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        paths = [f"/staff/orders/{rows['number']}", "/staff", "/staff/orders", f"/staff/products/{rows['product_id']}"]
        paths += ["/staff/products", "/staff/stock", "/staff/attention", "/staff/team", "/staff/audit", "/staff/outbox"]
        for path in paths:
            asked.clear()
            assert browser.get(path).status == 200
            assert len(asked) <= 12, f"{path}: {len(asked)}\n" + "\n".join(asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
