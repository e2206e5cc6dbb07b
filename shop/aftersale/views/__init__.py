"""The screens about an order after it was placed."""

from shop.aftersale.views import orders, withdrawal
from shop.aftersale.views.blueprint import bp

__all__ = ["bp", "orders", "withdrawal"]
