"""The checkout page and what it places."""

from datetime import date

import pytest
from sqlalchemy import delete, event

from shop.accounts.models import SignInSession
from shop.cart.models import Cart, CartLine
from shop.catalogue.models import StockMovement, Variant
from shop.checkout import views
from shop.core import clock
from shop.core.db import db, writing
from shop.orders.actions import cancel, confirm
from shop.orders.models import Order, OrderAddress, OrderEvent, OrderLine
from shop.payments.flows import PaymentNotStarted
from shop.payments.models import PaymentAttempt
from shop.people.models import Person
from shop.shipping.models import ShippingMethod
from tests.checkout.conftest import Shopper, change, orders, rows
from tests.factories import make_customer, make_shipping, sign_in

EXPRESS = "Ik vraag jullie uitdrukkelijk"


def stock_of(variant_id):
    return next(variant.stock for variant in rows(Variant) if variant.id == variant_id)


def pickup():
    return f"pickup-{next(method.id for method in rows(ShippingMethod) if method.kind == 'pickup')}"


def parcel():
    return f"parcel-{next(method.id for method in rows(ShippingMethod) if method.kind == 'parcel')}"


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
def test_who_picks_up_may_pay_there_and_gives_no_address(shopper):
    shopper.gather(price_cents=1250)
    form = shopper.browser.get("/checkout").form("/checkout")
    page = shopper.browser.post("/checkout", **{**form, "delivery": pickup(), "update": "1"})
    told = {"email": "sanne@example.com", "given_name": "Sanne", "family_name": "de Vries", "payment": "pickup"}
    page = shopper.browser.post("/checkout", **{**page.form("/checkout"), **told})
    [order] = orders()
    assert page.location == f"/orders/{order.return_token}"
    assert (order.status, order.pays_by, order.shipping_kind, order.expires_at) == (
        "confirmed",
        "pickup",
        "pickup",
        None,
    )
    [address] = rows(OrderAddress)
    assert (address.family_name, address.street, address.postcode, address.country) == ("de Vries", "", "", "NL")
    assert rows(CartLine) == []
    assert rows(PaymentAttempt) == []


def test_an_address_typed_before_choosing_to_pick_up_is_not_kept(shopper):
    shopper.gather(price_cents=1250)
    form = shopper.form(delivery=pickup(), shown_total="1250", payment="pickup", postcode="nonsense")
    assert shopper.browser.post("/checkout", **form).status == 303
    assert rows(OrderAddress)[0].postcode == ""


@pytest.mark.both_databases
def test_a_free_order_is_confirmed_at_once_without_mollie(shopper, outbox):
    shopper.gather(price_cents=0, stock=None, kind="download")
    page = shopper.order()
    [order] = orders()
    assert page.location == f"/orders/{order.return_token}"
    assert (order.total_cents, order.pays_by) == (0, "free")
    assert order.status in ("confirmed", "completed")
    assert rows(PaymentAttempt) == []
    assert outbox.mails() == ["order_confirmation"]


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


def test_another_billing_address_counts_only_when_ticked(shopper):
    shopper.gather()
    billing = {
        "billing-given_name": "Bo",
        "billing-family_name": "Boek",
        "billing-country": "BE",
        "billing-postcode": "1000",
        "billing-house_number": "1",
        "billing-street": "Wetstraat",
        "billing-town": "Brussel",
    }
    page = shopper.order(has_billing="y", **{**billing, "billing-postcode": "99"})
    assert page.status == 422
    assert page.soup.select("#billing-postcode-error")
    shopper.browser.send("/checkout", payment="ideal", **{"billing-postcode": "1000"})
    assert [(a.kind, a.family_name, a.country) for a in rows(OrderAddress)] == [
        ("shipping", "de Vries", "NL"),
        ("billing", "Boek", "BE"),
    ]


def test_unticked_nonsense_in_the_billing_fields_is_nothing(shopper):
    shopper.gather()
    assert shopper.order(**{"billing-postcode": "nonsense"}).status == 303
    assert len(rows(OrderAddress)) == 1


