"""Answers to news from rooms below."""

from typing import Any

from shop.accounts.models import Account
from shop.accounts.signals import customer_signed_in
from shop.cart import actions
from shop.cart.visit import browser_owner, forget_cart
from shop.core import clock
from shop.people.signals import browser_wiped


@customer_signed_in.connect
def join_carts(_sender: Any, account: Account, **_more: Any) -> None:
    """What a visitor gathered becomes the customer's own; the browser's cart, row and cookie go."""
    owner = browser_owner()
    if owner is not None:
        actions.join(owner, account.person_id, at=clock.now())
        forget_cart()


@browser_wiped.connect
def forget_gathered(_sender: Any, **_more: Any) -> None:
    """A browser that is to keep nothing loses its cart; a customer's own stays with the account."""
    owner = browser_owner()
    if owner is not None:
        actions.forget(owner)
        forget_cart()
