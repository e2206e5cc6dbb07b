"""What changes between looking and ordering, and what is sent twice."""

import pytest
from sqlalchemy import delete

from shop.accounts.models import SignInSession
from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Variant
from shop.checkout import views
from shop.core import clock
from shop.core.db import db, writing
from shop.orders.actions import cancel, confirm
from shop.orders.models import Order
from shop.payments.flows import PaymentNotStarted
from shop.payments.models import PaymentAttempt
from shop.people.models import Person
from tests.checkout.conftest import Shopper, change, orders, pickup, rows, stock_of
from tests.factories import make_customer, make_shipping, sign_in


@pytest.mark.both_databases
def test_a_total_that_changed_places_nothing_and_says_from_what_to_what(shopper):
    variant_id = shopper.gather(price_cents=1250)
    form = shopper.form()
    change(Variant, variant_id, price_cents=1350)
    page = shopper.browser.post("/checkout", **form)
    assert page.status == 409
    assert "Het totaal is veranderd van € 17,45 naar € 18,45." in page.text
    assert page.form("/checkout")["street"] == "Smeepoortstraat"
    assert orders() == []
    assert shopper.browser.send("/checkout", payment="ideal").status == 303
    assert [order.total_cents for order in orders()] == [1845]


@pytest.mark.parametrize("shown", ["", "0", "-1", "abc", "9" * 400, "1745.0"])
def test_a_shown_total_that_is_no_total_places_nothing(shopper, shown):
    shopper.gather(price_cents=1250)
    assert shopper.order(shown_total=shown).status == 409
    assert orders() == []


@pytest.mark.both_databases
def test_a_cart_changed_in_another_tab_places_nothing(shopper):
    shopper.gather()
    form = shopper.form()
    shopper.gather()
    page = shopper.browser.post("/checkout", **form)
    assert page.status == 409
    assert "Je winkelwagen is gewijzigd" in page.text
    assert orders() == []


def test_a_form_of_somebody_elses_cart_places_nothing(shopper):
    shopper.gather()
    [cart] = rows(Cart)
    assert shopper.order(cart_id=cart.id + 1).status == 409
    assert orders() == []


def test_a_line_that_sold_out_meanwhile_is_named(shopper):
    variant_id = shopper.gather()
    form = shopper.form()
    change(Variant, variant_id, stock=0)
    page = shopper.browser.post("/checkout", **form)
    assert page.status == 409
    assert "is uitverkocht" in page.text
    assert orders() == []


def test_a_line_with_fewer_left_is_named_with_how_many(shopper):
    variant_id = shopper.gather(3)
    form = shopper.form()
    change(Variant, variant_id, stock=2)
    page = shopper.browser.post("/checkout", **form)
    assert page.status == 409
    assert "zijn er nog maar 2" in page.text
    assert shopper.browser.get("/checkout").location.startswith("/cart")


@pytest.mark.both_databases
def test_updating_the_total_places_nothing_and_complains_of_nothing(shopper):
    shopper.gather(price_cents=1250)
    values = {**shopper.browser.get("/checkout").form("/checkout"), "country": "BE", "update": "1", "email": "nobody"}
    page = shopper.browser.post("/checkout", **values)
    assert page.status == 200
    assert "Totaal € 21,45" in page.text
    assert page.errors() == {}
    assert page.soup.find(id="error-summary") is None
    assert page.form("/checkout")["email"] == "nobody"
    assert page.form("/checkout")["shown_total"] == "2145"
    assert orders() == []


def test_updating_tells_which_way_of_delivery_was_chosen(shopper):
    shopper.gather(price_cents=1250)
    form = shopper.browser.get("/checkout").form("/checkout")
    page = shopper.browser.post("/checkout", **{**form, "delivery": pickup(), "update": "1"})
    assert page.form("/checkout")["delivery"] == pickup()
    assert "Betalen bij het ophalen" in page.text
    assert "Totaal € 12,50" in page.text


