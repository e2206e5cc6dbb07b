"""Somebody who means harm with a session, or with what they wrote being read by staff and in mails."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image

from shop.accounts.actions import save_address
from shop.accounts.models import SignInSession
from shop.core import clock
from shop.core.db import db
from shop.orders.emails import queue_order_confirmation, queue_payment_failed
from shop.orders.models import Order
from shop.orders.placing import DraftAddress
from shop.orders.queries import order_with_all
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.site.hostile import NUMBERS, TEXTS, ask, every_row, send

ADDRESS = {
    "given_name": "Els",
    "family_name": "Bakker",
    "street": "Donkerstraat",
    "house_number": "52",
    "addition": "",
    "postcode": "3841 CD",
    "town": "Harderwijk",
    "country": "NL",
}
LARGEST = 2**31 - 1  # number of a row
NOTED = ("audit_entries", "audit_head", "sign_in_sessions")  # that staff looked, or was refused, is written down


@pytest.fixture
def victim(app: Flask) -> Any:
    """Somebody else's account, with an address, an order and a session."""
    account = make_customer(email="slachtoffer@example.com", given_name="Els", family_name="Bakker")
    save_address(account.person_id, ADDRESS)
    db.session.commit()
    make_order(account=account, status="confirmed")
    sign_in(Browser(app), account)
    return account


def test_nothing_of_somebody_else_can_be_opened_or_changed(app: Flask, victim: Any, customer: Browser) -> None:
    order = make_order(account=victim)
    session_id = db.session.query(SignInSession).filter_by(person_id=victim.person_id).one().id
    customer.get("/account")
    before = every_row()
    assert customer.get(f"/account/orders/{order.number}").status == 404
    assert customer.get("/account/addresses/1").status == 404
    assert customer.post("/account/addresses/1", **{**ADDRESS, "town": "Elders"}).status == 404
    for path in (
        "/account/addresses/1/default",
        "/account/addresses/1/remove",
        f"/account/security/sessions/{session_id}",
        f"/orders/{order.number}/pay",
    ):
        assert customer.post(path).status == 404, path
    assert customer.post("/account/orders/claim", orders=str(order.id)).status == 422
    assert customer.get("/staff/orders").status == 303
    assert every_row() == before


@pytest.mark.parametrize("token", ["", "a" * 40, None, "theirs"])
def test_a_form_without_its_own_token_is_refused(
    customer: Browser, staff: Callable[..., Browser], victim: Any, app: Flask, token: str | None
) -> None:
    make_shipping()
    product = make_product()
    variant, page = product.variants[0].id, f"/staff/products/{product.id}/unpublish"
    packer, other = staff("owner"), Browser(app)
    sign_in(other, victim)
    stolen = other.get("/account").form("/account")["csrf_token"]
    values = {} if token is None else {"csrf_token": stolen if token == "theirs" else token}
    before = every_row(*NOTED)
    for path in (
        "/account",
        "/account/sign-out",
        "/account/security/sessions",
        "/cart/lines",
        "/account/addresses/new",
    ):
        answer = send(customer.client, path, {**ADDRESS, "variant": variant, "quantity": "1", **values})
        assert answer.status_code == 400, path
    for path in (page, "/staff/sign-out", "/staff/team/1/leave"):
        assert send(packer.client, path, values).status_code == 400, path
    assert every_row(*NOTED) == before


def test_a_cookie_that_was_there_before_signing_in_opens_nothing_afterwards(app: Flask) -> None:
    fixed, browser = "f" * 43, Browser(app)
    browser.client.set_cookie("session", fixed)
    sign_in(browser, make_customer())
    given = browser.client.get_cookie("session")
    assert given is not None
    assert given.value != fixed
    thief = Browser(app)
    thief.client.set_cookie("session", fixed)
    assert ask(thief.client, "GET", "/account").status_code == 303


def test_a_cookie_of_one_kind_is_none_of_the_other(
    app: Flask, customer: Browser, staff: Callable[..., Browser]
) -> None:
    own, theirs = customer.client.get_cookie("session"), staff("owner").client.get_cookie("staff")
    assert own is not None
    assert theirs is not None
    stranger = app.test_client()
    stranger.set_cookie("session", theirs.value)
    stranger.set_cookie("staff", own.value)
    for path in ("/account", "/account/orders", "/staff", "/staff/orders", "/staff/second-factor"):
        assert ask(stranger, "GET", path).status_code == 303, path


def test_a_cookie_of_before_signing_out_is_dead(app: Flask, customer: Browser) -> None:
    cookie = customer.client.get_cookie("session")
    assert cookie is not None
    customer.get("/account")
    assert customer.post("/account/sign-out").status == 303
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert ask(thief, "GET", "/account").status_code == 303


def test_no_page_of_a_person_is_kept_anywhere(customer: Browser, staff: Callable[..., Browser]) -> None:
    make_shipping()
    customer.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
    order = make_order(account=customer.account, status="confirmed")
    own = ("/", "/cart", "/checkout", "/account", "/account/orders", "/account/addresses", "/account/security")
    pages = [(customer, path) for path in (*own, f"/account/orders/{order.number}", f"/orders/{order.return_token}")]
    boss = staff("owner")
    pages += [(boss, path) for path in ("/staff", "/staff/orders", f"/staff/orders/{order.number}", "/staff/team")]
    for browser, path in pages:
        page = browser.get(path)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store"), path


