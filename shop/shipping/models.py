"""Delivery methods with their prices by country and weight, and the carriers that bring parcels."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import plain

PARCEL = "parcel"
PICKUP = "pickup"


class Carrier(Model):
    """Who brings parcels; the tracking address holds {code}, {postcode} and {country}, filled in as quoted text."""

    __tablename__ = "carriers"
    __table_args__ = (CheckConstraint("usual_days IS NULL OR usual_days BETWEEN 1 AND 60", name="usual_days_range"),)

    id: Mapped[int] = plain(primary_key=True)
    code: Mapped[str] = plain(String(20), unique=True)
    name: Mapped[str] = plain(String(60))
    tracking_url: Mapped[str] = plain(String(200), default="")
    usual_days: Mapped[int | None] = plain()  # how long a parcel is on its way as a rule; empty: nobody said
    is_active: Mapped[bool] = plain(default=True, server_default=true())


class ShippingMethod(Model):
    """A way of delivery that a customer can choose: a parcel, or picking up in Harderwijk."""

    __tablename__ = "shipping_methods"
    __table_args__ = (
        CheckConstraint("kind IN ('parcel', 'pickup')", name="kind"),
        CheckConstraint("free_from_cents IS NULL OR free_from_cents >= 0", name="free_from_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    code: Mapped[str] = plain(String(20), unique=True)
    kind: Mapped[str] = plain(String(10))
    name_nl: Mapped[str] = plain(String(80))
    name_en: Mapped[str] = plain(String(80))
    text_nl: Mapped[str] = plain(String(200), default="")
    text_en: Mapped[str] = plain(String(200), default="")
    free_from_cents: Mapped[int | None] = plain()
    position: Mapped[int] = plain(default=0)
    is_active: Mapped[bool] = plain(default=True)

    rates: Mapped[list["ShippingRate"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ShippingRate.max_weight_grams"
    )


class ShippingRate(Model):
    """What a method costs to one country up to a weight in grams, in cents with VAT."""

    __tablename__ = "shipping_rates"
    __table_args__ = (
        UniqueConstraint("method_id", "country", "max_weight_grams"),
        CheckConstraint("price_cents >= 0", name="price_positive"),
        CheckConstraint("max_weight_grams > 0", name="weight_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    method_id: Mapped[int] = plain(ForeignKey("shipping_methods.id"))
    country: Mapped[str] = plain(String(2))
    max_weight_grams: Mapped[int] = plain()
    price_cents: Mapped[int] = plain()
