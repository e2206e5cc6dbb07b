"""Every form of the shop, sent with odd values in every field that any form has: a page that is clear, never a 500."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from shop.accounts.actions import save_address
from shop.contact import actions as contact
from shop.core import clock
from shop.core.db import db
from shop.core.forms import ShopForm
from shop.privacy.actions import requests as rights
from shop.privacy.actions import transfers
from tests.factories import make_attempt, make_customer, make_order, make_product, make_shipping
from tests.page import Browser
from tests.privacy.proving import prove
from tests.site.hostile import NUMBERS, TEXTS, addresses_that_take_forms, send
from tests.site.test_hostile_inside import ADDRESS

ODD = (
    *TEXTS,
    *NUMBERS,
    "\x00",
    "\ud7ff\ufffe",
    "a@b.nl\r\nBcc: x@evil.example",
    "x" * 70_000,
    "😀" * 4_001,
    "2026-13-45",
)
LAST = ("sign_out", "leave", "sessions", "erase", "delet", "sign_in", "security", "new_password")


def fields_of_all_forms() -> list[str]:
    """The names of the fields of every form in the shop."""
    found: dict[str, None] = {}
    waiting: list[Any] = list(ShopForm.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found |= dict.fromkeys(name for name in dir(form) if hasattr(getattr(form, name, None), "field_class"))
    return sorted(found)


def odd_values(turn: int) -> MultiDict[str, Any]:
    """Every field that there is, some of them twice, each with something odd; another turn has other values."""
    values: MultiDict[str, Any] = MultiDict()
    for number, name in enumerate(fields_of_all_forms()):
        values.add(name, ODD[(number * 7 + turn * 5) % len(ODD)])
        if (number + turn) % 5 == 0:
            values.add(name, ODD[(number + turn) % len(ODD)])
    return values


@pytest.fixture
def things(app: Flask) -> dict[str, str]:
    """One of everything that a form may be about, each with the number 1 where numbers begin."""
    make_shipping()
    make_product()
    account = make_customer(email="els@example.com")
    save_address(account.person_id, ADDRESS)
    order = make_order(account=account, status="confirmed")
    make_attempt(order, status="paid")
    now = clock.now()
    question = contact.Question("order", "Hallo", "nl", account.email, person_id=account.person_id)
    contact.ask(question, receipt="q" * 43, is_mailed=False, at=now)
    asked = rights.Asked("access", "form", "nl", clock.today(), email=account.email, known_email=account.email)
    rights.take_in(asked, key="r" * 43, is_mailed=False, at=now)
    transfers.start(
        [account.person_id], organisation="Elders", email="x@example.org", key="t" * 43, language="nl", at=now
    )
    db.session.commit()
    return {"number": order.number, "return_token": order.return_token, "email": account.email}


def addresses(app: Flask, things: dict[str, str], *, is_staff: bool) -> Iterator[str]:
    """Where forms can be sent, by numbers and tokens that are real and unreal; what ends a session comes last."""
    known = sorted(addresses_that_take_forms(app), key=lambda told: any(name in told[1] for name in LAST))
    for path, endpoint in known:
        if endpoint.startswith("staff.") is is_staff:
            yield path
            real = path.replace("26-AAAAAA", things["number"]).replace("a" * 43, things["return_token"])
            if real != path:
                yield real


def answers(browser: Browser, paths: Iterator[str], *, turns: int) -> list[tuple[str, int]]:
    """What goes wrong at these addresses."""
    found = []
    for number, path in enumerate(paths):
        for turn in range(turns):
            values = odd_values(number + turn)
            values["csrf_token"] = browser._token(path) if browser.has_session else ""
            status = send(browser.client, path, values).status_code
            if status >= 500 or (status == 200 and "withdraw" not in path):
                found.append((path, status))
    return found


def test_there_are_fields_to_be_odd_in(app: Flask) -> None:
    assert len(fields_of_all_forms()) > 100


def test_nobody_breaks_a_form(app: Flask, things: dict[str, str], mollie: Any) -> None:
    assert answers(Browser(app), addresses(app, things, is_staff=False), turns=1) == []


def test_a_customer_breaks_no_form(app: Flask, things: dict[str, str], customer: Browser, mollie: Any) -> None:
    assert answers(customer, addresses(app, things, is_staff=False), turns=1) == []


def test_who_proved_a_mailbox_breaks_no_form(app: Flask, things: dict[str, str], mollie: Any) -> None:
    browser = Browser(app)
    prove(browser, things["email"])
    assert answers(browser, addresses(app, things, is_staff=False), turns=1) == []


def test_staff_break_no_form(app: Flask, things: dict[str, str], staff: Callable[..., Browser], mollie: Any) -> None:
    boss = staff("owner", "fulfilment", "privacy", "bookkeeping")
    assert answers(boss, addresses(app, things, is_staff=True), turns=1) == []


def test_a_file_where_none_belongs_breaks_no_form(app: Flask, things: dict[str, str]) -> None:
    nobody = Browser(app)
    for path in addresses(app, things, is_staff=False):
        values = {"picture": (BytesIO(b"%PDF-1.4"), "a\x00b.png"), "email": (BytesIO(b"x"), "../../x"), "code": "1"}
        answer = send(nobody.client, path, values, content_type="multipart/form-data")
        assert answer.status_code < 500, path
