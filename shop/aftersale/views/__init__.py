"""The screens about an order after it was placed."""

from shop.aftersale.views import changes, downloads, orders, papers, parcels, withdrawal
from shop.aftersale.views.blueprint import bp

__all__ = ["bp", "changes", "downloads", "orders", "papers", "parcels", "withdrawal"]
