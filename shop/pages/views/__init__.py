"""Screens of the pages room: the home page and the statements."""

from shop.pages.views import shop_pages, statements
from shop.pages.views.blueprint import bp

__all__ = ["bp", "shop_pages", "statements"]
