"""News from this room."""

from blinker import Namespace

_news = Namespace()

customer_signed_in = _news.signal("customer-signed-in")
"""Sounds with `account` when a customer signs in, inside the transaction that starts the session."""