def test_a_telephone_number_is_kept_as_the_world_writes_it(shopper):
    shopper.gather()
    shopper.order(telephone="06 1234 5678")
    assert orders()[0].telephone == "+31612345678"


def test_telephone_and_note_say_what_they_are_for(shopper):
    shopper.gather()
    page = shopper.browser.get("/checkout")
    assert "Alleen voor vragen over je bezorging." in page.text
    assert "Zet hier geen gevoelige gegevens" in page.text
    assert "Ben je jonger dan 16?" in page.text
    assert {"/terms", "/privacy", "/returns"} <= set(page.links())


@pytest.mark.parametrize("kind", ["service", "download"])
def test_the_request_to_start_early_is_kept_in_its_exact_words(shopper, kind):
    shopper.gather(kind=kind)
    page = shopper.browser.get("/checkout")
    words = page.soup.find("label", attrs={"for": "express_request"}).get_text(strip=True)
    assert words.startswith(EXPRESS)
    shopper.order(express_request="y")
    [order] = orders()
    assert order.express_request == words
    assert order.express_request_at == order.placed_at


def test_nobody_asks_to_start_early_who_did_not_say_so(shopper):
    shopper.gather(kind="service")
    shopper.order()
    assert orders()[0].express_request is None


def test_goods_alone_ask_for_no_request(shopper):
    shopper.gather()
    assert EXPRESS not in shopper.browser.get("/checkout").text
    shopper.order(express_request="y")
    assert orders()[0].express_request is None


def test_what_is_not_sent_asks_for_no_delivery_and_no_country(shopper):
    shopper.gather(price_cents=4500, kind="service", weight_grams=0)
    page = shopper.browser.get("/checkout")
    assert not {"delivery", "country", "postcode"} & set(page.form("/checkout"))
    told = {"email": "a@example.com", "given_name": "A", "family_name": "B", "payment": "ideal"}
    shopper.browser.send("/checkout", **told)
    [order] = orders()
    assert (order.shipping_kind, order.shipping_cents, order.total_cents) == ("", 0, 4500)


def test_too_heavy_for_a_parcel_leaves_picking_up(shopper):
    shopper.gather(weight_grams=30_000)
    page = shopper.browser.get("/checkout")
    assert page.form("/checkout")["delivery"] == pickup()
    assert parcel() not in str(page.soup)


def test_nothing_can_carry_it(shopper):
    shopper.gather(weight_grams=200_000)
    page = shopper.order()
    assert page.status == 422
    assert "te zwaar, of te ver weg" in page.text
    assert orders() == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("country", "postcode", "goods", "delivery"), [("BE", "1000", 2100, 2100), ("DE", "10115", 1900, 1900)]
)
def test_under_oss_the_customers_country_sets_the_vat(shopper, oss, country, postcode, goods, delivery):
    oss(date(2020, 1, 1))
    shopper.gather(price_cents=1190)
    told = {"country": country, "postcode": postcode, "shown_total": "2085", "payment": "creditcard"}
    assert shopper.order(**told).status == 303
    [order] = orders()
    assert rows(OrderLine)[0].vat_basis_points == goods
    assert (order.shipping_vat_basis_points, order.total_cents) == (delivery, 2085)


def test_under_oss_what_is_picked_up_stays_dutch_and_a_download_does_not(shopper, oss):
    oss(date(2020, 1, 1))
    shopper.gather(price_cents=1000)
    shopper.gather(price_cents=1000, kind="download", stock=None)
    form = shopper.form(country="DE", delivery=pickup(), shown_total="2000", payment="pickup")
    assert shopper.browser.post("/checkout", **form).status == 303
    assert {line.kind: line.vat_basis_points for line in rows(OrderLine)} == {"goods": 2100, "download": 1900}


def test_below_the_threshold_belgium_pays_dutch_vat(shopper):
    shopper.gather(price_cents=1190, vat_class="reduced")
    shopper.order(country="BE", postcode="1000", shown_total="2085", payment="creditcard")
    assert rows(OrderLine)[0].vat_basis_points == 900
    assert orders()[0].shipping_vat_basis_points == 900


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
