"""Which ways of delivery there are, to where, and for how much."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from shop.core.db import db
from shop.shipping.models import PICKUP, ShippingMethod, ShippingRate
from shop.shipping.rules import Rate, price_for


@dataclass(frozen=True)
class ShippingChoice:
    """A way of delivery that fits this country and weight, with its price."""

    method_id: int
    code: str
    kind: str
    name_nl: str
    name_en: str
    text_nl: str
    text_en: str
    price_cents: int

    @property
    def is_pickup(self) -> bool:
        """Whether the customer comes to fetch it."""
        return self.kind == PICKUP


def choices(country: str, weight_grams: int, goods_cents: int) -> list[ShippingChoice]:
    """The ways of delivery to a country for goods of a weight and a value, in the shop's order."""
    method, rate = ShippingMethod.__table__.c, ShippingRate.__table__.c
    question = (
        select(
            method.id,
            method.code,
            method.kind,
            method.name_nl,
            method.name_en,
            method.text_nl,
            method.text_en,
            method.free_from_cents,
            rate.max_weight_grams,
            rate.price_cents,
        )
        .join_from(ShippingMethod, ShippingRate)
        .where(method.is_active.is_(True), rate.country == country)
        .order_by(method.position, method.id, rate.max_weight_grams)
        .limit(500)
    )
    by_method: dict[int, list[Any]] = {}
    for row in db.session.execute(question):
        by_method.setdefault(row.id, []).append(row)
    found = []
    for rows in by_method.values():
        first = rows[0]
        price = price_for(
            [Rate(row.max_weight_grams, row.price_cents) for row in rows],
            weight_grams=weight_grams,
            goods_cents=goods_cents,
            free_from_cents=first.free_from_cents,
        )
        if price is not None:
            texts = (first.name_nl, first.name_en, first.text_nl, first.text_en)
            found.append(ShippingChoice(first.id, first.code, first.kind, *texts, price))
    return found


def countries() -> list[str]:
    """The countries that something can be sent to, by code."""
    question = (
        select(ShippingRate.country)
        .join(ShippingMethod, ShippingMethod.id == ShippingRate.method_id)
        .where(ShippingMethod.is_active.is_(True), ShippingMethod.kind != PICKUP)
        .distinct()
        .order_by(ShippingRate.country)
        .limit(60)
    )
    return list(db.session.scalars(question))
