"""A whole guest order with the keyboard alone: every step is reached with Tab, seen, and done with Enter or Space."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]

FARTHEST = 80
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const ringed = [at, at.closest('.choice'), at.closest('.card')].filter(Boolean).flatMap(one =>
    [null, '::before', '::after'].map(part => getComputedStyle(one, part)));
  return {
    name: at.name || '', text: (at.innerText || at.getAttribute('aria-label') || '').trim(),
    is_seen: box.bottom > 0 && box.top < innerHeight,
    has_ring: ringed.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
  };
}"""


def focus(page: Page) -> dict[str, object]:
    """What has the focus; it is always on the screen, with a ring around it."""
    now: dict[str, object] = page.evaluate(FOCUS)
    assert now["is_seen"], f"the focus is off the screen, at {now}"
    assert now["has_ring"], f"no ring around {now}"
    return now


def tab_to(page: Page, **wanted: str) -> None:
    """Press Tab until this has the focus."""
    passed = []
    for _step in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        now = focus(page)
        passed.append(now["text"] or now["name"])
        if all(now[part] == value for part, value in wanted.items()):
            return
    raise AssertionError(f"{wanted} is not reached; passed {passed}")


def fill(page: Page, **values: str) -> None:
    """Tab to each field in turn and type."""
    for name, value in values.items():
        tab_to(page, name=name)
        page.keyboard.type(value)


def test_a_guest_orders_and_pays_with_the_keyboard_alone(street, visit):
    guest = visit(viewport={"width": 1280, "height": 720})
    page = guest.page
    page.goto(street.urls[0])

    page.keyboard.press("Tab")
    assert focus(page)["text"] == "Naar de inhoud"
    page.keyboard.press("Enter")
    tab_to(page, text="Theepot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Theepot")

    tab_to(page, text="Eén meer")
    page.keyboard.press("Space")
    tab_to(page, text="In winkelwagen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Winkelwagen")
    expect(page.get_by_role("spinbutton")).to_have_value("2")

    tab_to(page, text="Naar afrekenen")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/checkout$"))
    tab_to(page, text="Bestellen en betalen")
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()

    tab_to(page, text="E-mailadres: Vul je e-mailadres in.")
    page.keyboard.press("Enter")
    expect(page.locator("[name=email]")).to_be_focused()
    page.keyboard.type("kim@voorbeeld.nl")
    fill(page, given_name="Kim", family_name="Koper")
    tab_to(page, name="delivery")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=postcode]")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    fill(page, postcode="3841ek", house_number="14", street="Smeepoortstraat", town="Harderwijk")
    tab_to(page, name="payment")
    page.keyboard.press("Space")
    expect(page.locator("[name=payment]:checked")).to_have_value("ideal")
    tab_to(page, text="Bestellen en betalen")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(re.escape(street.simulator.base_url)))
    page.keyboard.press("Tab")
    page.locator("[name=final_state]:checked").wait_for()
    assert page.locator("[name=final_state]:checked").get_attribute("value") == "paid"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/orders/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor je bestelling", timeout=15_000)
    assert guest.complaints == []
