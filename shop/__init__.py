"""The shop of So Sera: `from shop import create_app`."""

from shop.app import create_app

__all__ = ["create_app"]
