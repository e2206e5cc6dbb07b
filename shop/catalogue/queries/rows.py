"""What all public pages read of products: variants with their price history, and pictures; rows, not objects."""

from collections.abc import Collection as Several
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from shop.catalogue.models import Picture, PriceChange, Product, Variant
from shop.catalogue.pictures import ShownPicture, shown
from shop.catalogue.rules import REFERENCE, SHOWN_FOR, before_price, pieces_left
from shop.core.db import UtcDateTime, db
from shop.core.i18n import language


@dataclass(frozen=True)
class VariantRow:
    """A variant with the "van" price that its history gives."""

    id: int
    product_id: int
    sku: str
    label_nl: str
    label_en: str
    price_cents: int
    stock: int | None
    before_cents: int | None


@dataclass(frozen=True)
class Card:
    """A product in a grid, as components/product_card.html shows it."""

    url: str
    name: str
    picture: ShownPicture | None
    price_cents: int
    is_from_price: bool
    before_cents: int | None
    is_sold_out: bool
    pieces_left: int | None


card_columns = (Product.id, Product.slug, Product.name_nl, Product.name_en)

_older = PriceChange.__table__.alias("older")
_variants: Select[*tuple[Any, ...]] = (
    select(
        Variant.id,
        Variant.product_id,
        Variant.sku,
        Variant.label_nl,
        Variant.label_en,
        Variant.price_cents,
        Variant.stock,
        PriceChange.from_at,
        PriceChange.price_cents.label("was_cents"),
    )
    .outerjoin(
        PriceChange,
        and_(
            PriceChange.variant_id == Variant.id,
            or_(
                PriceChange.from_at > bindparam("cutoff", type_=UtcDateTime()),
                PriceChange.from_at
                == select(func.max(_older.c.from_at))
                .where(_older.c.variant_id == Variant.id, _older.c.from_at <= bindparam("cutoff", type_=UtcDateTime()))
                .scalar_subquery(),
            ),
        ),
    )
    .where(Variant.product_id.in_(bindparam("products", expanding=True)), Variant.is_active)
    .order_by(Variant.position, Variant.id, PriceChange.from_at, PriceChange.id)
)

_pictures = (
    select(
        Picture.product_id,
        Picture.key,
        Picture.width,
        Picture.height,
        Picture.alt_nl,
        Picture.alt_en,
        Picture.formats,
        Picture.widths,
    )
    .where(Picture.product_id.in_(bindparam("products", expanding=True)))
    .order_by(Picture.position, Picture.id)
)

first_picture = (
    select(Picture.id)
    .where(Picture.product_id == Product.id)
    .order_by(Picture.position, Picture.id)
    .limit(1)
    .correlate(Product)
    .scalar_subquery()
)


def told(row: Any, name: str, spoken: str) -> str:
    """A row's text in a language; its Dutch text where that one is empty."""
    text: str = getattr(row, f"{name}_{spoken}") or getattr(row, f"{name}_nl")
    return text


def product_path(slug: str, spoken: str) -> str:
    """A product's address on this site."""
    return f"{'/en' if spoken == 'en' else ''}/products/{slug}"


def shown_row(row: Any, spoken: str) -> ShownPicture:
    """A picture's row as pages show it."""
    alt = told(row, "alt", spoken)
    return shown(row.key, width=row.width, height=row.height, alt=alt, formats=row.formats, widths=row.widths)


def variants_of(products: Several[int], at: datetime) -> dict[int, list[VariantRow]]:
    """The active variants of these products, in their order, each with its "van" price; one statement."""
    rows = db.session.execute(_variants, {"products": list(products), "cutoff": at - REFERENCE - SHOWN_FOR})
    histories: dict[int, list[tuple[datetime, int]]] = {}
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.id, row)
        if row.from_at is not None:
            histories.setdefault(row.id, []).append((row.from_at, row.was_cents))
    found: dict[int, list[VariantRow]] = {}
    for row in first.values():
        before = before_price(histories.get(row.id, []), at)
        found.setdefault(row.product_id, []).append(
            VariantRow(row.id, row.product_id, row.sku, row.label_nl, row.label_en, row.price_cents, row.stock, before)
        )
    return found


def pictures_of(products: Several[int], spoken: str) -> dict[int, list[ShownPicture]]:
    """The pictures of these products, in their order; one statement."""
    found: dict[int, list[ShownPicture]] = {}
    for row in db.session.execute(_pictures, {"products": list(products)}):
        found.setdefault(row.product_id, []).append(shown_row(row, spoken))
    return found


def card_of(row: Any, variants: list[VariantRow], picture: ShownPicture | None, spoken: str) -> Card:
    """One product as a card; its price is that of its cheapest variant."""
    cheapest = min(variants, key=lambda variant: variant.price_cents)
    stocks = [variant.stock for variant in variants]
    return Card(
        url=product_path(row.slug, spoken),
        name=told(row, "name", spoken),
        picture=picture,
        price_cents=cheapest.price_cents,
        is_from_price=any(variant.price_cents != cheapest.price_cents for variant in variants),
        before_cents=cheapest.before_cents,
        is_sold_out=all(stock == 0 for stock in stocks),
        pieces_left=pieces_left(stocks),
    )


def cards_of(rows: list[Any], at: datetime) -> list[Card]:
    """These products as cards, in the order given; those without an active variant are left out. Two statements."""
    if not rows:
        return []
    spoken = language()
    ids = [row.id for row in rows]
    variants, pictures = variants_of(ids, at), pictures_of(ids, spoken)
    return [
        card_of(row, variants[row.id], next(iter(pictures.get(row.id, [])), None), spoken)
        for row in rows
        if row.id in variants
    ]
