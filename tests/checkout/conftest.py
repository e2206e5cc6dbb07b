"""Somebody at the checkout."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.catalogue.models import Variant
from shop.core.db import db
from shop.orders.models import Order
from shop.shipping.models import ShippingMethod
from tests.factories import make_product, make_shipping
from tests.page import Browser, Page

ADDRESS = {
    "email": "Sanne@Example.com",
    "given_name": "Sanne",
    "family_name": "de Vries",
    "street": "Smeepoortstraat",
    "house_number": "14",
    "postcode": "3841ek",
    "town": "Harderwijk",
}


class Shopper:
    """A browser with a full cart, and the address that its owner types."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def gather(self, quantity: int = 1, **product: Any) -> int:
        """Put a new product in the cart; the number of its variant."""
        variant_id = make_product(**product).variants[0].id
        assert self.browser.post("/cart/lines", variant=variant_id, quantity=quantity).status == 303
        return variant_id

    def form(self, **changes: Any) -> dict[str, Any]:
        """The checkout's form, filled in."""
        values = self.browser.get("/checkout").form("/checkout")
        return {**values, **ADDRESS, "payment": "ideal", **changes}

    def order(self, **changes: Any) -> Page:
        """Fill in the checkout and send it."""
        return self.browser.post("/checkout", **self.form(**changes))


def rows(model: Any) -> list[Any]:
    """All rows of a table as they are now."""
    db.session.rollback()
    return list(db.session.scalars(select(model).order_by(model.id)))


def orders() -> list[Order]:
    """All orders as they are now."""
    return rows(Order)


def change(model: Any, key: int, **values: Any) -> None:
    """Change a row behind everybody's back."""
    db.session.rollback()
    db.session.execute(update(model).where(model.id == key).values(**values))
    db.session.commit()


def stock_of(variant_id):
    return next(variant.stock for variant in rows(Variant) if variant.id == variant_id)


def pickup():
    return f"pickup-{next(method.id for method in rows(ShippingMethod) if method.kind == 'pickup')}"


def parcel():
    return f"parcel-{next(method.id for method in rows(ShippingMethod) if method.kind == 'parcel')}"


@pytest.fixture
def shopper(visitor: Browser, mollie: Any) -> Shopper:
    """Somebody who is about to order, in a shop that delivers."""
    make_shipping()
    return Shopper(visitor)


@pytest.fixture
def oss(app: Flask) -> Iterator[Callable[[Any], None]]:
    """Say from which day the VAT of the customer's country applies."""

    def since(day: Any) -> None:
        app.config["VAT_OSS_SINCE"] = day

    yield since
    app.config["VAT_OSS_SINCE"] = None
