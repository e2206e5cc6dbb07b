"""The main stories, played in a real Chromium under the final Content-Security-Policy."""

import re
import time
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.factories import STAFF_PASSWORD, TOTP_SECRET

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESS = {
    "email": "kim@voorbeeld.nl",
    "given_name": "Kim",
    "family_name": "Koper",
    "postcode": "3841ek",
    "house_number": "14",
    "street": "Smeepoortstraat",
    "town": "Harderwijk",
}


def arrived(street, message, *, since):
    """The newest message of this kind that came after a moment; waits for the worker."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        files = [f for f in sorted(street.mail.glob(f"*-{message}.eml")) if f.stat().st_mtime >= since]
        if files:
            return message_from_bytes(files[-1].read_bytes(), policy=default)
        time.sleep(0.1)
    raise AssertionError(f"no {message} arrived")


def order_as_guest(page: Page, street, slug: str) -> None:
    """From the product to Mollie's page."""
    page.goto(f"{street.urls[0]}/products/{slug}")
    page.get_by_role("button", name="In winkelwagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Winkelwagen")
    page.goto(f"{street.urls[0]}/checkout")
    for name, value in ADDRESS.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("label", has_text="iDEAL").click()
    page.get_by_role("button", name="Bestellen en betalen", exact=True).click()
    page.wait_for_url(re.compile(re.escape(street.simulator.base_url)))


def pay(page: Page, outcome: str) -> None:
    """Choose how it goes on Mollie's test page."""
    page.locator(f"input[name=final_state][value={outcome}]").check()
    page.locator("button.button, input.button").first.click()


def link_in(mail) -> str:
    """The link to the order in a message."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"https?://\S+/orders/[\w-]+", text)[0]


def sign_in_staff(page: Page, street, members: list[str] | None = None) -> None:
    """Behind the counter, with both factors; a packer when nobody else is named."""
    page.goto(f"{street.urls[0]}/staff/sign-in")
    page.locator("[name=email]").fill((street.staff if members is None else members).pop())
    page.locator("[name=password]").fill(STAFF_PASSWORD)
    page.get_by_role("button", name="Verder").or_(page.get_by_role("button", name="Inloggen")).first.click()
    page.locator("[name=code]").fill(pyotp.TOTP(TOTP_SECRET).now())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/staff/?(\?.*)?$"))


def test_a_whole_visit_sets_no_cookie_and_asks_no_other_host(street, visit):
    guest = visit()
    base = street.urls[0]
    products = [f"/products/{slug}" for slug in street.slugs]
    for path in (
        "/",
        "/collections/theegoed",
        *products,
        "/search?q=theepot",
        "/privacy",
        "/cookies",
        "/terms",
        "/returns",
        "/shipping",
        "/en",
    ):
        assert guest.page.goto(base + path).status == 200
    assert guest.context.cookies() == []
    stored = guest.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,"
        " (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert stored == [0, 0, 0, 0, 0]
    assert {urlsplit(url).netloc for url in guest.requests} == {urlsplit(base).netloc}
    assert guest.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_guest_orders_and_pays_and_staff_ships(street, visit, scripts):
    began = time.time()
    guest = visit(java_script_enabled=scripts)
    order_as_guest(guest.page, street, street.slugs[0])
    pay(guest.page, "paid")
    guest.page.wait_for_url(re.compile(r"/orders/"))
    expect(guest.page.locator("main")).to_contain_text(re.compile("Bevestigd|bevestigd"), timeout=15_000)
    mail = arrived(street, "order_confirmation", since=began)
    number = re.search(r"\d\d-[0-9A-Z]{6}", mail["Subject"])[0]
    staff = visit()
    sign_in_staff(staff.page, street)
    staff.page.goto(f"{street.urls[0]}/staff/orders/{number}")
    staff.page.get_by_role("button", name=re.compile("ingepakt|inpakken", re.IGNORECASE)).first.click()
    staff.page.locator("[name=tracking_code]").first.fill("3STEST123456")
    staff.page.get_by_role("button", name=re.compile("verzend|verzonden", re.IGNORECASE)).first.click()
    shipped = arrived(street, "order_shipped", since=began)
    assert "3STEST123456" in shipped.get_body(("plain",)).get_content()
    guest.page.goto(link_in(mail))
    expect(guest.page.locator("main")).to_contain_text(re.compile("verzonden", re.IGNORECASE))
    assert guest.complaints == []
    assert staff.complaints == []


def test_a_canceled_payment_can_be_made_again_from_the_order_page(street, visit):
    guest = visit()
    order_as_guest(guest.page, street, street.slugs[1])
    pay(guest.page, "canceled")
    guest.page.wait_for_url(re.compile(r"/orders/"))
    expect(guest.page.locator("main")).not_to_contain_text("Bedankt")
    guest.page.locator("label", has_text="iDEAL").click()
    guest.page.get_by_role("button", name="Opnieuw betalen").click()
    guest.page.wait_for_url(re.compile(re.escape(street.simulator.base_url)))
    pay(guest.page, "paid")
    guest.page.wait_for_url(re.compile(r"/orders/"))
    expect(guest.page.locator("main")).to_contain_text(re.compile("bevestigd", re.IGNORECASE), timeout=15_000)
    assert guest.complaints == []
