"""Every address says who may open it, keeps to that, and gives a visitor no cookie."""

from collections.abc import Callable

import pytest
from flask import Flask

from shop.core.access import is_public_page, opened_by
from shop.core.personal_data import Role
from shop.people.rules import PERMISSIONS, may
from tests.factories import make_product, make_shipping
from tests.page import Browser

STAFF = "staff:"


def pages(app: Flask) -> dict[str, tuple[str, str]]:
    """The address of every page that needs nothing filled in, with its endpoint and who may open it."""
    found: dict[str, tuple[str, str]] = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static":
            found[rule.rule] = (rule.endpoint, opened_by(app.view_functions[rule.endpoint]) or "nobody")
    return found


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        who = opened_by(view)
        assert who is not None, endpoint
        assert who in ("anyone", "customer", "data_subject") or who.removeprefix(STAFF) in PERMISSIONS, endpoint


def test_only_staff_open_the_back_office_and_staff_have_nothing_elsewhere(app: Flask) -> None:
    doors = {"staff.sign_in", "staff.second_factor"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        who = opened_by(app.view_functions[rule.endpoint]) or ""
        is_inside = rule.rule == "/staff" or rule.rule.startswith("/staff/")
        assert who.startswith(STAFF) == is_inside or rule.endpoint in doors, rule.rule


def test_every_permission_is_asked_for_somewhere(app: Flask) -> None:
    asked = {opened_by(view) for view in app.view_functions.values()}
    assert {name for name in PERMISSIONS if f"{STAFF}{name}" not in asked} == set()


def test_a_visitor_sees_every_open_page_and_gets_no_cookie(app: Flask, visitor: Browser) -> None:
    make_product()
    make_shipping()
    for prefix in ("", "/en"):
        for path, (endpoint, who) in pages(app).items():
            page = visitor.get((prefix + path).removesuffix("/") or "/")
            assert page.status < 500, path
            assert "Set-Cookie" not in page.headers, path
            if who == "anyone":
                assert page.status in (200, 302, 303, 404), path
            else:
                assert page.status == 303, path
                assert ("data-request" if who == "data_subject" else "sign-in") in page.location, path
            if is_public_page(app.view_functions[endpoint]):
                assert page.headers["Cache-Control"] != "no-store", path
    assert visitor.cookies == set()


def test_two_visitors_get_the_same_bytes(app: Flask) -> None:
    make_product()
    for path, (endpoint, _who) in pages(app).items():
        if is_public_page(app.view_functions[endpoint]):
            assert Browser(app).get(path).body == Browser(app).get(path).body, path


def test_a_customer_sees_every_page_of_their_own(app: Flask, customer: Browser) -> None:
    make_product()
    make_shipping()
    for path, (_endpoint, who) in pages(app).items():
        page = customer.get(path)
        assert page.status < 500, path
        if who in ("customer", "data_subject"):
            assert page.status in (200, 303) if who == "data_subject" else page.status == 200, path
            assert page.headers["Cache-Control"] == "no-store", path
        elif who.startswith(STAFF):
            assert page.status == 303, path


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_nothing_else(app: Flask, staff: Callable[..., Browser], role: Role) -> None:
    make_product()
    make_shipping()
    browser = staff(role.value)
    for path, (_endpoint, who) in pages(app).items():
        page = browser.get(path)
        assert page.status < 500, path
        if who.startswith(STAFF):
            expected = (200, 302, 303) if may({role.value}, who.removeprefix(STAFF)) else (403,)
            assert page.status in expected, path
            assert page.headers["Cache-Control"] == "no-store", path
        if who in ("customer", "data_subject"):
            assert page.status == 303, path
