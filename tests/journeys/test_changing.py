"""Changing orders in a real Chromium: staff make one larger and its customer pays the rest; a customer cancels one."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_in_a_browser import arrived, link_in, order_as_guest, pay, sign_in_staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ordered(street, guest, slug: str) -> tuple[str, str]:
    """A guest's paid order: the link in its mail, and its number."""
    began = time.time()
    order_as_guest(guest.page, street, slug)
    pay(guest.page, "paid")
    link = link_in(arrived(street, "order_confirmation", since=began))
    guest.page.goto(link)
    number = re.search(r"\d\d-[0-9A-Z]{6}", guest.page.locator("h1").inner_text())[0]
    return link, number


def test_staff_change_an_order_and_the_customer_pays_the_difference(street, visit):
    guest, staff = visit(java_script_enabled=False), visit()
    _link, number = ordered(street, guest, street.slugs[0])
    began = time.time()
    sign_in_staff(staff.page, street)
    staff.page.goto(f"{street.urls[0]}/staff/orders/{number}/edit")
    staff.page.locator("input[name^=line-]").first.fill("3")
    staff.page.get_by_role("button", name="Nieuw totaal berekenen").click()
    expect(staff.page.locator("main")).to_contain_text("meer dan nu")
    staff.page.get_by_role("button", name="De bestelling zo wijzigen").click()
    expect(staff.page.locator("main")).to_contain_text("moet nog worden betaald")
    guest.page.goto(link_in(arrived(street, "order_difference", since=began)))
    expect(guest.page.locator("main")).to_contain_text("Nog te betalen")
    guest.page.get_by_role("button", name=re.compile("betalen", re.IGNORECASE)).click()
    guest.page.wait_for_url(re.compile(re.escape(street.simulator.base_url)))
    pay(guest.page, "paid")
    guest.page.wait_for_url(re.compile(r"/orders/"))
    expect(guest.page.locator("main")).not_to_contain_text("Nog te betalen")
    staff.page.goto(f"{street.urls[0]}/staff/orders/{number}")
    expect(staff.page.locator("main")).not_to_contain_text("moet nog worden betaald")
    assert guest.complaints == []
    assert staff.complaints == []


def test_a_customer_cancels_a_paid_order_without_scripts_and_it_becomes_a_proposal(street, visit):
    guest = visit(java_script_enabled=False)
    link, number = ordered(street, guest, street.slugs[1])
    began = time.time()
    guest.page.get_by_role("link", name="Annuleren of wijzigen").click()
    expect(guest.page.locator("main")).to_contain_text("dit werkt meteen")
    guest.page.get_by_role("button", name="De hele bestelling annuleren").click()
    expect(guest.page.locator("main")).to_contain_text("Bestelling geannuleerd")
    assert number in arrived(street, "order_canceled", since=began)["Subject"]
    guest.page.goto(f"{link}/change")
    expect(guest.page.locator("main")).to_contain_text("kan hier niet meer worden gewijzigd")
    staff = visit()
    sign_in_staff(staff.page, street)
    staff.page.goto(f"{street.urls[0]}/staff/orders/{number}")
    expect(staff.page.locator("main")).to_contain_text("Geannuleerd")
    assert guest.complaints == []
