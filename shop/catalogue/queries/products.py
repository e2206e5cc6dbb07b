"""One product with everything its page shows, in three statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, and_, bindparam, case, or_, select

from shop.catalogue.models import Collection, CollectionProduct, Product
from shop.catalogue.pictures import ShownPicture
from shop.catalogue.queries.rows import Card, VariantRow, card_of, pictures_of, product_path, told, variants_of
from shop.catalogue.rules import EXCLUSIONS, FEW
from shop.core import clock
from shop.core.db import db
from shop.core.i18n import language

RELATED = 4


@dataclass(frozen=True)
class ShownVariant:
    """A choice on a product page."""

    id: int
    sku: str
    label: str
    price_cents: int
    before_cents: int | None
    stock: int | None

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing is left of it."""
        return self.stock == 0

    @property
    def pieces_left(self) -> int | None:
        """How many are left, when that is worth a word."""
        return self.stock if self.stock is not None and 0 < self.stock <= FEW else None


@dataclass(frozen=True)
class ProductPage:
    """A product as its page shows it, in the language being spoken."""

    id: int
    slug: str
    kind: str
    name: str
    summary: str
    description_html: Markup
    warnings: str
    withdrawal_exclusion: str
    maker_name: str
    maker_address: str
    maker_email: str
    url: str
    collection_name: str | None
    collection_slug: str | None
    variants: tuple[ShownVariant, ...]
    pictures: tuple[ShownPicture, ...]
    related: tuple[Card, ...]

    @property
    def price_cents(self) -> int:
        """The lowest price of its variants."""
        return min(variant.price_cents for variant in self.variants)

    @property
    def is_from_price(self) -> bool:
        """Whether its variants differ in price."""
        return any(variant.price_cents != self.price_cents for variant in self.variants)

    @property
    def before_cents(self) -> int | None:
        """The "van" price of its cheapest variant."""
        return min(self.variants, key=lambda variant: variant.price_cents).before_cents

    @property
    def exclusion(self) -> tuple[Any, str] | None:
        """Why nobody can withdraw from it, and the law that says so; None when everybody can."""
        return EXCLUSIONS.get(self.withdrawal_exclusion)

    @property
    def is_sold_out(self) -> bool:
        """Whether none of its variants can be bought."""
        return all(variant.is_sold_out for variant in self.variants)

    @property
    def first_choice(self) -> int:
        """The variant to begin with: the first that can be bought."""
        return next((variant.id for variant in self.variants if not variant.is_sold_out), self.variants[0].id)


def _statement(key: str) -> Select[*tuple[Any, ...]]:
    """The product that is wanted, its first collection, and short rows of others in that collection."""
    picked, other = Product.__table__.alias("picked"), Product.__table__.alias("other")
    near = Collection.__table__.alias("near")
    main = select(picked.c.id).where(picked.c[key] == bindparam("wanted"), picked.c.is_published).scalar_subquery()
    home = (
        select(near.c.id)
        .join(CollectionProduct, CollectionProduct.collection_id == near.c.id)
        .where(CollectionProduct.product_id == main, near.c.is_published)
        .order_by(near.c.position, near.c.id)
        .limit(1)
        .scalar_subquery()
    )
    related = (
        select(other.c.id)
        .join(CollectionProduct, CollectionProduct.product_id == other.c.id)
        .where(CollectionProduct.collection_id == home, other.c.is_published, other.c.id != main)
        .order_by(other.c.rank.desc(), other.c.id.desc())
        .limit(RELATED)
    )
    is_main = Product.id == main
    long_texts = [
        case((is_main, column), else_="").label(column.key)
        for column in (
            Product.description_html_nl,
            Product.description_html_en,
            Product.warnings_nl,
            Product.warnings_en,
        )
    ]
    return (
        select(
            Product.id,
            Product.slug,
            Product.kind,
            Product.name_nl,
            Product.name_en,
            Product.summary_nl,
            Product.summary_en,
            *long_texts,
            Product.withdrawal_exclusion,
            Product.maker_name,
            Product.maker_address,
            Product.maker_email,
            Collection.slug.label("collection_slug"),
            Collection.name_nl.label("collection_nl"),
            Collection.name_en.label("collection_en"),
            is_main.label("is_main"),
        )
        .outerjoin(Collection, and_(Collection.id == home, is_main))
        .where(or_(is_main, Product.id.in_(related)))
        .order_by(is_main.desc(), Product.rank.desc(), Product.id.desc())
    )


_by_slug = _statement("slug")
_by_id = _statement("id")


def product_page(wanted: str | int, at: datetime | None = None) -> ProductPage | None:
    """A published product by its slug or number, with all that its page shows; None when it is not for sale."""
    rows = db.session.execute(_by_id if isinstance(wanted, int) else _by_slug, {"wanted": wanted}).all()
    if not rows or not rows[0].is_main:
        return None
    row, others, spoken = rows[0], rows[1:], language()
    ids = [one.id for one in rows]
    variants = variants_of(ids, at or clock.now())
    if row.id not in variants:
        return None
    pictures = pictures_of(ids, spoken)
    related = [
        card_of(one, variants[one.id], next(iter(pictures.get(one.id, [])), None), spoken)
        for one in others
        if one.id in variants
    ]
    return ProductPage(
        id=row.id,
        slug=row.slug,
        kind=row.kind,
        name=told(row, "name", spoken),
        summary=told(row, "summary", spoken),
        description_html=Markup(told(row, "description_html", spoken)),  # noqa: S704  cleaned when it was saved
        warnings=told(row, "warnings", spoken),
        withdrawal_exclusion=row.withdrawal_exclusion,
        maker_name=row.maker_name,
        maker_address=row.maker_address,
        maker_email=row.maker_email,
        url=product_path(row.slug, spoken),
        collection_name=told(row, "collection", spoken) if row.collection_slug else None,
        collection_slug=row.collection_slug,
        variants=tuple(_shown(variant, spoken) for variant in variants[row.id]),
        pictures=tuple(pictures.get(row.id, [])),
        related=tuple(related),
    )


def _shown(row: VariantRow, spoken: str) -> ShownVariant:
    return ShownVariant(row.id, row.sku, told(row, "label", spoken), row.price_cents, row.before_cents, row.stock)
