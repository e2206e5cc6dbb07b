"""What the statements print from tables: where the shop delivers, and for how much."""

from dataclasses import dataclass

from sqlalchemy import select

from shop.core.db import db
from shop.core.i18n import in_language
from shop.shipping.models import PICKUP, ShippingMethod, ShippingRate

MOST_RATES = 200


@dataclass(frozen=True)
class PrintedRate:
    """What a parcel to one country costs, up to a weight in grams."""

    country: str
    max_weight_grams: int
    price_cents: int


@dataclass(frozen=True)
class PrintedMethod:
    """A way of delivery with its prices."""

    name: str
    text: str
    is_pickup: bool
    free_from_cents: int | None
    rates: tuple[PrintedRate, ...]


_rates = (
    select(
        ShippingMethod.id,
        ShippingMethod.kind,
        ShippingMethod.name_nl,
        ShippingMethod.name_en,
        ShippingMethod.text_nl,
        ShippingMethod.text_en,
        ShippingMethod.free_from_cents,
        ShippingRate.country,
        ShippingRate.max_weight_grams,
        ShippingRate.price_cents,
    )
    .join(ShippingRate, ShippingRate.method_id == ShippingMethod.id)
    .where(ShippingMethod.is_active)
    .order_by(ShippingMethod.position, ShippingMethod.id, ShippingRate.id)
    .limit(MOST_RATES)
)


def delivery_methods() -> list[PrintedMethod]:
    """The ways of delivery in the shop's order, each with its prices by country and weight; one statement."""
    found: dict[int, PrintedMethod] = {}
    rates: dict[int, list[PrintedRate]] = {}
    for row in db.session.execute(_rates):
        rates.setdefault(row.id, []).append(PrintedRate(row.country, row.max_weight_grams, row.price_cents))
        found[row.id] = PrintedMethod(
            in_language(row, "name"),
            in_language(row, "text"),
            row.kind == PICKUP,
            row.free_from_cents,
            tuple(rates[row.id]),
        )
    return list(found.values())
