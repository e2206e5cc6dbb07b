"""Somebody who means harm, without being signed in: never a mistake of ours, nothing changed, a page that is clear."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core.db import db
from shop.orders.models import Order
from tests.checkout.conftest import Shopper
from tests.factories import make_attempt, make_customer, make_order, make_product, make_shipping
from tests.page import Browser, Page, squeeze
from tests.site.hostile import NUMBERS, TEXTS, addresses_that_take_forms, ask, every_row, send

LIVE = ("<script>alert", "<img src=x", "<svg/", "1337")
POISONED = ("evil.example", "localhost.evil.example", "localhost@evil.example", "localhost,evil.example", "[::1", "")
ELSEWHERE = ({"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})
HEADERS = (
    *ELSEWHERE,
    {"Origin": "http://["},
    {"Origin": "http://[::1"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "\xff"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": "http://localhost"},
)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Something that sends whatever it likes."""
    make_shipping()
    return app.test_client()


@pytest.fixture
def shopper(visitor: Browser, mollie: Any) -> Shopper:
    """Somebody who is about to order."""
    make_shipping()
    return Shopper(visitor)


def assert_refused(answer: Any, *codes: int) -> None:
    assert answer.status_code in codes, (answer.status_code, answer.request.path)
    assert answer.mimetype == "text/html"
    assert "<h1>" in answer.text


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_no_form_is_taken_from_another_site(app: Flask, client: FlaskClient, headers: dict[str, str]) -> None:
    variant = make_product().variants[0].id
    addresses = (
        addresses_that_take_forms(app) if headers in ELSEWHERE else [("/cart/lines", ""), ("/staff/sign-in", "")]
    )
    before = every_row()
    for path, endpoint in addresses:
        if endpoint != "payments.webhook":
            values = {"variant": variant, "quantity": "1"}
            assert_refused(ask(client, "POST", path, data=values, headers=headers), 403)
    assert every_row() == before


def test_every_address_refuses_every_other_method(app: Flask, client: FlaskClient) -> None:
    before = every_row()
    for path, _endpoint in [*addresses_that_take_forms(app), ("/", ""), ("/cart", ""), ("/search", "")]:
        assert_refused(ask(client, "DELETE", path), 405)
    for method in ("PUT", "PATCH", "TRACE", "TRACK", "PROPFIND", "FOO"):
        assert_refused(ask(client, method, "/cart/lines"), 405)
    assert_refused(ask(client, "GET", "/cart/lines", headers={"X-HTTP-Method-Override": "POST"}), 405)
    assert every_row() == before


@pytest.mark.both_databases
def test_odd_numbers_put_nothing_in_a_cart(backend: str, client: FlaskClient) -> None:
    variant, hidden = make_product().variants[0].id, make_product(is_published=False).variants[0].id
    before = every_row()
    for number in (*NUMBERS, "0", "100", "11"):
        assert_refused(send(client, "/cart/lines", {"variant": variant, "quantity": number}), 422)
        if number != "11":
            assert_refused(send(client, "/cart/lines", {"variant": number, "quantity": "1"}), 404)
    assert_refused(send(client, "/cart/lines", {"variant": hidden, "quantity": "1"}), 404)
    assert_refused(send(client, "/cart/lines", {}), 404)
    assert every_row() == before


@pytest.mark.both_databases
def test_odd_numbers_leave_a_cart_as_it_is(backend: str, client: FlaskClient, visitor: Browser) -> None:
    variant = make_product().variants[0].id
    for somebody in (client, visitor.client):
        send(somebody, "/cart/lines", {"variant": variant, "quantity": "2"})
    before = every_row()
    own, other = 1, 2
    assert_refused(send(client, f"/cart/lines/{other}", {"quantity": "9"}), 404)
    for number in (*NUMBERS, "100", "11"):
        assert_refused(send(client, f"/cart/lines/{own}", {"quantity": number}), 422)
    for number in ("-1", "0", "1.5", str(2**63), "%D9%A3"):
        assert_refused(send(client, f"/cart/lines/{number}", {"quantity": "1"}), 404)
    assert every_row() == before


