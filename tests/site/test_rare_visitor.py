"""Somebody with a rare address and a rare browser goes everywhere; no byte of either is found afterwards."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from shop.analytics.door import write_waiting
from shop.analytics.models import Activity
from shop.core.db import db
from tests.checkout.conftest import Shopper
from tests.factories import PASSWORD, make_customer, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.privacy.traces import contents_of, files_of_the_shop
from tests.site.test_access import pages

ADDRESS = "203.0.113.219"
SPELLINGS = (ADDRESS, "203.0.113.", "219.113.0.203", "cb0071db", "CB0071DB", str(0xCB0071DB), "merkteken-agent")
REFUSED = "merkteken-geweigerd@example.com"


def rare(app: Flask) -> Browser:
    """A browser as nobody else has it."""
    browser = Browser(app)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0; merkteken-agent) Gecko/20100101 Firefox/140.0"
    browser.client.environ_base.update(HTTP_USER_AGENT=agent, REMOTE_ADDR=ADDRESS)
    return browser


def found(app: Flask, needles: tuple[str, ...]) -> list[tuple[Path, str]]:
    """Where on the disk one of these words stands."""
    db.session.rollback()
    looked_for = [(word, word.encode()) for word in needles]
    return [
        (file, word) for file, data in contents_of(files_of_the_shop(app)) for word, raw in looked_for if raw in data
    ]


def test_no_address_and_no_agent_of_anybody_is_found_on_disk(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    make_product()
    make_shipping()
    account = make_customer()
    one = rare(app)
    for path in (*pages(app), "/no-such-page", "/orders/find?x=%00"):
        assert one.get(path).status < 500, path
    one.get("/account/sign-in")
    one.post("/account/sign-in", email=account.email, password="not the right one")
    one.post("/consent", choice="all")
    one.get("/search?q=kom")
    shopper = Shopper(one)
    shopper.gather()
    assert shopper.order(email=REFUSED, postcode="?").status == 422
    assert found(app, (REFUSED, "merkteken-geweigerd")) == []
    assert shopper.order(email="merkteken-besteld@example.com").status == 303
    sign_in(one, account, PASSWORD)
    one.get("/account/security")
    db.session.rollback()
    write_waiting(app)
    db.session.rollback()
    assert db.session.scalars(select(Activity.device)).first() == "Firefox, desktop"
    assert found(app, ("merkteken-besteld",)), "the search finds nothing at all: it shows nothing"
    assert found(app, SPELLINGS) == []
    told = "".join(capfd.readouterr())
    assert not [word for word in (*SPELLINGS, "merkteken") if word in told]


def test_a_server_that_fails_tells_neither(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_named: object) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr("shop.pages.views.statements.render_template", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    assert rare(app).get("/terms").status == 500
    told = "".join(capfd.readouterr())
    assert "RuntimeError" in told
    assert not [word for word in SPELLINGS if word in told]
