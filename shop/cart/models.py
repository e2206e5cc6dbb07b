"""A cart belongs to a browser or, after sign-in, to a person; its version counts every change."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from shop.catalogue.models import Variant
from shop.core.db import Model
from shop.core.personal_data import Category, Event, Keep, Purpose, Source, personal, plain, subject

IDLE = Keep(Event.LAST_USED, days=7)


class Cart(Model):
    """What one browser or one customer has gathered; with `version` it is the key under which it is ordered once."""

    __tablename__ = "carts"
    __events__ = {Event.LAST_USED: "changed_at"}
    __keep__ = IDLE
    __table_args__ = (
        CheckConstraint("(browser_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        {"sqlite_autoincrement": True},  # an order is found by its cart's number: no later cart may have it again
    )

    id: Mapped[int] = plain(primary_key=True)
    browser_id: Mapped[str | None] = subject("browsers.id", unique=True)
    person_id: Mapped[str | None] = subject("people.id", unique=True)
    version: Mapped[int] = plain(default=1)
    changed_at: Mapped[datetime] = plain()

    lines: Mapped[list["CartLine"]] = relationship(
        lazy="raise", order_by="CartLine.id", cascade="all, delete-orphan", back_populates="cart"
    )


class CartLine(Model):
    """So many pieces of one variant in a cart."""

    __tablename__ = "cart_lines"
    __label__ = _l("Product in your cart")
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity_range"),
    )

    id: Mapped[int] = plain(primary_key=True)
    cart_id: Mapped[int] = subject("carts.id")
    variant_id: Mapped[int] = plain(ForeignKey("variants.id"), index=True)
    quantity: Mapped[int] = personal(
        Category.ACTIVITY, Purpose.DELIVERY, keep=IDLE, label=_l("What is in your cart"), source=Source.USE
    )

    cart: Mapped[Cart] = relationship(lazy="raise", back_populates="lines")
    variant: Mapped[Variant] = relationship(lazy="raise")