TAMPERED = [
    {"cart_id": "2"},
    {"cart_id": str(2**63)},
    {"cart_version": "1"},
    {"cart_version": "999"},
    {"cart_version": "-1"},
    {"shown_total": "1"},
    {"shown_total": "-1745"},
    {"shown_total": "17.45"},
    {"shown_total": ""},
    {"delivery": "999"},
    {"delivery": str(2**63)},
    {"delivery": "-1"},
    {"delivery": "' OR 1=1 --"},
    {"payment": "pickup"},
    {"payment": "free"},
    {"payment": "giftcard"},
    {"payment": "ideal'"},
    {"country": "XX"},
    {"country": "FR"},
    {"country": "NL\x00"},
    {"postcode": "3845"},
    {"postcode": "0000 AA"},
    {"postcode": "٣٨٤٥ GD"},
    {"postcode": "3845 GD3845 GD"},
    {"house_number": "0"},
    {"house_number": "-5"},
    {"house_number": "5; DROP"},
    {"email": "a@b@c.nl"},
    {"email": "x@example.com\r\nBcc: y@evil.example"},
    {"email": '"a b"@example.com'},
    {"email": "x@example.com,y@evil.example"},
    {"telephone": "+31 6"},
    {"telephone": "0" * 41},
    {"given_name": "a" * 61},
    {"family_name": "\u202e\u200b"},
    {"note": "a" * 501},
    {"has_billing": "y"},
]


@pytest.mark.parametrize("change", TAMPERED, ids=str)
def test_a_tampered_checkout_orders_nothing(shopper: Shopper, change: dict[str, str]) -> None:
    shopper.gather()
    form = shopper.form()
    before = every_row("payment_methods")
    answer = send(shopper.browser.client, "/checkout", {**form, **change})
    assert_refused(answer, 400, 409, 422)
    assert every_row("payment_methods") == before


def test_fields_that_no_form_has_change_nothing(shopper: Shopper) -> None:
    shopper.gather()
    more = {
        "price": "1",
        "unit_price_cents": "1",
        "total_cents": "1",
        "discount_cents": "1000",
        "shipping_cents": "0",
        "status": "confirmed",
        "pays_by": "free",
        "person_id": "1",
        "vat_basis_points": "0",
        "expires_at": "2099-01-01",
        "number": "26-000001",
        "variant": "1",
    }
    answer = send(shopper.browser.client, "/checkout", {**shopper.form(), **more})
    assert answer.status_code == 303, squeeze(answer.text)
    db.session.rollback()
    order = db.session.query(Order).one()
    assert (order.total_cents, order.discount_cents, order.status, order.pays_by) == (1745, 0, "placed", "mollie")


@pytest.mark.both_databases
def test_tokens_of_other_things_open_no_order(backend: str, client: FlaskClient, mollie: Any) -> None:
    order = make_order()
    attempt = make_attempt(order, mollie_id=None, status="creating")
    token, number, of_payment = order.return_token, order.number, attempt.token
    for wrong in (of_payment, token[:-1], token + "a", token[:-1] + "~", token.swapcase(), number, "1", "a" * 43):
        for path in (f"/orders/{wrong}", f"/orders/{wrong}/pay"):
            assert_refused(ask(client, "GET", path), 404)
        assert_refused(send(client, f"/orders/{wrong}/pay", {"method": "ideal"}), 404)


