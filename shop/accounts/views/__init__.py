"""The screens of accounts."""

from shop.accounts.views import my_account, signing_in
from shop.accounts.views.blueprint import bp

__all__ = ["bp", "my_account", "signing_in"]
