"""Proving an e-mail address, as somebody without an account would."""

from tests.accounts.mail import code_for
from tests.page import Browser, Page


def prove(browser: Browser, email: str) -> Page:
    """Ask a code for an address at /data-request and type it; the page that is reached."""
    browser.get("/data-request")
    browser.send("/data-request", email=email)
    return browser.send("/data-request/code", code=code_for(email.strip().lower()), _follow=True)
