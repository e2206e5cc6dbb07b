"""Answers to news from rooms below: what becomes of a cart when its order goes on, or comes to nothing."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from shop.cart import actions as cart_actions
from shop.cart.models import Cart
from shop.cart.signals import pieces_missing
from shop.checkout.rules import placement_key
from shop.core.db import db
from shop.orders.models import COMPLETED, Order
from shop.orders.placing import unpaid_order_of
from shop.orders.signals import order_confirmed, order_ended


def _cart_as_placed(order: Order) -> tuple[int, int] | None:
    """The cart that an order was placed from and its version, when nobody changed it since."""
    if order.cart_id is None:
        return None
    version = db.session.scalar(select(Cart.version).where(Cart.id == order.cart_id))
    if version is None or placement_key(order.cart_id, version) != order.placement_key:
        return None
    return order.cart_id, version


@order_confirmed.connect
def empty_the_cart(_sender: Any, order: Order, at: datetime, **_more: Any) -> None:
    """What was bought leaves the cart."""
    found = _cart_as_placed(order)
    if found is not None:
        cart_actions.empty_cart(*found, at=at)


@order_ended.connect
def open_the_cart(_sender: Any, order: Order, **_more: Any) -> None:
    """What came to nothing can be ordered again from the same cart."""
    if order.status != COMPLETED:
        found = _cart_as_placed(order)
        if found is not None:
            cart_actions.bump(found[0])


@pieces_missing.connect
def tell_of_own_order(_sender: Any, cart_id: int, **_more: Any) -> str | None:
    """Pieces that somebody's own unpaid order holds are not gone: that order can still be paid."""
    order = unpaid_order_of(cart_id)
    return url_for("aftersale.order", token=order.return_token) if order else None
