"""Taking data elsewhere: fresh proof, a neutral mail, one pick-up by who says who it is, and a way back before it."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.people.models import Disclosure
from shop.privacy.models import Transfer
from tests.accounts.mail import code_for
from tests.factories import PASSWORD, make_order
from tests.page import Browser

pytestmark = pytest.mark.both_databases

PATH = "/account/data/transfer"
BANK = {"organisation": "Winkel Elders B.V.", "email": "privacy@elders.example"}


def prove(browser: Browser) -> None:
    """Type the password once more."""
    browser.get("/account/data/confirm")
    assert browser.send("/account/data/confirm", password=PASSWORD).status == 303


def started(browser: Browser) -> None:
    browser.get(PATH)
    assert browser.send(PATH, **BANK).status == 303


def link_in(mail: Any) -> str:
    text = mail.get_content()
    return next(word for word in text.split() if "/transfer/" in word).removeprefix("http://localhost")


def test_a_session_without_fresh_proof_cannot_start_one(app: Flask, customer: Browser, at: Any) -> None:
    later = clock.now() + timedelta(minutes=11)
    at(later.astimezone(clock.AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S"))
    customer.get("/account")
    assert customer.get(PATH).status == 303
    page = customer.post(PATH, **BANK, key="k" * 43)
    assert page.status == 303
    assert "/account/data/confirm" in page.location
    assert db.session.scalars(select(Transfer)).all() == []


def test_from_the_name_of_an_organisation_to_its_pick_up(
    app: Flask, customer: Browser, visitor: Browser, mailbox: Any
) -> None:
    make_order(account=customer.account, status="confirmed")
    mailbox()
    prove(customer)
    page = customer.get(PATH)
    assert "Bestelling" in page.text or "bestelling" in page.text
    started(customer)
    mail = mailbox()[-1]
    assert mail["To"] == BANK["email"]
    text = f"{mail['Subject']} {mail.get_content()}"
    for personal in ("Sanne", "de Vries", customer.account.email, "Donkerstraat"):
        assert personal not in text
    link = link_in(mail)
    shown = visitor.get(link)
    assert shown.status == 200
    assert "Sanne" not in shown.text
    assert visitor.post(link, stated_name="", accepts="y").status == 422
    assert visitor.post(link, stated_name="Elders").status == 422
    fetched = visitor.post(link, stated_name="Elders, afdeling klanten", accepts="y")
    assert fetched.status == 200
    assert fetched.headers["Cache-Control"] == "no-store"
    names = ZipFile(BytesIO(fetched.body)).namelist()
    assert "gegevens.json" in names
    assert b"de Vries" in ZipFile(BytesIO(fetched.body)).read("gegevens.json")
    assert visitor.post(link, stated_name="Elders", accepts="y").status == 404
    assert visitor.get(link).status == 404
    told = mailbox()[-1]
    assert told["To"] == customer.account.email
    assert "Elders, afdeling klanten" in told.get_content()
    assert "Elders, afdeling klanten" in customer.get(PATH).text
    noted = db.session.scalars(select(Disclosure).where(Disclosure.recipient == BANK["organisation"])).one()
    assert noted.fields == "everything in the download"


def test_it_can_be_canceled_before_the_pick_up_and_by_nobody_else(
    app: Flask, customer: Browser, visitor: Browser, mailbox: Any
) -> None:
    from tests.factories import make_customer, sign_in

    prove(customer)
    started(customer)
    link = link_in(mailbox()[-1])
    number = db.session.scalars(select(Transfer.id)).one()
    db.session.rollback()
    other = Browser(app)
    sign_in(other, make_customer())
    other.get("/account")
    assert other.post(f"{PATH}/{number}/cancel").status == 409
    assert visitor.get(link).status == 200
    customer.get(PATH)
    assert customer.send(f"{PATH}/{number}/cancel").status == 303
    assert visitor.get(link).status == 404
    assert visitor.post(link, stated_name="Elders", accepts="y").status == 404
    customer.get(PATH)
    assert customer.post(f"{PATH}/{number}/cancel").status == 409


def test_it_ends_after_seven_days(app: Flask, customer: Browser, visitor: Browser, mailbox: Any, at: Any) -> None:
    at("2026-11-01 12:00")
    from tests.factories import make_customer, sign_in

    own = Browser(app)
    sign_in(own, make_customer())
    prove(own)
    started(own)
    link = link_in(mailbox()[-1])
    at("2026-11-08 11:59")
    assert visitor.get(link).status == 200
    at("2026-11-08 12:05")
    assert visitor.get(link).status == 404
    assert visitor.post(link, stated_name="Elders", accepts="y").status == 404


def test_the_same_form_sent_twice_is_one_offer(app: Flask, customer: Browser, outbox: Any) -> None:
    prove(customer)
    page = customer.get(PATH)
    values = {**page.form(PATH), **BANK}
    for _turn in range(2):
        assert customer.post(PATH, **values).status == 303
    assert len(db.session.scalars(select(Transfer)).all()) == 1
    db.session.rollback()
    assert outbox.mails().count("transfer_offer") == 1


def test_what_was_bought_without_an_account_goes_along_only_when_it_was_proved(
    app: Flask, customer: Browser, mailbox: Any
) -> None:
    """A guest's order with the same address: not by the password alone, but after a code to that mailbox."""
    email = customer.account.email
    number = make_order(status="confirmed", email=email).number
    prove(customer)
    started(customer)
    assert number not in fetched_by(app, link_in(mailbox()[-1]))
    customer.get("/account/data/confirm")
    customer.send("/account/data/confirm/send")
    assert customer.send("/account/data/confirm/code", code=code_for(email)).status == 303
    started(customer)
    link = link_in(mailbox()[-1])
    assert number in fetched_by(app, link)
    recipients = select(Disclosure.person_id).where(Disclosure.recipient == BANK["organisation"])
    assert len(set(db.session.scalars(recipients))) == 2


def fetched_by(app: Flask, link: str) -> str:
    """All that an organisation gets."""
    page = Browser(app).post(link, stated_name="Elders", accepts="y")
    assert page.status == 200
    return ZipFile(BytesIO(page.body)).read("gegevens.json").decode()
