"""News of the contact room for rooms above."""

from blinker import Namespace

_news = Namespace()

security_reported = _news.signal("security-reported")
"""Somebody reported that something is not safe; sounds with `thread` and `at` in the transaction that stores it."""
