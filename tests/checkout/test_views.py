"""The checkout page, what is typed into it, and the order it becomes."""

import pytest
from sqlalchemy import event

from shop.catalogue.models import StockMovement
from shop.core.db import db
from shop.orders.models import OrderAddress, OrderEvent, OrderLine
from shop.payments.models import PaymentAttempt
from shop.people.models import Person
from tests.checkout.conftest import Shopper, orders, rows, stock_of
from tests.factories import make_shipping


@pytest.mark.both_databases
def test_a_guest_orders_and_is_led_to_pay(shopper):
    variant_id = shopper.gather(2, price_cents=1250, stock=5)
    page = shopper.order()
    [order] = orders()
    assert page.status == 303
    assert page.location == f"/orders/{order.return_token}/pay"
    assert (order.items_cents, order.shipping_cents, order.total_cents) == (2500, 495, 2995)
    assert (order.status, order.pays_by, order.email, order.language) == ("placed", "mollie", "sanne@example.com", "nl")
    assert order.shipping_vat_basis_points == 2100
    assert (order.expires_at - order.placed_at).total_seconds() == 1800
    [line] = rows(OrderLine)
    assert (line.variant_id, line.quantity, line.unit_price_cents, line.vat_basis_points) == (variant_id, 2, 1250, 2100)
    [address] = rows(OrderAddress)
    assert (address.kind, address.postcode, address.country) == ("shipping", "3841 EK", "NL")
    assert rows(OrderEvent)[0].kind == "placed"
    assert stock_of(variant_id) == 3
    assert [(m.delta, m.key) for m in rows(StockMovement)][-1] == (-2, f"order:{line.id}")
    assert order.person_id in [person.id for person in rows(Person)]
    assert [attempt.amount_cents for attempt in rows(PaymentAttempt)] == [2995]


def test_the_page_sets_no_cookie_and_keeps_off_disks(shopper):
    shopper.gather()
    page = shopper.browser.get("/checkout")
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


def test_the_total_stands_above_the_one_button(shopper):
    shopper.gather(2, price_cents=1250)
    page = shopper.browser.get("/checkout")
    buttons = [b.get_text(strip=True) for b in page.soup.select("form[action='/checkout'] button[type=submit]")]
    assert buttons == ["Bestellen en betalen", "Totaal bijwerken"]
    button = page.soup.find("button", string="Bestellen en betalen")
    before = button.find_previous_sibling()
    assert "Totaal € 29,95" in " ".join(before.get_text(" ").replace("\xa0", " ").split())
    assert "Waarvan 21% btw" in before.get_text()


def test_nothing_is_ticked_beforehand_but_the_first_way_of_delivery(shopper):
    shopper.gather(kind="service")
    shopper.gather()
    page = shopper.browser.get("/checkout")
    assert [field["name"] for field in page.soup.select("[checked]")] == ["delivery"]


def test_in_english_the_button_says_order_and_pay(shopper):
    shopper.gather()
    page = shopper.browser.get("/en/checkout")
    assert page.heading == "Checkout"
    assert page.soup.find("button", string="Order and pay")


def test_without_a_cart_there_is_nothing_to_check_out(visitor):
    assert visitor.get("/checkout").location == "/cart"
    assert visitor.post("/checkout", email="a@example.com").location.startswith("/cart")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", ""),
        ("given_name", ""),
        ("family_name", "x" * 81),
        ("street", ""),
        ("house_number", "veertien"),
        ("postcode", "0000 AA"),
        ("country", "XX"),
        ("country", ""),
        ("telephone", "12"),
        ("telephone", "x" * 100),
        ("note", "x" * 501),
        ("payment", ""),
        ("payment", "bitcoin"),
        ("payment", "pickup"),
        ("delivery", "parcel-99999"),
        ("delivery", ""),
    ],
)
def test_what_was_typed_wrongly_is_said_beside_it_and_places_nothing(shopper, field, value):
    variant_id = shopper.gather(stock=5)
    page = shopper.order(**{field: value})
    assert page.status == 422
    assert page.soup.find(id="error-summary")
    assert page.soup.select(f"#{field}-error")
    assert page.form("/checkout")["town"] == "Harderwijk"
    assert orders() == []
    assert stock_of(variant_id) == 5


def test_a_typed_value_is_text_and_never_markup(shopper):
    shopper.gather()
    page = shopper.order(given_name="<script>alert(1)</script>", email="nobody")
    assert page.status == 422
    assert page.soup.find("script", string="alert(1)") is None
    assert page.form("/checkout")["given_name"] == "<script>alert(1)</script>"


def test_prices_that_are_sent_along_count_for_nothing(shopper):
    shopper.gather(price_cents=1250)
    shopper.order(total_cents="1", price_cents="1", items_cents="1", person_id="x", status="confirmed", pays_by="free")
    [order] = orders()
    assert (order.total_cents, order.status, order.pays_by) == (1745, "placed", "mollie")


def test_the_checkout_takes_twelve_statements_at_most(shopper, customer):
    for _n in range(6):
        variant = shopper.gather()
        customer.post("/cart/lines", variant=variant, quantity=1)
    shopper.browser.get("/checkout")  # the first visitor has the ways to pay fetched, for everybody
    for browser in (shopper.browser, customer):
        found = []

        def note(connection, cursor, statement, *rest, found=found):
            found.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        browser.get("/checkout")
        event.remove(db.engine, "before_cursor_execute", note)
        asked = [statement for statement in found if not statement.startswith("BEGIN")]
        assert len(asked) <= 12, "\n".join(asked)


def test_a_customers_form_is_filled_in_and_the_order_is_theirs(app, customer, mollie):
    make_shipping()
    email, person_id = customer.account.email, customer.account.person_id
    shopper = Shopper(customer)
    shopper.gather()
    form = customer.get("/checkout").form("/checkout")
    assert (form["email"], form["given_name"], form["family_name"]) == (email, "Sanne", "de Vries")
    page = shopper.order(email=email)
    assert page.status == 303
    assert [order.person_id for order in orders()] == [person_id]


def test_the_cart_is_empty_on_the_very_page_that_says_thank_you(shopper, mollie):
    shopper.gather()
    shopper.order()
    [attempt] = rows(PaymentAttempt)
    mollie.control.pay(attempt.mollie_id)
    [order] = orders()
    page = shopper.browser.get(f"/orders/{order.return_token}")
    assert page.heading == "Bedankt voor je bestelling"
    assert page.soup.select(".cart-count") == []
