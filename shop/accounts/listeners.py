"""Answers to news from rooms below, and this room's work that returns."""

from typing import Any

from shop.accounts import jobs
from shop.accounts.sessions import end_sessions_of_browser
from shop.people.signals import browser_wiped

__all__ = ["jobs"]


@browser_wiped.connect
def sign_out(_sender: Any, **_more: Any) -> None:
    """A browser that is to keep nothing is signed out, also at the server."""
    end_sessions_of_browser()
