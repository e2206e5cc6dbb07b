"""Writing products: texts made safe and searchable at once, publishing only what is complete."""

from dataclasses import dataclass
from datetime import datetime

from slugify import slugify
from sqlalchemy import select

from shop.catalogue.models import DOWNLOAD, GOODS, Picture, Product, Variant
from shop.catalogue.rules import CannotPublish, publishing_problems, search_text
from shop.catalogue.texts import html_of
from shop.catalogue.version import raise_version
from shop.core.db import db


@dataclass(frozen=True)
class ProductDetails:
    """What staff writes about a product; descriptions are Markdown."""

    name_nl: str
    name_en: str = ""
    summary_nl: str = ""
    summary_en: str = ""
    description_nl: str = ""
    description_en: str = ""
    warnings_nl: str = ""
    warnings_en: str = ""
    maker_name: str = ""
    maker_address: str = ""
    maker_email: str = ""
    kind: str = GOODS
    vat_class: str = "standard"
    withdrawal_exclusion: str = ""
    is_featured: bool = False
    rank: int = 0
    slug: str = ""


def create_product(details: ProductDetails, at: datetime) -> Product:
    """Make a product that visitors do not see yet."""
    product = Product(slug=_free_slug(details.slug or details.name_nl), is_published=False, updated_at=at)
    product.options, product.variants, product.pictures = [], [], []
    _write(product, details, at)
    db.session.add(product)
    db.session.flush()
    return product


def update_product(product: Product, details: ProductDetails, at: datetime) -> None:
    """Write a product anew; CannotPublish when visitors see it and it would no longer be complete.

    Its address changes only when another slug is given.
    """
    wanted = slugify(details.slug, max_length=80) if details.slug else product.slug
    if wanted != product.slug:
        product.slug = _free_slug(wanted)
    if product.is_published:
        reasons = _problems(product, details)
        if reasons:
            raise CannotPublish(reasons)
    _write(product, details, at)
    raise_version()


def publish(product: Product, at: datetime) -> None:
    """Show a product to visitors; CannotPublish with every reason when something is missing."""
    reasons = _problems(product, product)
    if reasons:
        raise CannotPublish(reasons)
    product.is_published = True
    product.published_at = product.published_at or at
    product.updated_at = at
    raise_version()


def set_download(product: Product, key: str, at: datetime) -> None:
    """Give a download the file that its buyers get (`downloads.save_download`); earlier buyers get the new one too."""
    product.download_key = key
    product.updated_at = at


def unpublish(product: Product, at: datetime) -> None:
    """Take a product away from visitors; orders keep their own copy of it."""
    product.is_published = False
    product.updated_at = at
    raise_version()


def _write(product: Product, details: ProductDetails, at: datetime) -> None:
    for name in (
        *("name_nl", "name_en", "summary_nl", "summary_en", "description_nl", "description_en"),
        *("warnings_nl", "warnings_en", "maker_name", "maker_address", "maker_email"),
        *("kind", "vat_class", "withdrawal_exclusion", "is_featured", "rank"),
    ):
        setattr(product, name, getattr(details, name))
    product.description_html_nl = html_of(details.description_nl)
    product.description_html_en = html_of(details.description_en)
    product.search_nl = search_text(details.name_nl, (details.summary_nl, details.description_nl), "nl")
    product.search_en = search_text(
        details.name_en or details.name_nl,
        (details.summary_en or details.summary_nl, details.description_en or details.description_nl),
        "en",
    )
    product.updated_at = at


def _problems(product: Product, details: Product | ProductDetails) -> list[str]:
    db.session.flush()
    prices = select(Variant.price_cents).where(Variant.product_id == product.id, Variant.is_active)
    alts = select(Picture.alt_nl).where(Picture.product_id == product.id)
    return publishing_problems(
        name_nl=details.name_nl,
        description_nl=details.description_nl,
        maker=(details.maker_name, details.maker_address, details.maker_email),
        prices=list(db.session.scalars(prices)),
        alts=list(db.session.scalars(alts)),
        has_file=details.kind != DOWNLOAD or bool(product.download_key),
    )


def _free_slug(text: str) -> str:
    """An address for a product that no other has: a number follows where the name alone is taken."""
    base = slugify(text, max_length=74, word_boundary=True) or "artikel"
    taken = set(db.session.scalars(select(Product.slug).where(Product.slug.like(f"{base}%"))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)
