"""Money that goes back, in a real Chromium: an order is called off, the owner pays it back, the customer sees it."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_changing import ordered
from tests.journeys.test_in_a_browser import arrived, sign_in_staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_customer_cancels_a_paid_order_the_owner_pays_it_back_and_the_customer_sees_it(street, visit):
    guest, owner = visit(java_script_enabled=False), visit()
    link, number = ordered(street, guest, street.slugs[2])
    guest.page.get_by_role("link", name="Annuleren of wijzigen").click()
    guest.page.get_by_role("button", name="De hele bestelling annuleren").click()
    expect(guest.page.locator("main")).to_contain_text("Bestelling geannuleerd")

    began = time.time()
    sign_in_staff(owner.page, street, street.owners)
    owner.page.get_by_role("link", name=re.compile("terugbetaling(en)? om over te beslissen")).click()
    owner.page.get_by_role("row", name=re.compile(number)).get_by_role("link", name="Nr.").click()
    owner.page.locator("[name=reason]").fill("Op verzoek geannuleerd")
    owner.page.get_by_role("button", name="Betaal het geld terug").click()
    expect(owner.page.locator("main")).to_contain_text("Het geld is onderweg terug.")
    owner.page.get_by_role("link", name=number).click()
    expect(owner.page.locator("main")).not_to_contain_text("wacht op een besluit")
    owner.page.goto(f"{street.urls[0]}/staff/attention")
    expect(owner.page.locator("main")).not_to_contain_text(number)

    street.simulator.control.advance(7 * 24 * 3600)
    told = arrived(street, "order_refunded", since=began)
    assert "Op verzoek geannuleerd" in told.get_body(("plain",)).get_content()
    guest.page.goto(link)
    expect(guest.page.locator("main")).to_contain_text("Terugbetaald")
    expect(guest.page.locator("main")).to_contain_text("Op verzoek geannuleerd")
    assert guest.complaints == []
    assert owner.complaints == []
