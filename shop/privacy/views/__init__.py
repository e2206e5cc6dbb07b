"""Screens where people see, take, correct and remove what the shop knows of them."""

from shop.privacy.views import correction, deleting, my_data, proof
from shop.privacy.views.blueprint import bp

__all__ = ["bp", "correction", "deleting", "my_data", "proof"]
