"""Ways of delivery and paying, addresses, VAT, and the request to start early."""

from datetime import date

import pytest

from shop.cart.models import CartLine
from shop.orders.models import OrderAddress, OrderLine
from shop.payments.models import PaymentAttempt
from tests.checkout.conftest import orders, parcel, pickup, rows

EXPRESS = "Ik vraag jullie uitdrukkelijk"


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
