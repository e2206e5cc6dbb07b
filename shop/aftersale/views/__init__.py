"""The screens about an order after it was placed."""

from shop.aftersale.views import downloads, orders, papers, parcels, withdrawal
from shop.aftersale.views.blueprint import bp

__all__ = ["bp", "downloads", "orders", "papers", "parcels", "withdrawal"]
