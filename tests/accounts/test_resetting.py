"""Another password: by a mailed code, or by who knows the present one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.accounts.models import Account, Code, SignInSession
from shop.core.db import db
from tests.accounts.mail import code_for, mails_to, text_of
from tests.conftest import Outbox
from tests.factories import PASSWORD, make_customer, sign_in
from tests.page import Browser, Page

Clock = Callable[[str], Any]
NEW = "een heel ander wachtwoord"


def ask(browser: Browser, email: str) -> Page:
    """Ask for a code."""
    browser.get("/account/reset")
    return browser.send("/account/reset", email=email)


def sessions() -> int:
    """How many sessions there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignInSession)) or 0


@pytest.mark.both_databases
def test_a_code_gives_a_new_password_and_ends_every_session(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    account = make_customer()
    thief = Browser(app)
    sign_in(thief, account)
    page = ask(visitor, account.email)
    assert (page.status, page.heading) == (200, "Kijk in je mail")
    answer = visitor.send("/account/reset/code", code=code_for(account.email), password=NEW)
    assert (answer.status, answer.location) == (303, "/account?notice=password_changed")
    assert visitor.get("/account").status == 200
    assert thief.get("/account").status == 303
    assert sessions() == 1
    assert outbox.mails() == ["account_code", "account_password_changed"]
    other = Browser(app)
    other.get("/account/sign-in")
    assert other.send("/account/sign-in", email=account.email, password=PASSWORD).status == 422
    assert other.send("/account/sign-in", email=account.email, password=NEW).status == 303


def test_a_known_and_an_unknown_address_get_the_same_answers(app: Flask, outbox: Outbox) -> None:
    account = make_customer(email="bekend@example.com")
    browsers = {email: Browser(app) for email in (account.email, "onbekend@example.com")}
    for step in (ask, wrong_code, weak_password):
        pages = {email: step(browser, email) for email, browser in browsers.items()}
        bodies = {same(page, email) for email, page in pages.items()}
        assert len(bodies) == 1
        assert len({page.status for page in pages.values()}) == 1
        assert len({tuple(sorted(name for name, _value in page.headers)) for page in pages.values()}) == 1
    assert outbox.mails() == ["account_code"]
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def wrong_code(browser: Browser, email: str) -> Page:
    """Type a code that nobody mailed."""
    page = browser.send("/account/reset/code", code="AAAA-AAAA", password=NEW)
    assert page.errors() == {"code": "Fout: Deze code klopt niet of is niet meer geldig."}
    return page


def weak_password(browser: Browser, email: str) -> Page:
    """Choose a password that is refused."""
    return browser.send("/account/reset/code", code="AAAA-AAAA", password="welkom123456")


def same(page: Page, email: str) -> str:
    """A page without what is different by chance."""
    binding = page.soup.find("input", attrs={"name": "binding"})
    assert binding is not None
    return page.body.decode().replace(str(binding["value"]), "-").replace(email, "-")


def test_a_refused_password_does_not_use_up_the_code(visitor: Browser) -> None:
    account = make_customer()
    ask(visitor, account.email)
    for _turn in range(6):
        page = visitor.send("/account/reset/code", code=code_for(account.email), password="te kort")
        assert list(page.errors()) == ["password"]
    assert visitor.send("/account/reset/code", code=code_for(account.email), password=NEW).status == 303


def test_the_code_of_another_page_does_not_fit(app: Flask, visitor: Browser) -> None:
    account = make_customer()
    ask(visitor, account.email)
    thief = Browser(app)
    ask(thief, account.email)
    code = code_for(account.email)  # asked for by the thief, read by the customer
    assert visitor.send("/account/reset/code", code=code, password=NEW).status == 422
    assert thief.send("/account/reset/code", code=code, password=NEW).status == 303


def test_the_code_for_one_account_does_not_open_another(visitor: Browser) -> None:
    mine, other = make_customer(), make_customer()
    ask(visitor, mine.email)
    assert visitor.send("/account/reset/code", email=other.email, code=code_for(mine.email), password=NEW).status == 422
    assert sessions() == 0


def test_a_code_for_signing_up_does_not_reset(visitor: Browser) -> None:
    visitor.get("/account/sign-up")
    page = visitor.send("/account/sign-up", email="nieuw@example.com", password=PASSWORD)
    form = page.form("/account/sign-up/code")
    values = {**form, "code": code_for("nieuw@example.com"), "password": NEW}
    assert visitor.post("/account/reset/code", **values).status == 422


@pytest.mark.parametrize(("minute", "status"), [("12:09", 303), ("12:11", 422)])
def test_the_code_is_valid_for_ten_minutes(visitor: Browser, at: Clock, minute: str, status: int) -> None:
    at("2026-03-01 12:00")
    account = make_customer()
    ask(visitor, account.email)
    code = code_for(account.email)
    at(f"2026-03-01 {minute}")
    assert visitor.send("/account/reset/code", code=code, password=NEW).status == status


def test_the_code_is_dead_after_five_wrong_tries(visitor: Browser) -> None:
    account = make_customer()
    ask(visitor, account.email)
    for _turn in range(5):
        wrong_code(visitor, account.email)
    assert visitor.send("/account/reset/code", code=code_for(account.email), password=NEW).status == 422
    db.session.rollback()
    assert db.session.scalars(select(Code.tries_left)).one() == 0


def test_who_never_typed_the_first_code_can_still_come_in_by_this_one(visitor: Browser) -> None:
    account = make_customer(confirmed_at=None, password_hash="")
    ask(visitor, account.email)
    assert visitor.send("/account/reset/code", code=code_for(account.email), password=NEW).status == 303
    assert visitor.get("/account").status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_links_in_mails_lead_to_the_shop_whatever_host_is_asked(app: Flask, host: str) -> None:
    account = make_customer()
    values = {"email": account.email, "password": PASSWORD}
    app.test_client().post("/account/sign-up", data=values, headers={"Host": host})
    app.test_client().post("/account/sign-up", data=values, headers={"X-Forwarded-Host": host})
    for mail in mails_to(account.email):
        assert "http://localhost/account/reset" in text_of(mail)
        assert "evil" not in text_of(mail)


@pytest.mark.both_databases
def test_the_password_is_changed_by_who_knows_it(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    account = make_customer()
    other = Browser(app)
    sign_in(other, account)
    sign_in(visitor, account)
    before = visitor.client.get_cookie("session")
    visitor.get("/account/security")
    answer = visitor.send("/account/security/password", current_password=PASSWORD, password=NEW)
    assert (answer.status, answer.location) == (303, "/account/security?notice=password_changed")
    assert visitor.get("/account/security").status == 200
    after = visitor.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert other.get("/account").status == 303
    assert outbox.mails() == ["account_password_changed"]
    assert "/account/reset" in text_of(mails_to(account.email)[0])


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"current_password": "een verkeerd wachtwoord"}, "current_password", "niet je huidige wachtwoord"),
        ({"current_password": ""}, "current_password", "Vul je huidige wachtwoord in."),
        ({"password": "welkom123456"}, "password", "Veel mensen gebruiken"),
        ({"password": "te kort"}, "password", "ten minste 12 tekens"),
        ({"password": "winkel-bekende-klant", "email": "x@example.com"}, "password", "je e-mailadres staat in"),
    ],
)
def test_a_password_is_not_changed_when_something_is_wrong(
    app: Flask, visitor: Browser, values: dict[str, str], field: str, text: str
) -> None:
    account = make_customer(email="bekende-klant@example.com")
    sign_in(visitor, account)
    visitor.get("/account/security")
    page = visitor.send("/account/security/password", **{"current_password": PASSWORD, "password": NEW, **values})
    assert page.status == 422
    assert list(page.errors()) == [field]
    assert text in page.errors()[field]
    other = Browser(app)
    sign_in(other, account)
    assert sessions() == 2
