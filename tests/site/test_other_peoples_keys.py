"""Every address with a key or token in it, tried with somebody else's: it opens nothing and changes nothing.

The table below is held against the map of addresses: a new one does not pass by without a line here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from shop.accounts.actions import save_address
from shop.accounts.models import SignInSession
from shop.aftersale.queries import receipt_hash
from shop.cart.models import CartLine
from shop.contact import actions as contact
from shop.core import clock
from shop.core.db import Model, db
from shop.orders.emails import new_link
from shop.privacy.actions import requests as rights
from shop.privacy.actions import transfers
from shop.privacy.emails import requests as letters
from shop.privacy.queries.requests import hash_of
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.privacy.proving import prove
from tests.privacy.rows import make_row
from tests.site.hostile import every_row
from tests.site.test_hostile_inside import ADDRESS

NOTED = ("mailbox_proofs", "sign_in_sessions", "outbox", "people", "codes")
SECRET = ("slachtoffer", "Geheim", "Donkerstraat")

FOR_EVERYBODY = {
    "catalogue.collection",
    "catalogue.media",
    "catalogue.product",
    "pages.differences",
    "pages.download",
    "pages.version",
    "pages.versions",
    "privacy.receipt",  # holds no personal data; its code is for showing
    "aftersale.signed_download",  # signed by the shop, for minutes
    "payments.webhook",  # answers the same to everybody
}

OWN = {
    "accounts.edit_address": {"address_id": "address"},
    "accounts.use_address": {"address_id": "address"},
    "accounts.remove_address": {"address_id": "address"},
    "accounts.end_session": {"session_id": "session"},
    "aftersale.change_account_order": {"number": "number"},
    "aftersale.cancel_account_order": {"number": "number"},
    "aftersale.change_account_address": {"number": "number"},
    "aftersale.fewer_of_account_order": {"number": "number"},
    "aftersale.account_download": {"number": "number", "line_id": "line"},
    "aftersale.account_order": {"number": "number"},
    "aftersale.account_receipt": {"number": "number"},
    "aftersale.account_receipt_pdf": {"number": "number"},
    "aftersale.papers": {"number": "number"},
    "aftersale.ask_for_invoice": {"number": "number"},
    "aftersale.invoice_pdf": {"number": "number", "invoice_id": "invoice"},
    "aftersale.invoice_xml": {"number": "number", "invoice_id": "invoice"},
    "aftersale.miss_account_parcel": {"number": "number", "shipment_id": "shipment"},
    "aftersale.withdraw_account_order": {"number": "number"},
    "aftersale.send_account_withdrawal": {"number": "number"},
    "cart.change": {"line_id": "cart_line"},
    "contact.ask_about_own_order": {"number": "number"},
    "contact.send_about_own_order": {"number": "number"},
    "contact.own_conversation": {"reference": "thread"},
    "contact.write_more_signed_in": {"reference": "thread"},
    "privacy.cancel_transfer": {"transfer_id": "transfer"},
    "privacy.correct": {"kind": "kind", "key": "address"},
    "privacy.all_of_kind": {"kind": "empty_kind"},
}
"""By session: which of the victim's keys goes where."""

BY_TOKEN = {
    "aftersale.change": "order",
    "aftersale.cancel": "order",
    "aftersale.change_address": "order",
    "aftersale.fewer": "order",
    "aftersale.download": "order",
    "aftersale.order": "order",
    "aftersale.lead_on": "order",
    "aftersale.pay_again": "order",
    "aftersale.receipt": "order",
    "aftersale.receipt_pdf": "order",
    "aftersale.miss_parcel": "order",
    "aftersale.withdraw_order": "order",
    "aftersale.send_order_withdrawal": "order",
    "aftersale.withdrawal_receipt": "withdrawal",
    "contact.ask_about_order": "order",
    "contact.send_about_order": "order",
    "contact.conversation": "contact",
    "contact.write_more": "contact",
    "contact.confirm": "contact",
    "privacy.id_copy": "id_copy",
    "privacy.send_id_copy": "id_copy",
    "privacy.request_status": "request",
    "privacy.look_again": "request",
    "privacy.confirm_mailbox": "mailbox",
    "privacy.send_mailbox": "mailbox",
    "privacy.granted": "way",
    "privacy.open_granted": "way",
    "privacy.fetch_transfer": "transfer",
    "privacy.send_transfer": "transfer",
}
"""By a mailed token: of which kind. Tokens of all other kinds, and one's own beside another's keys, open nothing."""

