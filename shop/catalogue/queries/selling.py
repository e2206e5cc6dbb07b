"""What cart, checkout and orders ask about variants."""

from collections.abc import Collection as Several
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select

from shop.catalogue.models import Picture, Product, Variant
from shop.catalogue.pictures import ShownPicture
from shop.catalogue.queries.rows import first_picture, product_path, shown_row, told
from shop.core.db import db
from shop.core.i18n import language


@dataclass(frozen=True)
class CartVariant:
    """A variant as somebody buys it: names in both languages, price, stock and weight of this moment."""

    variant_id: int
    product_id: int
    slug: str
    url: str
    kind: str
    name: str
    name_nl: str
    name_en: str
    label: str
    label_nl: str
    label_en: str
    sku: str
    price_cents: int
    stock: int | None
    weight_grams: int
    vat_class: str
    is_for_sale: bool
    picture: ShownPicture | None


_variants = (
    select(
        Variant.id.label("variant_id"),
        Variant.product_id,
        Variant.sku,
        Variant.label_nl,
        Variant.label_en,
        Variant.price_cents,
        Variant.stock,
        Variant.weight_grams,
        Variant.is_active,
        Product.slug,
        Product.kind,
        Product.name_nl,
        Product.name_en,
        Product.vat_class,
        Product.is_published,
        Picture.key,
        Picture.width,
        Picture.height,
        Picture.alt_nl,
        Picture.alt_en,
        Picture.formats,
        Picture.widths,
    )
    .join(Product, Product.id == Variant.product_id)
    .outerjoin(Picture, and_(Picture.product_id == Product.id, Picture.id == first_picture))
    .where(Variant.id.in_(bindparam("ids", expanding=True)))
    .order_by(Variant.id)
)


def variants_for_cart(ids: Several[int]) -> dict[int, CartVariant]:
    """These variants by their number, also those no longer for sale; unknown numbers are left out. One statement."""
    if not ids:
        return {}
    spoken = language()
    rows = db.session.execute(_variants, {"ids": sorted(set(ids))})
    return {row.variant_id: _cart_variant(row, spoken) for row in rows}


def variant_for_sale(variant_id: int) -> CartVariant | None:
    """One variant when it can be bought: its product is published and it is active; sold out or not."""
    found = variants_for_cart([variant_id]).get(variant_id)
    return found if found is not None and found.is_for_sale else None


def _cart_variant(row: Any, spoken: str) -> CartVariant:
    return CartVariant(
        variant_id=row.variant_id,
        product_id=row.product_id,
        slug=row.slug,
        url=product_path(row.slug, spoken),
        kind=row.kind,
        name=told(row, "name", spoken),
        name_nl=row.name_nl,
        name_en=row.name_en or row.name_nl,
        label=told(row, "label", spoken),
        label_nl=row.label_nl,
        label_en=row.label_en or row.label_nl,
        sku=row.sku,
        price_cents=row.price_cents,
        stock=row.stock,
        weight_grams=row.weight_grams,
        vat_class=row.vat_class,
        is_for_sale=row.is_published and row.is_active,
        picture=shown_row(row, spoken) if row.key else None,
    )
