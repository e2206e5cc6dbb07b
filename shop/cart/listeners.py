"""Answers to news from rooms below."""

from typing import Any

from shop.accounts.models import Account
from shop.accounts.signals import customer_signed_in
from shop.cart import actions
from shop.cart.visit import browser_owner, forget_cart
from shop.core import clock


@customer_signed_in.connect
def join_carts(_sender: Any, account: Account, **_more: Any) -> None:
    """What a visitor gathered becomes the customer's own; the browser's cart, row and cookie go."""
    owner = browser_owner()
    if owner is not None:
        actions.join(owner, account.person_id, at=clock.now())
        forget_cart()