OPENS_NOTHING = {"privacy.confirm_mailbox", "privacy.granted"}
"""These show the same button to everybody, so that a mail program that looks does nothing; pressing it is tried."""


@dataclass
class Victim:
    """Somebody's keys and tokens, by what they are of."""

    email: str
    keys: dict[str, Any]
    tokens: dict[str, str]


def everything_of(app: Flask, email: str, sign: str) -> Victim:
    """A customer with something behind every address; `sign` makes the tokens."""
    at = clock.now()
    account = make_customer(email=email)
    save_address(account.person_id, ADDRESS)
    product = make_product(stock=10)
    order = make_order((product, 1), account=account, status="confirmed")
    link = new_link(order, at)
    question = contact.Question("order", "Geheim", "nl", email, person_id=account.person_id)
    thread = contact.ask(question, receipt=sign * 43, is_mailed=False, at=at)
    asked = rights.Asked("access", "form", "nl", clock.today(), email=email, known_email=email, message="Geheim")
    request = rights.take_in(asked, key=sign * 44, is_mailed=False, at=at)
    told = {"organisation": "Elders", "email": "x@example.org", "key": sign * 45, "language": "nl", "at": at}
    transfer = transfers.start([account.person_id], **told)
    assert transfer is not None
    transfer.link_hash = hash_of(sign * 46)
    tables = Model.metadata.tables
    row = make_row(tables["id_copies"], at, request_id=request.id, link_hash=hash_of(sign * 47), expires_on=at.date())
    withdrawal = {"person_id": account.person_id, "order_id": order.id, "receipt_hash": receipt_hash(sign * 48)}
    make_row(tables["withdrawals"], at, what="Geheim", email=email, **withdrawal)
    cart = make_row(tables["carts"], at, person_id=account.person_id)
    keys = {
        "address": 0,
        "number": order.number,
        "line": order.lines[0].id,
        "invoice": make_row(tables["invoices"], at, order_id=order.id, sequence=ord(sign)),
        "shipment": make_row(tables["shipments"], at, order_id=order.id, status="shipped"),
        "thread": thread.reference,
        "transfer": transfer.id,
        "request": request.id,
        "copy": row,
        "kind": "addresses",
        "empty_kind": "transfers",
        "cart_line": make_row(tables["cart_lines"], at, cart_id=cart, variant_id=product.variants[0].id, quantity=1),
    }
    with app.test_request_context():
        tokens = {
            "order": link,
            "return": order.return_token,
            "contact": sign * 43,
            "request": letters.link_token(request),
            "mailbox": letters._token("mailbox", request, app.config["SECRET_KEY"]),
            "way": letters._token("way", request, app.config["SECRET_KEY"]),
            "transfer": sign * 46,
            "id_copy": sign * 47,
            "withdrawal": sign * 48,
        }
    db.session.commit()
    keys["address"] = db.session.query(tables["addresses"]).filter_by(person_id=account.person_id).one().id
    browser = Browser(app)
    sign_in(browser, account)
    keys["session"] = db.session.query(SignInSession).filter_by(person_id=account.person_id).one().id
    assert db.session.get(CartLine, keys["cart_line"]) is not None
    db.session.rollback()
    return Victim(email, keys, tokens)


@pytest.fixture
def victim(app: Flask) -> Victim:
    """Whose everything is tried."""
    make_shipping()
    return everything_of(app, "slachtoffer@example.com", "q")


def customer_of(app: Flask) -> Browser:
    """Another customer."""
    browser = Browser(app)
    sign_in(browser, make_customer(email="dief@example.com"))
    return browser


def guest_of(app: Flask) -> Browser:
    """Somebody who proved another mailbox."""
    browser = Browser(app)
    prove(browser, "dief@example.com")
    return browser


