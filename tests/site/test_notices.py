"""Under every form that asks who somebody is, or what they want to say, stands what is done with it (GDPR art. 13)."""

from flask import Flask

from tests.factories import make_product, make_shipping
from tests.page import Browser
from tests.site.test_access import pages

ASKS = "input[type=email], input[name=email], input[type=tel], textarea, input[name=given_name], input[name=street]"
NO_STAFF = ("/staff",)


def without_notice(browser: Browser, paths: list[str]) -> list[str]:
    """The pages with such a form and without its notice."""
    found = []
    for path in paths:
        page = browser.get(path)
        for form in page.soup.select("main form[method=post]"):
            asked = [field for field in form.select(ASKS) if field.get("type") != "hidden"]
            if asked and not form.select_one(".form-notice"):
                found.append(f"{path}: {form.get('action')}")
    return found


def test_no_form_without_its_notice(app: Flask, visitor: Browser, customer: Browser) -> None:
    make_shipping()
    for browser in (visitor, customer):
        browser.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
        paths = [path for path in pages(app) if not path.startswith(NO_STAFF) and path != "/"]
        assert len(paths) > 30
        assert without_notice(browser, paths) == []
