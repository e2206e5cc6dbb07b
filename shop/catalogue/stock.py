"""Stock moves by one conditional update and one movement, in the transaction of its cause.

The database refuses what must never be: a stock below zero, the same movement twice. Where visitors are told something
else about the stock, the catalogue's version goes up with the commit.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update

from shop.catalogue.models import StockMovement, Variant
from shop.catalogue.rules import is_band_changed
from shop.catalogue.version import raise_version
from shop.core.db import db
from shop.core.errors import ShopError

# Built once, and on tables rather than objects: while an order is placed, nobody else can write.
_variants, _movements = (cast(Table, model.__table__) for model in (Variant, StockMovement))
_take = (
    update(_variants)
    .where(_variants.c.id == bindparam("variant"), _variants.c.stock >= bindparam("quantity"))
    .values(stock=_variants.c.stock - bindparam("quantity"))
    .returning(_variants.c.stock)
)
_note = insert(_movements).inline()


class NotEnoughStock(ShopError):
    """Fewer pieces are left than were asked for."""

    def __init__(self, variant_id: int, available: int) -> None:
        super().__init__(f"variant {variant_id}: {available} left")
        self.variant_id = variant_id
        self.available = available


def take(variant_id: int, quantity: int, *, reason: str, key: str, at: datetime) -> None:
    """Take pieces out of stock; NotEnoughStock when there are fewer. Take several variants in the order of their ids.

    A variant without a number (a download) never runs out and leaves no movement.
    """
    taken = db.session.execute(_take, {"variant": variant_id, "quantity": quantity}).one_or_none()
    if taken is not None:
        if is_band_changed(taken.stock + quantity, taken.stock):
            raise_version()
        movement = {"variant_id": variant_id, "delta": -quantity, "reason": reason, "key": key, "at": at}
        db.session.execute(_note, movement)
        return
    left = db.session.execute(select(Variant.stock).where(Variant.id == variant_id)).one_or_none()
    if left is None:
        raise NotEnoughStock(variant_id, 0)
    if left.stock is not None:
        raise NotEnoughStock(variant_id, left.stock)


def give_back(variant_id: int, quantity: int, *, reason: str, key: str, at: datetime) -> bool:
    """Put pieces back, once for each `key`; says whether this call did it. The caller holds the order's row."""
    if db.session.scalar(select(StockMovement.id).where(StockMovement.key == key)) is not None:
        return False
    given = db.session.execute(
        update(Variant)
        .where(Variant.id == variant_id, Variant.stock.is_not(None))
        .values(stock=Variant.stock + quantity)
        .returning(Variant.stock)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if given is None:
        return False
    if is_band_changed(given.stock - quantity, given.stock):
        raise_version()
    db.session.add(StockMovement(variant_id=variant_id, delta=quantity, reason=reason, key=key, at=at))
    return True