@pytest.mark.both_databases
def test_twenty_identical_posts_are_one_order_and_one_payment(shopper):
    variant_id = shopper.gather(1, stock=1)
    form = shopper.form()
    answers = [shopper.browser.post("/checkout", **form) for _turn in range(20)]
    [order] = orders()
    assert {(page.status, page.location) for page in answers} == {(303, f"/orders/{order.return_token}/pay")}
    assert stock_of(variant_id) == 0
    assert len(rows(PaymentAttempt)) == 1
    assert len(rows(Person)) == 1


def test_going_back_leads_to_the_order_that_was_placed(shopper):
    shopper.gather()
    shopper.order()
    [order] = orders()
    page = shopper.browser.get("/checkout")
    assert page.location == f"/orders/{order.return_token}?notice=already-placed"


def test_ones_own_order_that_holds_the_last_piece_is_named(shopper):
    shopper.gather(1, stock=1)
    shopper.order()
    [order] = orders()
    token = order.return_token
    page = shopper.browser.get("/cart")
    assert "Je hebt zelf al een bestelling geplaatst die deze stuks nog vasthoudt." in page.text
    assert f"/orders/{token}" in page.links()
    shopper.gather()
    page = shopper.browser.get("/checkout")
    assert f"/orders/{token}" in page.links()


@pytest.mark.both_databases
def test_after_a_confirmed_order_the_same_things_can_be_bought_again(shopper):
    variant_id = shopper.gather(price_cents=0, stock=9)
    shopper.order(delivery=pickup(), shown_total="0")
    assert "Je winkelwagen is leeg." in shopper.browser.get("/cart").text
    shopper.browser.post("/cart/lines", variant=variant_id, quantity=1)
    shopper.order(delivery=pickup(), shown_total="0")
    assert len(orders()) == 2


def test_an_old_form_after_a_confirmed_order_leads_to_that_order(shopper):
    shopper.gather(price_cents=0)
    form = shopper.form(delivery=pickup(), shown_total="0")
    first = shopper.browser.post("/checkout", **form)
    assert shopper.browser.post("/checkout", **form).location == first.location
    assert len(orders()) == 1


def test_when_mollie_is_not_there_the_order_stands_and_its_page_says_so(shopper, monkeypatch):
    def fail(order_id, *, method):
        raise PaymentNotStarted

    monkeypatch.setattr(views, "start_payment", fail)
    variant_id = shopper.gather(stock=5)
    page = shopper.order()
    [order] = orders()
    assert page.location == f"/orders/{order.return_token}?notice=payment-not-started"
    assert order.status == "placed"
    assert stock_of(variant_id) == 4


def test_a_session_that_ended_meanwhile_costs_no_cart(app, customer, mollie):
    make_shipping()
    shopper, account = Shopper(customer), customer.account
    shopper.gather(2)
    form = shopper.form()
    db.session.rollback()
    db.session.execute(delete(SignInSession))
    db.session.commit()
    page = customer.post("/checkout", **form)
    assert page.location == "/account/sign-in?next=/checkout&notice=signed-out"
    assert "Je winkelwagen is bewaard" in customer.get(page.location).text
    sign_in(customer, account)
    assert "2 × € 12,50" in customer.get("/checkout").text
    assert orders() == []


@pytest.mark.both_databases
def test_signing_in_half_way_keeps_the_order_that_was_placed(app, shopper):
    shopper.gather(1, stock=5)
    shopper.order()
    sign_in(shopper.browser, make_customer())
    [order] = orders()
    assert shopper.browser.get("/checkout").location == f"/orders/{order.return_token}?notice=already-placed"
    with writing():
        assert confirm(rows(Order)[0], clock.now())
        db.session.commit()
    assert rows(CartLine) == []


@pytest.mark.both_databases
def test_what_was_canceled_can_be_ordered_again_from_the_same_cart(app, shopper):
    shopper.gather(1, stock=1)
    shopper.order()
    with writing():
        assert cancel(rows(Order)[0], clock.now())
        db.session.commit()
    assert shopper.order().status == 303
    assert [order.status for order in orders()] == ["canceled", "placed"]


def test_what_was_added_after_placing_stays_when_the_order_is_confirmed(app, shopper):
    shopper.gather(1)
    shopper.order()
    shopper.gather(1)
    with writing():
        assert confirm(rows(Order)[0], clock.now())
        db.session.commit()
    assert len(rows(CartLine)) == 2