def addresses(app: Flask) -> Iterator[tuple[str, set[str], str]]:
    """Endpoint, arguments and methods of each address with something in it, but the back office's."""
    for rule in app.url_map.iter_rules():
        wanted = rule.arguments - {"lang"}
        if wanted and rule.endpoint.partition(".")[0] not in ("staff", "static") and "." in rule.endpoint:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule.endpoint, wanted, method


def open_with(app: Flask, browser: Browser, endpoint: str, method: str, values: dict[str, Any]) -> Any:
    """Try an address; a form is sent as a page of the shop would."""
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(endpoint, {**values, "lang": "nl"}, method=method).split("?")[0]
    if method == "GET":
        return browser.get(path)
    if browser.has_session:
        browser.get("/account/data/confirm")  # a page with the session's own token
    return browser.post(path, **ADDRESS, quantity="3", message="Ik was hier", understood="y")


def test_every_address_is_in_the_table(app: Flask) -> None:
    found = {endpoint for endpoint, _wanted, _method in addresses(app)}
    assert found == FOR_EVERYBODY | set(OWN) | set(BY_TOKEN)


@pytest.mark.parametrize("thief_of", [customer_of, guest_of, Browser])
def test_somebody_elses_keys_open_and_change_nothing(
    app: Flask, victim: Victim, thief_of: Callable[[Flask], Browser]
) -> None:
    thief = thief_of(app)
    before = every_row(*NOTED)
    for endpoint, wanted, method in addresses(app):
        if endpoint not in OWN:
            continue
        values = {name: victim.keys[OWN[endpoint][name]] for name in wanted}
        page = open_with(app, thief, endpoint, method, values)
        is_sent_away = page.status == 303 and ("sign-in" in page.location or "data-request" in page.location)
        is_sent_away |= endpoint == "cart.change" and page.status in (303, 422)
        assert page.status in (403, 404, 409) or is_sent_away, (endpoint, method, page.status, page.location)
        assert not any(word in page.text for word in SECRET), (endpoint, method)
    assert every_row(*NOTED) == before


def test_ones_own_order_opens_no_line_parcel_or_paper_of_another(app: Flask, victim: Victim) -> None:
    mine = everything_of(app, "dief@example.com", "d")
    thief = Browser(app)
    sign_in(thief, db.session.query(Model.metadata.tables["accounts"]).filter_by(email=mine.email).one())
    before = every_row(*NOTED)
    tried = 0
    for endpoint, wanted, method in addresses(app):
        names = {**OWN.get(endpoint, {}), "line_id": "line", "shipment_id": "shipment", "request_id": "request"}
        others = wanted - {"number", "token", "kind"}
        if not others or not wanted & {"number", "token"} or endpoint in OPENS_NOTHING:
            continue
        values = {name: victim.keys[names[name]] for name in others}
        own = {"number": mine.keys["number"], "token": mine.tokens[BY_TOKEN.get(endpoint, "order")]}
        page = open_with(app, thief, endpoint, method, {**values, **{n: own[n] for n in wanted & {"number", "token"}}})
        assert page.status == 404, (endpoint, method, page.status)
        tried += 1
    assert tried >= 8
    assert every_row(*NOTED) == before


def test_a_token_of_one_kind_opens_nothing_of_another(app: Flask, victim: Victim) -> None:
    before = every_row(*NOTED)
    stranger = Browser(app)
    keys = {"line_id": "line", "shipment_id": "shipment", "request_id": "request"}
    for endpoint, wanted, method in addresses(app):
        if endpoint not in BY_TOKEN or endpoint in OPENS_NOTHING:
            continue
        right = {BY_TOKEN[endpoint]} | ({"return"} if BY_TOKEN[endpoint] == "order" else set())
        for kind, token in victim.tokens.items():
            if kind not in right:
                values = {name: victim.keys[keys[name]] for name in wanted - {"token"}}
                page = open_with(app, stranger, endpoint, method, {**values, "token": token})
                is_sent_away = page.status == 303 and page.location.split("?")[0] in (
                    "/withdraw",
                    "/orders/find",
                    "/contact",
                )
                assert page.status in (404, 410) or is_sent_away, (endpoint, method, kind, page.status, page.location)
                assert not any(word in page.text for word in SECRET)
    assert every_row(*NOTED) == before
