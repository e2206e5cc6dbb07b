"""Signing in and out, and what the session is made of."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Account, SignInSession
from shop.accounts.passwords import needs_rehash
from shop.core.db import db
from tests.accounts.mail import mails_to, text_of
from tests.conftest import Outbox
from tests.factories import PASSWORD, make_customer, sign_in
from tests.page import Browser, Page

Clock = Callable[[str], Any]
FIREFOX = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


def rows() -> list[SignInSession]:
    """The sessions there are."""
    db.session.rollback()
    return list(db.session.scalars(select(SignInSession).order_by(SignInSession.id)))


def try_to(browser: Browser, email: str, password: str) -> Page:
    """Fill in the form and send it."""
    browser.get("/account/sign-in")
    return browser.send("/account/sign-in", email=email, password=password)


def token_of(browser: Browser) -> str:
    """The token in a browser's cookie."""
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


@pytest.mark.both_databases
def test_a_customer_signs_in_and_comes_where_they_wanted(visitor: Browser) -> None:
    account = make_customer(given_name="Noor")
    page = visitor.get("/account/addresses")
    assert (page.status, page.location) == (303, "/account/sign-in?next=/account/addresses")
    visitor.get(page.location)
    answer = visitor.send("/account/sign-in", email=f" {account.email.upper()} ", password=PASSWORD)
    assert (answer.status, answer.location) == (303, "/account/addresses")
    assert "Hallo Noor, fijn dat je er bent." in visitor.get("/account").text


def test_who_asked_in_english_comes_back_in_english(visitor: Browser) -> None:
    account = make_customer()
    visitor.get(visitor.get("/en/account/security").location)
    answer = visitor.send("/en/account/sign-in", email=account.email, password=PASSWORD)
    assert answer.location == "/en/account/security"


def test_every_refusal_is_the_same(app: Flask, outbox: Outbox) -> None:
    make_customer(email="bekend@example.com")
    make_customer(email="wacht@example.com", confirmed_at=None)
    tries = [
        ("bekend@example.com", "een verkeerd wachtwoord"),
        ("wacht@example.com", PASSWORD),
        ("onbekend@example.com", PASSWORD),
        ("geen adres", PASSWORD),
    ]
    pages = [try_to(Browser(app), email, password) for email, password in tries]
    assert {page.status for page in pages} == {422}
    bodies = {page.body.decode().replace(email, "-") for page, (email, _password) in zip(pages, tries, strict=True)}
    assert len(bodies) == 1
    assert pages[0].errors() == {"password": "Fout: E-mailadres en wachtwoord horen niet bij elkaar."}
    assert len({tuple(sorted(name for name, _value in page.headers)) for page in pages}) == 1
    assert outbox.mails() == []
    assert rows() == []
    assert not any(page.headers.get("Set-Cookie") for page in pages)


def test_nothing_is_asked_twice_when_fields_are_empty(visitor: Browser) -> None:
    page = try_to(visitor, "", "")
    assert page.errors() == {"email": "Fout: Vul je e-mailadres in.", "password": "Fout: Vul je wachtwoord in."}


@pytest.mark.both_databases
def test_the_table_holds_a_hash_of_the_token_and_nothing_of_the_visitor(visitor: Browser) -> None:
    account = make_customer()
    sign_in(visitor, account)
    token = token_of(visitor)
    (row,) = rows()
    assert len(token) == 43
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in row.content
    content = json.loads(row.content)
    assert set(content) == {"_user_id", "_fresh", "_id", "csrf_token", "proved_at"}
    assert content["_id"] == ""  # Flask-Login would put a hash of IP address and user agent here
    assert content["_user_id"] == f"customer:{account.id}"
    assert token not in visitor.get("/account").body.decode()


def test_reading_pages_writes_nothing(visitor: Browser) -> None:
    sign_in(visitor, make_customer())
    before = [(row.content, row.last_used_at) for row in rows()]
    for path in ("/account", "/account/security", "/account/addresses"):
        assert "Set-Cookie" not in visitor.get(path).headers
    assert [(row.content, row.last_used_at) for row in rows()] == before


def test_a_cookie_from_before_is_worth_nothing_after_signing_in(app: Flask, visitor: Browser) -> None:
    visitor.client.set_cookie("session", "A" * 43)
    account = make_customer()
    visitor.get("/account/sign-in")  # takes the unknown cookie away
    sign_in(visitor, account)
    assert token_of(visitor) != "A" * 43
    thief = Browser(app)
    thief.client.set_cookie("session", "A" * 43)
    assert thief.get("/account").status == 303


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(app: Flask, visitor: Browser) -> None:
    account = make_customer()
    sign_in(visitor, account)
    old = token_of(visitor)
    visitor.get("/account")
    visitor.send("/account/sign-out")
    sign_in(visitor, account)
    assert token_of(visitor) != old
    thief = Browser(app)
    thief.client.set_cookie("session", old)
    assert thief.get("/account").status == 303


def test_the_cookie_is_for_the_server_alone(app: Flask) -> None:
    account = make_customer()
    browser = Browser(app)
    page = try_to(browser, account.email, PASSWORD)
    (cookie,) = page.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert page.headers["Cache-Control"] == "no-store"


