"""Orders that are not paid in advance are mailed at once, so that a stranger can have them mailed to anybody."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from shop.app import create_app
from shop.core.db import Model, db
from shop.core.security import limiter
from tests.checkout.conftest import Shopper, orders, pickup
from tests.conftest import Outbox, empty, settings
from tests.factories import make_customer, make_shipping, sign_in
from tests.page import Browser

EMAIL = "slachtoffer@example.com"
MOST = 10


@pytest.fixture
def limited_app(tmp_path: Path) -> Iterator[Flask]:
    """A shop that counts."""
    values = settings(tmp_path, f"sqlite:///{tmp_path / 'shop.sqlite'}", "http://127.0.0.1:1")
    shop = create_app({**values, "RATELIMIT_ENABLED": True})
    limiter.reset()
    with shop.app_context():
        Model.metadata.create_all(db.engine)
        empty(shop)
        make_shipping()
        yield shop
        db.session.rollback()
        db.session.remove()
    limiter.enabled = False


def order(browser: Browser, **told: str) -> int:
    """Order something to pick up and pay there; the status of the answer."""
    shopper = Shopper(browser)
    shopper.gather(price_cents=1250)
    form = shopper.form(delivery=pickup(), shown_total="1250", payment="pickup", email=EMAIL)
    return browser.post("/checkout", **{**form, **told}).status


def test_one_address_gets_few_a_day_and_who_signed_in_with_it_all(limited_app: Flask) -> None:
    assert [order(Browser(limited_app)) for _time in range(MOST)] == [303] * MOST
    visitor = Browser(limited_app)
    assert order(visitor, email="Slachtoffer@Example.com") == 422
    assert "te veel bestellingen zonder betaling" in visitor.page.text
    assert len(orders()) == MOST
    assert Outbox().mails() == ["order_confirmation"] * MOST
    own = Browser(limited_app)
    sign_in(own, make_customer(email=EMAIL))
    assert order(own) == 303
    assert order(Browser(limited_app), email="ander@example.com") == 303


@pytest.mark.both_databases
def test_nothing_that_was_typed_is_a_link_in_the_mail(
    app: Flask, visitor: Browser, mollie: object, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    make_shipping()
    told = {"given_name": "Win.example/x", "family_name": "www.example.net", "note": "Kijk: https://evil.example/a"}
    assert order(visitor, **told) == 303
    mail = mailbox()[-1]
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    assert len(parts) == 2
    for text in parts:
        assert "Kijk: https:// evil. example/ a" in text
        assert "evil.example" not in text
        assert "Win.example" not in text
