"""Every address of the back office, for every role, for customers and for nobody: all of them, by walking the map."""

import pytest

from shop.core.access import opened_by
from shop.core.db import db
from shop.core.personal_data import Role
from shop.people.models import StaffMember
from shop.people.rules import PERMISSIONS, may, role_for
from tests.factories import make_staff, sign_in_staff
from tests.page import Browser
from tests.staff.everywhere import addresses, full_shop

DOORS = {"staff.sign_in", "staff.second_factor"}


def permission_of(app, endpoint: str) -> str:
    return (opened_by(app.view_functions[endpoint]) or "").removeprefix("staff:")


def test_every_address_names_a_permission_except_the_two_doors(app):
    walked = addresses(app, full_shop())
    assert len(walked) > 60
    assert {one.endpoint for one in walked if permission_of(app, one.endpoint) == "anyone"} == DOORS
    assert {permission_of(app, one.endpoint) for one in walked} - {"anyone"} <= set(PERMISSIONS)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_role_opens_what_the_table_says_and_nothing_else(app, role):
    rows = full_shop()
    browser = Browser(app)
    sign_in_staff(browser, make_staff(role))
    if role != "owner":
        make_staff("owner")
    for one in addresses(app, rows):
        if one.endpoint in DOORS or one.endpoint == "staff.sign_out":
            continue
        page = browser.get(one.path) if one.method == "GET" else browser.post(one.path)
        is_allowed = may({role}, permission_of(app, one.endpoint))
        assert (page.status != 403) == is_allowed, f"{role} {one.method} {one.path}: {page.status}"
        assert page.status < 500, f"{one.method} {one.path}"
        if one.method == "GET" and is_allowed:
            assert page.status == 200, f"{one.path}: {page.status}"
            assert page.headers["Cache-Control"] == "no-store", one.path


@pytest.mark.parametrize("who", ["visitor", "customer"])
def test_nobody_else_gets_further_than_the_door(app, request, who):
    rows, browser = full_shop(), request.getfixturevalue(who)
    for one in addresses(app, rows):
        if one.endpoint in DOORS:
            continue
        page = browser.get(one.path) if one.method == "GET" else browser.post(one.path, csrf_token="")
        assert page.status == 303, f"{one.method} {one.path}: {page.status}"
        assert page.location.startswith("/staff/sign-in"), one.path


def test_a_role_that_was_taken_away_is_gone_at_the_next_click(app, staff):
    make_staff("owner")
    browser = staff("owner")
    assert browser.get("/staff/team").status == 200
    member = db.session.get(StaffMember, browser.account.id)
    member.roles[0].role = "fulfilment"
    db.session.commit()
    assert browser.get("/staff/team").status == 403


def test_who_left_is_out_at_once(app, staff):
    from shop.core import clock

    browser = staff("owner")
    db.session.get(StaffMember, browser.account.id).left_at = clock.now()
    db.session.commit()
    assert browser.get("/staff").location.startswith("/staff/sign-in")


def test_a_packer_reads_no_payment(app, staff):
    rows = full_shop()
    assert "Betalingen" in staff("owner").get(f"/staff/orders/{rows['number']}").text
    page = staff("fulfilment").get(f"/staff/orders/{rows['number']}")
    assert "Betalingen" not in page.text
    assert "tr_" not in page.text
    assert "Donkerstraat" in page.text


def test_the_log_names_the_role_that_allowed_it():
    assert role_for({"fulfilment", "owner"}, "team:edit") == "owner"
    assert role_for({"fulfilment"}, "orders:view") == "fulfilment"
    assert role_for({"privacy"}, "orders:view") == ""
