"""Products, variants and collections as staff look for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from shop.catalogue.models import Collection, CollectionProduct, Option, Picture, Product, Variant, VariantValue
from shop.core.db import db

PAGE = 50


@dataclass(frozen=True)
class ProductRow:
    """A product in a list."""

    id: int
    name_nl: str
    name_en: str
    kind: str
    is_published: bool
    price_cents: int | None
    stock: int | None
    variants: int


@dataclass(frozen=True)
class StockRow:
    """A variant with its stock."""

    id: int
    product_id: int
    name_nl: str
    name_en: str
    label_nl: str
    label_en: str
    sku: str
    stock: int | None


def _like(text: str) -> str:
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def products(text: str, before: int | None) -> list[ProductRow]:
    """The newest products, or those whose name or article number holds a text; one more than a page, if there are."""
    totals = (
        select(
            Variant.product_id,
            func.min(Variant.price_cents).label("price_cents"),
            func.sum(Variant.stock).label("stock"),
            func.count().label("variants"),
        )
        .group_by(Variant.product_id)
        .subquery()
    )
    question = (
        select(
            Product.id,
            Product.name_nl,
            Product.name_en,
            Product.kind,
            Product.is_published,
            totals.c.price_cents,
            totals.c.stock,
            func.coalesce(totals.c.variants, 0),
        )
        .outerjoin(totals, totals.c.product_id == Product.id)
        .order_by(Product.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        question = question.where(Product.id < before)
    if text:
        has_sku = select(Variant.id).where(
            Variant.product_id == Product.id, func.lower(Variant.sku).like(_like(text), escape="\\")
        )
        names = (func.lower(Product.name_nl), func.lower(Product.name_en))
        question = question.where(or_(*(name.like(_like(text), escape="\\") for name in names), has_sku.exists()))
    return [ProductRow(*row) for row in db.session.execute(question)]


def stock_rows(text: str, after: int | None, *, most: int | None = None) -> list[StockRow]:
    """Variants of goods with their stock, with at most so many pieces if asked; one more than a page, if there are."""
    question = (
        select(
            Variant.id,
            Variant.product_id,
            Product.name_nl,
            Product.name_en,
            Variant.label_nl,
            Variant.label_en,
            Variant.sku,
            Variant.stock,
        )
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.stock.is_not(None), Variant.is_active)
        .order_by(Variant.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        question = question.where(Variant.id > after)
    if most is not None:
        question = question.where(Variant.stock <= most)
    if text:
        columns = (Product.name_nl, Product.name_en, Variant.sku)
        question = question.where(or_(*(func.lower(column).like(_like(text), escape="\\") for column in columns)))
    return [StockRow(*row) for row in db.session.execute(question)]


def product_with_all(product_id: int) -> Product | None:
    """A product with its options, variants and pictures."""
    return db.session.scalar(
        select(Product)
        .where(Product.id == product_id)
        .options(
            selectinload(Product.options).joinedload(Option.values),
            selectinload(Product.variants),
            selectinload(Product.pictures),
        )
        .execution_options(populate_existing=True)
    )


def variant_by_id(variant_id: int) -> Variant | None:
    """A variant with its product."""
    return db.session.scalar(select(Variant).where(Variant.id == variant_id).options(joinedload(Variant.product)))


def picture_by_id(picture_id: int) -> Picture | None:
    """One picture."""
    return db.session.get(Picture, picture_id)


def is_sku_taken(sku: str, *, but: int | None = None) -> bool:
    """Whether another variant has this article number."""
    question = select(Variant.id).where(func.lower(Variant.sku) == sku.lower(), Variant.id.is_distinct_from(but))
    return db.session.scalar(question.limit(1)) is not None


def has_choices(product_id: int, chosen: Sequence[int], *, but: int | None = None) -> bool:
    """Whether a variant of a product with exactly these choices is there already."""
    question = (
        select(VariantValue.variant_id, VariantValue.value_id)
        .join(Variant, Variant.id == VariantValue.variant_id)
        .where(Variant.product_id == product_id, Variant.id.is_distinct_from(but))
    )
    found: dict[int, set[int]] = {}
    for row in db.session.execute(question):
        found.setdefault(row.variant_id, set()).add(row.value_id)
    return bool(chosen) and set(chosen) in found.values()


def collections() -> Sequence[Collection]:
    """All collections, in the order in which visitors see them."""
    return db.session.scalars(select(Collection).order_by(Collection.position, Collection.id).limit(200)).all()


def collection_by_id(collection_id: int) -> Collection | None:
    """One collection."""
    return db.session.get(Collection, collection_id)


def collections_of(product_id: int) -> list[int]:
    """The collections that a product stands in."""
    question = select(CollectionProduct.collection_id).where(CollectionProduct.product_id == product_id)
    return list(db.session.scalars(question))


def products_of(collection_id: int) -> list[tuple[int, str, str, bool]]:
    """The products of a collection in their order: id, both names, and whether visitors see them."""
    question = (
        select(Product.id, Product.name_nl, Product.name_en, Product.is_published)
        .join(CollectionProduct, CollectionProduct.product_id == Product.id)
        .where(CollectionProduct.collection_id == collection_id)
        .order_by(CollectionProduct.position, Product.id)
        .limit(500)
    )
    return [(row.id, row.name_nl, row.name_en, row.is_published) for row in db.session.execute(question)]
