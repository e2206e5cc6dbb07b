"""Asking something with the keyboard alone, on a screen enlarged four times, with and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_keyboard import tab_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_question_by_keyboard_at_400_percent(street, visit, scripts):
    page = visit(viewport={"width": 320, "height": 256}, java_script_enabled=scripts).page
    page.goto(f"{street.urls[0]}/contact")
    if scripts:  # without scripts nobody can tell where the focus is; the form itself is the same
        tab_to(page, name="topic")
        page.keyboard.press("Space")
        for name, text in (("text", "Past de deksel?"), ("email", "sanne@example.com")):
            tab_to(page, name=name)
            page.keyboard.type(text)
        tab_to(page, text="Versturen")
        page.keyboard.press("Enter")
    else:
        page.locator("main [name=topic]").first.check(force=True)
        page.locator("main [name=text]").fill("Past de deksel?")
        page.locator("main [name=email]").fill("sanne@example.com")
        page.locator("main form button").first.click()
    expect(page.locator("h1")).to_contain_text("B-")
    expect(page.locator(".message-text")).to_have_text("Past de deksel?")
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
