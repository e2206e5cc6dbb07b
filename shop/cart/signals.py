"""News from the cart for rooms above."""

from blinker import Namespace

_news = Namespace()

pieces_missing = _news.signal("pieces-missing")
"""Sounds with `cart_id` when a cart asks for more than is left; who knows why answers with a page's address."""
