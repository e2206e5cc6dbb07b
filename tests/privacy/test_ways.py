"""Every page that speaks of somebody's rights leads to what they can do, from one list; no link leads nowhere."""

import pytest
from flask import Flask, url_for

from shop.privacy.ways import WAYS, data_ways
from tests.factories import make_order
from tests.page import Browser
from tests.privacy.proving import prove


def addresses(app: Flask, **which: bool) -> set[str]:
    with app.test_request_context("/"):
        return {url_for(way.endpoint) for way in data_ways(**which)}


def test_every_way_is_a_page(app: Flask, customer: Browser, visitor: Browser) -> None:
    """The page itself, or the question for a password before it; the forms also for whoever is nobody here."""
    with app.test_request_context("/"):
        paths = {way: url_for(way.endpoint) for way in WAYS}
    for way, path in paths.items():
        assert customer.get(path).status in (200, 303), path
        assert visitor.get(path).status in ((200,) if way.form else (303,)), path


@pytest.mark.parametrize("path", ["/privacy", "/en/privacy"])
def test_the_privacy_statement_leads_to_all(app: Flask, visitor: Browser, path: str) -> None:
    links = {link.removeprefix("http://localhost").removeprefix("/en") for link in visitor.get(path).links()}
    assert addresses(app) <= links


def test_without_an_account_the_forms_are_named(app: Flask, visitor: Browser) -> None:
    assert addresses(app, is_proved=False) <= set(visitor.get("/data-request").links())
    assert addresses(app, child=True) <= set(visitor.get("/parents").links())


def test_my_data_and_the_menu_lead_to_all(app: Flask, customer: Browser) -> None:
    page = customer.get("/account/data")
    assert "Wat je verder kunt doen" in page.text
    assert addresses(app, child=False) <= set(page.links())
    menu = customer.get("/account/data/objection").links()
    assert addresses(app, is_proved=True) <= set(menu)


def test_a_guest_who_proved_the_mailbox_has_them_too(app: Flask, visitor: Browser) -> None:
    email = make_order().email
    prove(visitor, email)
    assert addresses(app, child=False) <= set(visitor.get("/account/data").links())
