"""Writing variants: options, prices with their history, counted stock."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shop.catalogue.models import Option, OptionValue, PriceChange, Product, StockMovement, Variant, VariantValue
from shop.catalogue.rules import CannotPublish, is_band_changed
from shop.catalogue.version import raise_version
from shop.core.db import db
from shop.core.errors import Conflict

COUNTED = "counted"


@dataclass(frozen=True)
class VariantDetails:
    """What staff writes about a variant; labels are made of the option values where there are any."""

    sku: str
    weight_grams: int = 0
    label_nl: str = ""
    label_en: str = ""
    position: int = 0
    is_active: bool = True


def add_option(
    product: Product, name_nl: str, name_en: str = "", *, values: Sequence[tuple[str, str]]
) -> list[OptionValue]:
    """Give a product something to choose; `values` are the choices in Dutch and English, in their order."""
    count = select(func.count()).select_from(Option).where(Option.product_id == product.id)
    option = Option(product_id=product.id, name_nl=name_nl, name_en=name_en, position=db.session.scalar(count) or 0)
    option.values = [OptionValue(name_nl=nl, name_en=en, position=n) for n, (nl, en) in enumerate(values)]
    db.session.add(option)
    db.session.flush()
    return option.values


def update_option(option: Option, name_nl: str, name_en: str = "", *, values: Sequence[tuple[str, str]]) -> None:
    """Name an option and its choices anew, each in its old place, and take further choices on behind them.

    Variants whose label was made of the old names get one of the new; what staff wrote by hand stays.
    """
    labels = _labels(option.product_id)
    option.name_nl, option.name_en = name_nl, name_en
    for place, (dutch, english) in enumerate(values):
        if place < len(option.values):
            option.values[place].name_nl, option.values[place].name_en = dutch, english
        else:
            option.values.append(OptionValue(name_nl=dutch, name_en=english, position=place))
    db.session.flush()
    for variant_id, label in _labels(option.product_id).items():
        variant = db.session.get_one(Variant, variant_id)
        if (variant.label_nl, variant.label_en) == labels[variant_id]:
            variant.label_nl, variant.label_en = label
    raise_version()


def _labels(product_id: int) -> dict[int, tuple[str, str]]:
    """What each variant of a product is called after its choices, in Dutch and English."""
    question = (
        select(VariantValue.variant_id, OptionValue.name_nl, OptionValue.name_en)
        .join(OptionValue, OptionValue.id == VariantValue.value_id)
        .join(Option, Option.id == OptionValue.option_id)
        .where(Option.product_id == product_id)
        .order_by(Option.position, Option.id)
    )
    names: dict[int, list[tuple[str, str]]] = {}
    for row in db.session.execute(question):
        names.setdefault(row.variant_id, []).append((row.name_nl, row.name_en))
    return {variant_id: label_of(found) for variant_id, found in names.items()}


def label_of(names: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The label of a variant with these choices, in Dutch and English."""
    return ", ".join(dutch for dutch, _english in names), ", ".join(english or dutch for dutch, english in names)


def add_variant(
    product: Product,
    details: VariantDetails,
    *,
    price_cents: int,
    stock: int | None,
    at: datetime,
    values: Sequence[OptionValue] = (),
) -> Variant:
    """Add what is really sold, with the first line of its price history and its first counted stock."""
    variant = Variant(product_id=product.id, price_cents=price_cents, stock=None, sku=details.sku)
    _write(variant, details)
    if values:
        variant.label_nl, variant.label_en = label_of([(value.name_nl, value.name_en) for value in values])
    db.session.add(variant)
    db.session.flush()
    db.session.add_all(VariantValue(variant_id=variant.id, value_id=value.id) for value in values)
    db.session.add(PriceChange(variant_id=variant.id, price_cents=price_cents, from_at=at))
    count_stock(variant, stock, at)
    raise_version()
    return variant


def update_variant(variant: Variant, details: VariantDetails) -> None:
    """Write a variant anew; its price and stock have verbs of their own.

    CannotPublish when it is the last one for sale of a product that visitors see.
    """
    if variant.is_active and not details.is_active:
        others = select(func.count()).where(
            Variant.product_id == variant.product_id, Variant.is_active, Variant.id != variant.id
        )
        is_shown = db.session.scalar(select(Product.is_published).where(Product.id == variant.product_id))
        if is_shown and not db.session.scalar(others):
            raise CannotPublish(["price"])
    _write(variant, details)
    raise_version()


def set_price(variant: Variant, price_cents: int, at: datetime) -> None:
    """Give a variant another price from now on, and write it in the history; the same price changes nothing."""
    if variant.price_cents == price_cents:
        return
    variant.price_cents = price_cents
    db.session.add(PriceChange(variant_id=variant.id, price_cents=price_cents, from_at=at))
    raise_version()


def count_stock(variant: Variant, new_stock: int | None, at: datetime, *, seen: int | None = None) -> None:
    """Write down how many pieces were counted; None means that it never runs out.

    `seen` is the stock that staff saw when counting: Conflict when a sale has changed it since.
    """
    question = select(Variant.stock).where(Variant.id == variant.id).with_for_update()
    before = db.session.execute(question).scalar_one()
    if seen is not None and seen != before:
        raise Conflict(f"stock of variant {variant.id} is {before}, not {seen}")
    if new_stock is not None:
        moved = select(func.coalesce(func.sum(StockMovement.delta), 0)).where(StockMovement.variant_id == variant.id)
        delta = new_stock - (db.session.scalar(moved) or 0)
        if delta:
            key = f"count:{variant.id}:{secrets.token_hex(8)}"
            db.session.add(StockMovement(variant_id=variant.id, delta=delta, reason=COUNTED, key=key, at=at))
    variant.stock = new_stock
    db.session.flush()
    if is_band_changed(before, new_stock):
        raise_version()


def _write(variant: Variant, details: VariantDetails) -> None:
    variant.sku, variant.weight_grams = details.sku, details.weight_grams
    variant.label_nl, variant.label_en = details.label_nl, details.label_en
    variant.position, variant.is_active = details.position, details.is_active
