"""Leaving for good, without scripts: everything that may go goes, and what is on its way still arrives."""

import re
import time

import pytest
from playwright.sync_api import expect

from shop import create_app
from shop.core.db import db
from tests.conftest import settings
from tests.factories import PASSWORD, make_customer, make_order, make_product
from tests.journeys.test_in_a_browser import arrived, sign_in_staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def number(street) -> str:
    """The number of an order that is still to be sent, of a customer who had an earlier one too."""
    app = create_app(settings(street.folder / "instance", street.database, street.simulator.base_url))
    with app.app_context():
        account = make_customer(email="vertrekt@example.com")
        make_order((make_product(), 1), status="completed", account=account)
        found = make_order((make_product(), 1), status="confirmed", account=account).number
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_customer_with_an_open_order_leaves_for_good(street, visit, number):
    base, began = street.urls[0], time.time()
    customer = visit(java_script_enabled=False)
    page = customer.page
    sign_in(page, base)
    page.get_by_role("button", name="Uitloggen").wait_for()
    page.goto(f"{base}/account/data")
    page.locator("a[href$='/account/data/delete']").first.click()
    if "/confirm" in page.url:
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main form [type=submit]").first.click()
    expect(page.locator("h1")).to_have_text("Mijn gegevens wissen")
    expect(page.locator("section:has(> #goes)")).to_contain_text("vertrekt@example.com")
    expect(page.locator("section:has(> #stays)")).to_contain_text("AWR 52")
    expect(page.locator("section:has(> #needed)")).to_contain_text(number)

    page.get_by_role("button", name="Wis mijn gegevens nu").click()  # nothing chosen: it is asked, and nothing is gone
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("[name=open_orders][value=keep]").check(force=True)
    page.locator("[name=is_sure]").check(force=True)
    page.get_by_role("button", name="Wis mijn gegevens nu").click()
    expect(page.locator("h1")).to_have_text("Bewijs van wissing")
    code = page.locator("main code").inner_text()
    assert page.get_by_role("button", name="Uitloggen").count() == 0

    farewell = arrived(street, "erasure_farewell", since=began)
    assert farewell["To"] == "vertrekt@example.com"
    assert code in farewell.get_body(("plain",)).get_content()
    sign_in(page, base)
    expect(page.locator("#error-summary")).to_be_visible()

    stranger = visit(java_script_enabled=False)
    stranger.page.goto(f"{base}/erasures")
    stranger.page.locator("main [name=code]").fill(code)
    stranger.page.locator("main form [type=submit]").click()
    expect(stranger.page.locator("main")).to_contain_text(code)
    expect(stranger.page.locator("main")).not_to_contain_text("vertrekt")

    staff = visit()
    sign_in_staff(staff.page, street)
    assert staff.page.goto(f"{base}/staff/orders/{number}").status == 200
    expect(staff.page.locator("h1")).to_contain_text(number)
    expect(staff.page.get_by_role("button", name=re.compile("inpakken|ingepakt", re.IGNORECASE)).first).to_be_visible()
    assert customer.complaints == stranger.complaints == staff.complaints == []


def sign_in(page, base: str) -> None:
    """Type the address and the password."""
    page.goto(f"{base}/account/sign-in")
    page.locator("main [name=email]").fill("vertrekt@example.com")
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").first.click()
