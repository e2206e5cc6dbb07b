"""Answers to news from rooms below, and this room's work that returns."""

from typing import Any

from shop.analytics import google, jobs
from shop.analytics.actions import erase_visits
from shop.people.signals import analysis_withdrawn

__all__ = ["jobs"]


@analysis_withdrawn.connect
def forget_visits(_sender: Any, browser_id: str, **_more: Any) -> None:
    """Whoever withdraws has their visits erased at once, and what waits to go to Google with them."""
    erase_visits(browser_id)
    google.forget_forwarding(browser_id)
