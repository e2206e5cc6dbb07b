"""Changing delivery methods, rates and carriers; what visitors read about delivery changes with them."""

from slugify import slugify
from sqlalchemy import select

from shop.catalogue.actions import raise_version
from shop.core.db import db
from shop.core.errors import ShopError
from shop.shipping.models import Carrier, ShippingMethod, ShippingRate


class RateExists(ShopError):
    """There is a price for this country and weight already."""


def change_method(method: ShippingMethod, **values: object) -> None:
    """Write a delivery method anew. The caller commits."""
    for name, value in values.items():
        setattr(method, name, value)
    raise_version()


def add_rate(method: ShippingMethod, *, country: str, max_weight_grams: int, price_cents: int) -> None:
    """Add a price for a country up to a weight. The caller commits."""
    if any(rate.country == country and rate.max_weight_grams == max_weight_grams for rate in method.rates):
        raise RateExists
    rate = ShippingRate(country=country, max_weight_grams=max_weight_grams, price_cents=price_cents)
    method.rates.append(rate)
    raise_version()


def remove_rate(method: ShippingMethod, rate_id: int) -> bool:
    """Take a price away; says whether it was there. The caller commits."""
    found = next((rate for rate in method.rates if rate.id == rate_id), None)
    if found is None:
        return False
    method.rates.remove(found)
    raise_version()
    return True


def save_carrier(
    carrier: Carrier | None,
    *,
    name: str,
    tracking_url: str,
    usual_days: int | None = None,
    is_active: bool = True,
) -> Carrier:
    """Make a carrier, or write one anew. The caller commits."""
    if carrier is None:
        carrier = Carrier(code=_free_code(name))
        db.session.add(carrier)
    carrier.name, carrier.tracking_url = name, tracking_url
    carrier.usual_days, carrier.is_active = usual_days, is_active
    db.session.flush()
    return carrier


def _free_code(name: str) -> str:
    base = slugify(name, max_length=16) or "carrier"
    taken = set(db.session.scalars(select(Carrier.code).where(Carrier.code.like(f"{base}%"))))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 100))) if code not in taken)