def test_after_signing_out_the_cookie_is_gone_and_its_token_dead(app: Flask, visitor: Browser) -> None:
    sign_in(visitor, make_customer())
    token = token_of(visitor)
    visitor.get("/account")
    answer = visitor.send("/account/sign-out")
    assert (answer.status, answer.location) == (303, "/?notice=signed_out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not visitor.cookies
    assert rows() == []
    thief = Browser(app)
    for _turn in range(20):
        thief.client.set_cookie("session", token)
        assert thief.get("/account").status == 303


def test_signing_out_needs_the_token_of_the_session(visitor: Browser) -> None:
    sign_in(visitor, make_customer())
    assert visitor.post("/account/sign-out", csrf_token="not the token").status == 400
    assert visitor.get("/account/sign-out").status == 405
    assert len(rows()) == 1


def test_no_other_site_can_sign_somebody_in_or_out(app: Flask, visitor: Browser) -> None:
    account = make_customer()
    hostile = {"Sec-Fetch-Site": "cross-site", "Origin": "https://example.com"}
    values = {"email": account.email, "password": PASSWORD}
    assert visitor.post("/account/sign-in", _headers_too=hostile, **values).status == 403
    assert rows() == []


def test_signing_out_twice_is_signing_out_once(visitor: Browser) -> None:
    assert visitor.post("/account/sign-out").location == "/?notice=signed_out"


@pytest.mark.parametrize(
    "path", ["/account/sign-up", "/account/sign-in", "/account/reset", "/account", "/account/addresses"]
)
def test_no_page_gives_a_visitor_a_cookie(visitor: Browser, path: str) -> None:
    page = visitor.get(path)
    assert "Set-Cookie" not in page.headers
    assert not visitor.cookies


def test_who_is_signed_in_already_goes_straight_on(visitor: Browser) -> None:
    sign_in(visitor, make_customer())
    assert visitor.get("/account/sign-in?next=/account/security").location == "/account/security"
    assert visitor.get("/account/sign-up").location == "/account"


def test_a_remember_cookie_is_never_believed(visitor: Browser) -> None:
    account = make_customer()
    visitor.client.set_cookie("remember_token", f"customer:{account.id}|{'0' * 128}")
    assert visitor.get("/account").status == 303


def test_a_session_of_another_person_with_the_same_account_number_is_nobody(visitor: Browser) -> None:
    account, other = make_customer(), make_customer()
    sign_in(visitor, account)
    (row,) = rows()
    row.person_id = other.person_id
    db.session.commit()
    assert visitor.get("/account").status == 303


@pytest.mark.parametrize(
    ("moments", "is_in"),
    [
        (["2026-03-14 12:00"], True),
        (["2026-03-16 12:00"], False),
        (["2026-03-12 12:00", "2026-03-24 12:00"], True),
        (["2026-03-12 12:00", "2026-03-24 12:00", "2026-04-01 12:00"], False),
    ],
)
def test_a_session_ends_after_two_weeks_away_and_a_month_at_most(
    visitor: Browser, at: Clock, moments: list[str], is_in: bool
) -> None:
    at("2026-03-01 12:00")
    sign_in(visitor, make_customer())
    for moment in moments:
        at(moment)
        page = visitor.get("/account")
    assert (page.status == 200) is is_in


def test_an_eleventh_device_takes_the_place_of_the_first(app: Flask) -> None:
    account = make_customer()
    browsers = [Browser(app) for _number in range(11)]
    for browser in browsers:
        sign_in(browser, account)
    assert [browser.get("/account").status for browser in browsers] == [303] + [200] * 10


def test_a_password_hashed_with_older_settings_is_hashed_anew(visitor: Browser) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account = make_customer(password_hash=old)
    sign_in(visitor, account)
    kept = db.session.scalars(select(Account.password_hash)).one()
    assert kept != old
    assert not needs_rehash(kept)
    visitor.get("/account")
    visitor.send("/account/sign-out")
    sign_in(visitor, account)


def test_a_password_never_has_to_be_changed(visitor: Browser, at: Clock) -> None:
    at("2026-03-01 12:00")
    account = make_customer()
    at("2027-06-01 12:00")
    sign_in(visitor, account)


def test_signing_in_from_another_kind_of_device_is_mailed(app: Flask, at: Clock, outbox: Outbox) -> None:
    at("2026-03-01 12:00")
    account = make_customer()
    sign_in(Browser(app), account)
    assert outbox.mails() == []
    at("2026-03-03 12:00")
    phone = Browser(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(phone, account)
    assert outbox.mails() == ["account_new_device"]
    text = text_of(mails_to(account.email)[0])
    assert "Op 3 maart 2026, 12:00 heeft iemand op je account ingelogd met Firefox, mobiel." in text
    second = Browser(app)
    second.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(second, account)
    assert len(outbox.mails()) == 1


def test_every_page_says_whether_somebody_is_signed_in(visitor: Browser) -> None:
    assert "/account/sign-in" in visitor.get("/account/reset").links()
    sign_in(visitor, make_customer())
    assert "/account/sign-in" not in visitor.get("/account").links()
    assert "/account/sign-out" in visitor.get("/account").actions
