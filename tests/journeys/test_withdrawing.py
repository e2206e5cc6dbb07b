"""Withdrawing in a real Chromium without scripts: from the footer of a page that does not exist to the receipt."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_in_a_browser import arrived

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_guest_withdraws_from_the_footer_of_a_404_page(street, visit):
    began = time.time()
    guest = visit(java_script_enabled=False)
    assert guest.page.goto(f"{street.urls[0]}/no-such-page").status == 404
    guest.page.get_by_role("contentinfo").get_by_role("link", name="Hier de overeenkomst herroepen", exact=True).click()
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Hier de overeenkomst herroepen")
    guest.page.get_by_label("Je naam").fill("Kim Koper")
    guest.page.get_by_label("Bestelnummer").fill("26-XXXXXX")
    guest.page.get_by_label("E-mailadres voor de ontvangstbevestiging").fill("kim@voorbeeld.nl")
    guest.page.get_by_role("button", name="Nakijken").click()
    expect(guest.page.locator("main button")).to_have_text(["Herroeping bevestigen"])
    guest.page.get_by_role("button", name="Herroeping bevestigen", exact=True).click()
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("We hebben je herroeping ontvangen")
    main = guest.page.locator("main")
    for words in ("Kim Koper", "26-XXXXXX", "De hele bestelling"):
        expect(main).to_contain_text(words)
    told = re.search(r"\d+ \w+ \d{4}(?:,| om)? \d\d:\d\d:\d\d", main.inner_text())
    assert told is not None
    mail = arrived(street, "withdrawal_receipt", since=began)
    assert mail["To"] == "kim@voorbeeld.nl"
    text = mail.get_content()
    assert told[0] in text
    assert "Kim Koper" in text
    assert guest.context.cookies() == []
    assert guest.complaints == []