@pytest.mark.both_databases
def test_odd_numbers_open_nothing_in_the_back_office(app: Flask, staff: Callable[..., Browser]) -> None:
    boss = staff("owner", "privacy", "bookkeeping")
    boss.get("/staff")
    before = every_row(*NOTED)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and rule.arguments:
            largest = app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, LARGEST))
            page = boss.post(largest) if "POST" in (rule.methods or ()) else boss.get(largest)
            assert page.status in (404, 409), largest
    for too_large in (LARGEST + 1, 2**53, 2**63):
        assert boss.get(f"/staff/products/{too_large}").status == 404
    assert every_row(*NOTED) == before


@pytest.mark.both_databases
def test_odd_places_in_lists_do_no_harm(app: Flask, staff: Callable[..., Browser], customer: Browser) -> None:
    make_order(account=customer.account)
    boss = staff("owner")
    marks = (
        *NUMBERS,
        "9999999999999999-999999999999999",
        "1-1",
        "٣-٣",
        "-",
        "1.9.9",
        "1.999999999999999999.1",
        "\ud800",
    )
    for mark in marks:
        odd = mark.encode("utf-8", "surrogatepass").decode("latin-1") if mark == "\ud800" else mark[:1500]
        for browser, path, name in (
            (boss, "/staff/orders", "after"),
            (boss, "/staff/products", "before"),
            (boss, "/staff/stock", "after"),
            (boss, "/staff/attention", "after"),
            (boss, "/staff/audit", "before"),
            (customer, "/account/orders", "before"),
            (customer, "/search", "after"),
            (customer, "/search", "from"),
        ):
            answer = ask(browser.client, "GET", path, query_string={name: odd, "sort": "newest"})
            assert answer.status_code in (200, 400, 404), (path, mark)


def live(html: str) -> list[str]:
    """What in a page would run, or load from elsewhere, if it was let in."""
    soup = BeautifulSoup(html, "html.parser")
    found = [tag.name for tag in soup.find_all(["svg", "script"]) if tag.get("onload") or "alert" in tag.get_text()]
    found += [str(tag) for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    found += [str(tag["href"]) for tag in soup.find_all(href=True) if "javascript:" in str(tag["href"])]
    return found


@pytest.mark.parametrize("turn", range(3))
def test_what_a_customer_writes_is_only_text_for_staff_and_in_mails(
    app: Flask,
    visitor: Browser,
    staff: Callable[..., Browser],
    mailbox: Callable[[], list[EmailMessage]],
    turn: int,
) -> None:
    _parcel, pickup = make_shipping()
    visitor.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
    form = visitor.get("/checkout").form("/checkout")
    given, family, note, street = TEXTS[turn::3]
    names = {"given_name": f"A {given}", "family_name": f"B {family}"}
    where = {"street": f"C {street}", "house_number": "1", "addition": given[:20], "postcode": "3841 CD", "town": note}
    billing = {f"billing-{name}": value for name, value in {**names, **where, "town": f"D {note}"}.items()}
    chosen = {"delivery": f"pickup-{pickup.id}", "payment": "pickup", "shown_total": "1250", "has_billing": "y"}
    own = {"email": "els@example.com", "note": note}
    placed = visitor.post("/checkout", **{**form, **names, **where, **billing, **chosen, **own})
    assert placed.status == 303, placed.text[:400]
    db.session.rollback()
    number = db.session.query(Order).one().number
    boss = staff("owner")
    pages = [boss.get(f"/staff/orders/{path}") for path in (number, f"{number}/slip")]
    pages += [boss.get("/staff/orders"), boss.post("/staff/orders/find", text=names["family_name"][:60])]
    mails = mailbox()
    assert len(mails) == 1
    assert mails[0]["To"] == "els@example.com"
    assert mails[0]["Bcc"] is mails[0]["Cc"] is None
    parts = {part.get_content_type(): part.get_content() for part in mails[0].walk() if not part.is_multipart()}
    for html in (*(page.body.decode() for page in pages), parts["text/html"]):
        assert live(html) == []
    for text in (*(page.body.decode() for page in pages), *parts.values()):
        assert "1337" not in text
        assert not set("\u202e\u2066\u200b\x1b\x07") & set(text)


@pytest.mark.parametrize("message", [queue_order_confirmation, queue_payment_failed])
def test_no_name_becomes_markup_in_a_mail(app: Flask, message: Callable[..., bool], outbox: Any) -> None:
    name = "<a href=https://evil.example>Win</a>"
    address = DraftAddress("shipping", name, name, "NL", street=name, house_number="1", postcode="3841 CD", town=name)
    order = make_order(addresses=[address], note=name)
    message(order_with_all(order.id), clock.now())
    db.session.commit()
    mail = message_from_bytes(outbox.rows("mail")[-1].content, policy=default)
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "evil" in html
    assert "evil.example" not in html, "a reader of mail would make a link of it"
    assert [str(a["href"]) for a in BeautifulSoup(html, "html.parser").find_all("a") if "evil" in str(a["href"])] == []


def test_a_damaged_picture_is_refused_with_a_message(staff: Callable[..., Browser]) -> None:
    product, boss, drawn = make_product(), staff("owner"), BytesIO()
    Image.new("RGB", (60, 40), "red").save(drawn, "AVIF")
    head = drawn.getvalue().partition(b"mdat")[0] + b"mdat"
    page = boss.get(f"/staff/products/{product.id}")
    token = page.form("/staff/sign-out")["csrf_token"]
    for content in (head + b"\0" * 400, head, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"%PDF-1.4"):
        values = {"file": (BytesIO(content), "../../x.php"), "alt_nl": "Rood", "csrf_token": token}
        before = every_row(*NOTED)
        answer = send(boss.client, f"/staff/products/{product.id}/pictures", values, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert every_row(*NOTED) == before
