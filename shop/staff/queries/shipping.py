"""Carriers and delivery methods, as the back office edits them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from shop.core.db import db
from shop.shipping.models import Carrier, ShippingMethod


@dataclass(frozen=True)
class CarrierRow:
    """A carrier to choose."""

    id: int
    name: str
    is_active: bool = True
    tracking_url: str = ""


def carriers() -> list[CarrierRow]:
    """The carriers, by name."""
    question = (
        select(Carrier.id, Carrier.name, Carrier.is_active, Carrier.tracking_url).order_by(Carrier.name).limit(50)
    )
    return [CarrierRow(row.id, row.name, row.is_active, row.tracking_url) for row in db.session.execute(question)]


def carrier_by_id(carrier_id: int) -> Carrier | None:
    """One carrier."""
    return db.session.get(Carrier, carrier_id)


def all_carriers() -> Sequence[Carrier]:
    """The carriers with their tracking addresses, by name."""
    return db.session.scalars(select(Carrier).order_by(Carrier.name).limit(50)).all()


def methods() -> Sequence[ShippingMethod]:
    """The delivery methods with their rates, in the order in which customers see them."""
    return db.session.scalars(select(ShippingMethod).order_by(ShippingMethod.position, ShippingMethod.id)).all()


def method_by_id(method_id: int) -> ShippingMethod | None:
    """One delivery method with its rates."""
    return db.session.get(ShippingMethod, method_id)
