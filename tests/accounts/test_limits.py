"""How often somebody may try."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shop import create_app
from shop.accounts import limits, passwords
from shop.accounts.views import signing_in
from shop.config import ROOT
from shop.core.db import Model, db
from shop.core.security import limiter
from tests.accounts.mail import code_for, mails_to
from tests.conftest import empty, settings
from tests.factories import PASSWORD, make_customer, sign_in
from tests.page import Browser, Page

Clock = Callable[[str], Any]


@pytest.fixture(scope="module")
def limited_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A shop that counts; the other shops of this test process do not."""
    folder = tmp_path_factory.mktemp("limited-shop")
    values = settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", "http://127.0.0.1:1")
    shop = create_app({**values, "RATELIMIT_ENABLED": True})
    with shop.app_context():
        Model.metadata.create_all(db.engine)
    yield shop
    limiter.enabled = False


@pytest.fixture
def app(limited_shop: Flask) -> Iterator[Flask]:
    """That shop with an empty database, and nothing counted yet."""
    limiter.enabled = True
    limiter.reset()
    with limited_shop.app_context():
        empty(limited_shop)
        yield limited_shop
        db.session.rollback()
        db.session.remove()
    limiter.enabled = False


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really looked at, without the work of hashing."""
    seen: list[str] = []

    def verify(kept: str | None, typed: str) -> bool:
        seen.append(typed)
        return bool(kept) and typed == PASSWORD

    monkeypatch.setattr(signing_in, "verify_password", verify)
    return seen


def browser_at(app: Flask, address: str) -> Browser:
    """Somebody at an IP address of their own."""
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def try_to(browser: Browser, email: str, password: str = "een verkeerd wachtwoord") -> Page:
    """Send the form."""
    return browser.post("/account/sign-in", email=email, password=password)


def test_of_a_thousand_tries_fewer_than_sixty_are_checked(app: Flask, at: Clock, checked: list[str]) -> None:
    at("2026-03-01 12:00")
    emails = [make_customer().email for _number in range(200)]
    robot = browser_at(app, "192.0.2.1")
    statuses = [try_to(robot, emails[number % 200]).status for number in range(1000)]
    assert set(statuses) == {422, 429}
    assert len(checked) < 60
    owner = browser_at(app, "198.51.100.7")
    assert try_to(owner, emails[0], PASSWORD).status == 303


def test_waiting_grows_and_the_right_password_works_after_it(app: Flask, at: Clock, checked: list[str]) -> None:
    account = make_customer()
    browser = browser_at(app, "192.0.2.2")
    let_through = []
    for moment in ("12:00", "12:06", "12:12", "12:18"):
        at(f"2026-03-01 {moment}")
        let_through.append([try_to(browser, account.email).status for _turn in range(8)].count(422))
    assert let_through == [5, 5, 0, 0]
    refused = try_to(browser, account.email, PASSWORD)
    assert refused.status == 429
    assert refused.heading == "Een ogenblik"
    assert int(refused.headers["Retry-After"]) > 0
    at("2026-03-01 16:00")
    assert try_to(browser, account.email, PASSWORD).status == 303


def test_an_attack_from_everywhere_slows_one_account_and_a_code_still_lets_its_owner_in(
    app: Flask, at: Clock, checked: list[str]
) -> None:
    at("2026-03-01 12:00")
    account, other = make_customer(), make_customer()
    statuses = [try_to(browser_at(app, f"192.0.2.{number}"), account.email).status for number in range(100)]
    assert statuses.count(422) == 20
    owner = browser_at(app, "198.51.100.7")
    assert try_to(owner, account.email, PASSWORD).status == 429
    assert try_to(owner, other.email, PASSWORD).status == 303
    owner.get("/account")
    owner.send("/account/sign-out")
    owner.get("/account/reset")
    owner.send("/account/reset", email=account.email)
    answer = owner.send("/account/reset/code", code=code_for(account.email), password="een heel ander wachtwoord")
    assert answer.status == 303


def test_signing_in_rightly_is_never_counted(app: Flask) -> None:
    account = make_customer()
    for _turn in range(30):
        sign_in(browser_at(app, "192.0.2.3"), account)


def test_known_and_unknown_addresses_are_slowed_down_alike(app: Flask, at: Clock, checked: list[str]) -> None:
    at("2026-03-01 12:00")
    account = make_customer()
    told = []
    for email in (account.email, "onbekend@example.com"):
        browser = browser_at(app, f"192.0.2.{len(email)}")
        pages = [try_to(browser, email) for _turn in range(7)]
        told.append([(page.status, page.headers.get("X-RateLimit-Remaining")) for page in pages])
    assert told[0] == told[1]


@pytest.mark.parametrize("path", ["/account/sign-up", "/account/reset"])
def test_an_address_gets_five_messages_an_hour_whoever_asks(app: Flask, at: Clock, path: str) -> None:
    at("2026-03-01 12:00")
    account = make_customer()
    statuses = []
    for number in range(8):
        typed = account.email.upper() if number % 2 else f" {account.email} "
        values = {"email": typed, "password": PASSWORD}
        statuses.append(browser_at(app, f"192.0.2.{number}").post(path, **values).status)
    assert statuses == [200] * 5 + [429] * 3
    assert len(mails_to(account.email)) == 5


def test_wrong_codes_are_counted_besides_the_tries_of_each_code(app: Flask, at: Clock) -> None:
    at("2026-03-01 12:00")
    robot = browser_at(app, "192.0.2.9")
    statuses = [
        robot.post("/account/sign-up/code", email=f"klant-{n}@example.com", binding="x", code="AAAAAAAA").status
        for n in range(60)
    ]
    assert statuses == [422] * 40 + [429] * 20


def test_the_current_password_cannot_be_guessed_in_an_open_session(app: Flask, at: Clock) -> None:
    at("2026-03-01 12:00")
    browser = browser_at(app, "192.0.2.10")
    sign_in(browser, make_customer())
    browser.get("/account/security")
    values = {"current_password": "een verkeerd wachtwoord", "password": "een heel ander wachtwoord"}
    form = browser.page.form("/account/security/password") if browser.page else {}
    statuses = [browser.post("/account/security/password", **{**form, **values}).status for _turn in range(7)]
    assert statuses == [422] * 5 + [429] * 2


def test_one_password_is_hashed_at_a_time() -> None:
    assert passwords._one_at_a_time._value == 1  # type: ignore[attr-defined]


def test_a_refused_form_sends_nothing_and_counts_nothing(app: Flask, at: Clock) -> None:
    at("2026-03-01 12:00")
    browser = browser_at(app, "192.0.2.11")
    for _turn in range(30):
        assert browser.post("/account/sign-up", email="nieuw@example.com", password="te kort").status == 422
    assert browser.post("/account/sign-up", email="nieuw@example.com", password=PASSWORD).status == 200


def test_the_written_limits_are_the_real_ones() -> None:
    source = Path(limits.__file__).read_text(encoding="utf-8")
    windows = re.findall(r'"([^"]*\d+ per [^"]*)"', source)
    told = re.findall(r"\| ([^|]*\d+ per [^|]*) \|", (ROOT / "docs" / "signing-in.md").read_text(encoding="utf-8"))
    assert windows == told