def test_the_token_of_the_payment_page_shows_nothing_of_the_customer(app: Flask, client: FlaskClient) -> None:
    order = make_order(status="confirmed", email="iemand@example.com")
    page = ask(client, "GET", f"/orders/{order.return_token}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for secret in ("iemand@example.com", "Sanne", "de Vries", "Donkerstraat", "3841 CD", "Theepot"):
        assert secret not in page.text


@pytest.mark.parametrize("host", POISONED)
def test_a_poisoned_host_gets_no_mail_written(client: FlaskClient, mailbox: Callable[[], list[Any]], host: str) -> None:
    account = make_customer()
    values = {"email": account.email}
    assert ask(client, "POST", "/account/reset", data=values, headers={"Host": host}).status_code == 400
    assert mailbox() == []


def test_links_in_mails_lead_to_the_shop_alone(client: FlaskClient, mailbox: Callable[[], list[Any]]) -> None:
    order = make_order(status="confirmed", email="iemand@example.com")
    evil = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Forwarded-Prefix": "//evil.example",
    }
    send(client, "/orders/find", {"number": order.number, "email": "iemand@example.com"}, headers=evil)
    send(client, "/account/reset", {"email": make_customer().email}, headers=evil)
    mails = [str(mail) for mail in (*mailbox(), *mailbox())]
    assert len(mails) >= 3
    assert not [mail for mail in mails if "evil.example" in mail]


def test_what_is_reflected_is_only_text(client: FlaskClient) -> None:
    make_product()
    for text in TEXTS:
        pages = [ask(client, "GET", "/search", query_string={"q": text, "sort": text, "collection": text})]
        pages.append(ask(client, "GET", "/account/sign-in", query_string={"next": text, "notice": text}))
        for path in ("/account/sign-up", "/orders/find", "/account/reset/code"):
            fields = dict.fromkeys(("email", "number", "next", "code", "binding"), text)
            pages.append(send(client, path, {**fields, "password": "x"}))
        for page in pages:
            assert page.status_code in (200, 422), page.request.path
            Page(page, has_session=False)
            assert not [bad for bad in LIVE if bad in page.text]


def test_wildcards_find_no_more_than_they_say(client: FlaskClient) -> None:
    make_product(name_nl="Schaal", search_nl="schaal/")
    for text in ("%", "_", "%%%", "\\", "'", '"', "*", "(((((", "["):
        page = ask(client, "GET", "/search", query_string={"q": text})
        assert page.status_code == 200
        assert "/products/" not in page.text, text


@pytest.mark.parametrize(
    "path",
    [
        "/%ff",
        "/en/en",
        "/en/en/cart",
        "/en//evil.example",
        "/\\evil.example",
        "/static/..%2f..%2fwsgi.py",
        "/static/../../wsgi.py",
        "/media/..%2fsecret.key",
        "/media/.htaccess",
        "/en/static/%2e%2e/%2e%2e/shop/app.py",
        "/instance/secret.key",
        "/.git/config",
        "/.env",
    ],
)
def test_tricks_with_paths_lead_nowhere(client: FlaskClient, path: str) -> None:
    answer = ask(client, "GET", path)
    assert_refused(answer, 400, 404)
    assert not [link for link in Page(answer, has_session=False).links() if link.startswith("//") or "://evil" in link]


def test_nothing_tells_what_the_shop_is_made_of(app: Flask, client: FlaskClient) -> None:
    for method, path in (("GET", "/"), ("GET", "/nothing"), ("GET", "/%00"), ("TRACE", "/"), ("GET", "/healthz")):
        answer = ask(client, method, path)
        told = f"{answer.headers} {answer.text}".casefold()
        for word in ("werkzeug", "flask", "python", "waitress", "sqlalchemy", "traceback", "x-powered-by"):
            assert word not in told.replace("flask-", ""), (path, word)


def test_five_hundred_forged_calls_change_nothing(client: FlaskClient, mollie: Any) -> None:
    order = make_order()
    attempt = make_attempt(order)
    token, mollie_id = attempt.token, attempt.mollie_id
    mollie.control.forget_requests()
    before = every_row()
    ids = ("", "tr_", "tr_x/../../customers", "tr_x?testmode=true", "tr_x#", "tr_\x00", "ord_abcd", "tr_" + "a" * 5000)
    for turn in range(62):
        for wrong in ids:
            values = {"id": wrong, "status": "paid", "amount": "0.01"}
            answer = ask(client, "POST", f"/webhooks/mollie/{token}", data=values)
            assert answer.status_code in (200, 400)
        unknown = f"{turn:043d}"
        assert ask(client, "POST", f"/webhooks/mollie/{unknown}", data={"id": mollie_id}).status_code == 200
    assert every_row() == before
    assert mollie.control.requests() == []
