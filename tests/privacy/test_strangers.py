"""Somebody else's data stays closed: to another customer, another mailbox, staff, and a session that was stolen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from shop.accounts.actions import save_address
from shop.contact import actions as contact
from shop.core import clock
from shop.core.db import db
from shop.privacy.actions import requests as rights
from shop.privacy.actions import transfers
from shop.privacy.models import Transfer
from shop.privacy.queries import held
from tests.factories import PASSWORD, make_customer, make_order, sign_in
from tests.page import Browser
from tests.privacy.proving import prove
from tests.site.hostile import every_row
from tests.site.test_hostile_inside import ADDRESS

NOTED = ("mailbox_proofs", "sign_in_sessions", "outbox", "people")
LASTING = (
    *("/account/data/delete", "/account/data/transfer", "/account/data/download", "/account/data/take"),
    "/account/data/email",
)


@pytest.fixture
def victim(app: Flask) -> Any:
    """Somebody with an address, an order, a question, a request and a transfer that waits."""
    account, now = make_customer(email="slachtoffer@example.com"), clock.now()
    save_address(account.person_id, ADDRESS)
    make_order(account=account, status="confirmed")
    question = contact.Question("order", "Geheim", "nl", account.email, person_id=account.person_id)
    contact.ask(question, receipt="q" * 43, is_mailed=False, at=now)
    asked = rights.Asked(
        "access", "form", "nl", clock.today(), email=account.email, person_id=account.person_id, proof="signed_in"
    )
    rights.take_in(asked, key="r" * 43, is_mailed=False, at=now)
    told = {"organisation": "Elders", "email": "x@example.org", "key": "t" * 43, "language": "nl", "at": now}
    assert transfers.start([account.person_id], **told) is not None
    db.session.commit()
    return account


def signed_in(app: Flask) -> Browser:
    """Another customer."""
    browser = Browser(app)
    sign_in(browser, make_customer(email="dief@example.com"))
    return browser


def proved(app: Flask) -> Browser:
    """Somebody who proved another mailbox."""
    browser = Browser(app)
    prove(browser, "dief@example.com")
    return browser


@pytest.mark.both_databases
@pytest.mark.parametrize("thief_of", [signed_in, proved])
def test_no_row_of_somebody_else_is_shown_changed_or_erased(
    app: Flask, victim: Any, thief_of: Callable[[Flask], Browser]
) -> None:
    thief = thief_of(app)
    rows = [(item.table.name, item.key_text) for item in held.items([victim.person_id])]
    assert {"accounts", "addresses", "orders", "contact_threads", "rights_requests", "transfers"} <= {
        t for t, _k in rows
    }
    offer = db.session.query(Transfer).one().id
    before = every_row(*NOTED)
    for table, key in rows:
        assert thief.get(f"/account/data/correct/{table}/{key}").status == 404, table
        assert thief.post(f"/account/data/correct/{table}/{key}", street="Elders", given_name="X").status == 404, table
        assert thief.post("/account/data/delete/item", item=f"{table}:{key}").status == 404, table
        assert thief.post("/account/data/delete/item/now", item=f"{table}:{key}").status == 404, table
        page = thief.get(f"/account/data/all/{table}?before=999999")
        assert page.status == 404 or "slachtoffer" not in page.text, table
    assert thief.post(f"/account/data/transfer/{offer}/cancel").status in (404, 409)
    assert "slachtoffer" not in thief.get("/account/data").text
    assert every_row(*NOTED) == before


def test_a_stolen_session_takes_erases_and_sends_nothing(app: Flask, victim: Any, at: Any) -> None:
    browser = Browser(app)
    at("2026-11-20 12:00")
    sign_in(browser, victim)
    at("2026-11-20 12:11")
    browser.get("/account/data")
    before = every_row(*NOTED)
    for path in LASTING:
        answer = browser.get(path)
        assert (answer.status, answer.location.partition("?")[0]) == (303, "/account/data/confirm"), path
    sent = {"organisation": "Dief", "email": "dief@example.com", "key": "k" * 43}
    assert browser.post("/account/data/transfer", **sent).location.startswith("/account/data/confirm")
    assert browser.post("/account/data/delete", understood="y").location.startswith("/account/data/confirm")
    assert browser.post("/account/data/email", email="dief@example.com").location.startswith("/account/data/confirm")
    where = [item for item in held.items([victim.person_id]) if item.table.name in ("addresses", "order_addresses")]
    assert len(where) == 2
    for item in where:  # a parcel that is on its way is not diverted either
        path = f"/account/data/correct/{item.table.name}/{item.key_text}"
        for answer in (browser.get(path), browser.post(path, street="Elders", house_number="1")):
            assert (answer.status, answer.location.partition("?")[0]) == (303, "/account/data/confirm"), path
    assert every_row(*NOTED) == before
    browser.get(browser.get(path).location)
    assert browser.send("/account/data/confirm", password=PASSWORD).location == path
    browser.get(path)
    assert browser.send(path, street="Dorpsstraat").status == 303


def test_staff_have_no_way_in(app: Flask, victim: Any, staff: Callable[..., Browser]) -> None:
    boss = staff("owner", "privacy")
    for path in ("/account/data", *LASTING):
        assert boss.get(path).status == 303, path
        assert "data-request" in boss.get(path).location, path
