"""Products with options and variants, collections, pictures, price history and stock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import plain

GOODS, SERVICE, DOWNLOAD = "goods", "service", "download"
KINDS = (GOODS, SERVICE, DOWNLOAD)


class Product(Model):
    """Something for sale, in both languages, with its maker as product safety asks (Regulation 2023/988 art. 19)."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("kind IN ('goods', 'service', 'download')", name="kind"),
        CheckConstraint("vat_class IN ('standard', 'reduced', 'zero')", name="vat_class"),
        CheckConstraint(
            "withdrawal_exclusion IN ('', 'made_to_order', 'perishable', 'sealed_hygiene', 'mixed', 'sealed_recording',"
            " 'dated_service')",
            name="withdrawal_exclusion",
        ),
        Index("ix_products_listed", "is_published", "rank", "id"),
    )

    id: Mapped[int] = plain(primary_key=True)
    slug: Mapped[str] = plain(String(80), unique=True)
    kind: Mapped[str] = plain(String(10), default=GOODS)
    vat_class: Mapped[str] = plain(String(10), default="standard")
    name_nl: Mapped[str] = plain(String(120))
    name_en: Mapped[str] = plain(String(120), default="")
    summary_nl: Mapped[str] = plain(String(200), default="")
    summary_en: Mapped[str] = plain(String(200), default="")
    description_nl: Mapped[str] = plain(Text, default="")  # Markdown, as staff typed it
    description_en: Mapped[str] = plain(Text, default="")
    description_html_nl: Mapped[str] = plain(Text, default="")  # made safe when written, so that no page has to
    description_html_en: Mapped[str] = plain(Text, default="")
    warnings_nl: Mapped[str] = plain(Text, default="")
    warnings_en: Mapped[str] = plain(Text, default="")
    search_nl: Mapped[str] = plain(Text, default="")  # folded words, see catalogue.rules.search_words
    search_en: Mapped[str] = plain(Text, default="")
    maker_name: Mapped[str] = plain(String(120), default="")
    maker_address: Mapped[str] = plain(String(200), default="")
    maker_email: Mapped[str] = plain(String(254), default="")
    download_key: Mapped[str] = plain(String(32), default="")  # the file that a download is, see catalogue.downloads
    is_published: Mapped[bool] = plain(default=False)
    is_featured: Mapped[bool] = plain(default=False)
    rank: Mapped[int] = plain(default=0)  # place in lists: the higher, the earlier
    published_at: Mapped[datetime | None] = plain()
    updated_at: Mapped[datetime] = plain()
    withdrawal_exclusion: Mapped[str] = plain(String(20), default="", server_default="")  # a key of rules.EXCLUSIONS

    options: Mapped[list["Option"]] = relationship(
        lazy="raise", order_by="Option.position", cascade="all, delete-orphan"
    )
    variants: Mapped[list["Variant"]] = relationship(
        lazy="raise", back_populates="product", order_by="Variant.position", cascade="all, delete-orphan"
    )
    pictures: Mapped[list["Picture"]] = relationship(
        lazy="raise", order_by="Picture.position", cascade="all, delete-orphan"
    )


class Option(Model):
    """Something to choose of a product: its size, its colour."""

    __tablename__ = "options"

    id: Mapped[int] = plain(primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id"), index=True)
    position: Mapped[int] = plain(default=0)
    name_nl: Mapped[str] = plain(String(40))
    name_en: Mapped[str] = plain(String(40), default="")

    values: Mapped[list["OptionValue"]] = relationship(
        lazy="raise", order_by="OptionValue.position", cascade="all, delete-orphan"
    )


class OptionValue(Model):
    """One of the choices of an option: large, sand."""

    __tablename__ = "option_values"

    id: Mapped[int] = plain(primary_key=True)
    option_id: Mapped[int] = plain(ForeignKey("options.id"), index=True)
    position: Mapped[int] = plain(default=0)
    name_nl: Mapped[str] = plain(String(40))
    name_en: Mapped[str] = plain(String(40), default="")


class VariantValue(Model):
    """That a variant has one value of an option."""

    __tablename__ = "variant_values"

    variant_id: Mapped[int] = plain(ForeignKey("variants.id"), primary_key=True)
    value_id: Mapped[int] = plain(ForeignKey("option_values.id"), primary_key=True)


class Variant(Model):
    """What is really sold: one choice of a product with its own price (cents, VAT included), stock and weight."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("price_cents >= 0 AND price_cents <= 100000000", name="price_range"),
        CheckConstraint("stock IS NULL OR stock >= 0", name="stock_not_below_zero"),
        CheckConstraint("weight_grams >= 0", name="weight_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id"), index=True)
    sku: Mapped[str] = plain(String(40), unique=True)
    position: Mapped[int] = plain(default=0)
    label_nl: Mapped[str] = plain(String(120), default="")  # "groot, zand": its values, joined when written
    label_en: Mapped[str] = plain(String(120), default="")
    price_cents: Mapped[int] = plain()
    stock: Mapped[int | None] = plain()  # None: never runs out (downloads)
    weight_grams: Mapped[int] = plain(default=0)
    is_active: Mapped[bool] = plain(default=True)

    product: Mapped[Product] = relationship(lazy="raise", back_populates="variants")


class PriceChange(Model):
    """The price of a variant from a moment on; append-only, so that a "van" price can be proved (30 days rule)."""

    __tablename__ = "price_changes"
    __table_args__ = (Index("ix_price_changes_variant", "variant_id", "from_at"),)

    id: Mapped[int] = plain(primary_key=True)
    variant_id: Mapped[int] = plain(ForeignKey("variants.id"))
    price_cents: Mapped[int] = plain()
    from_at: Mapped[datetime] = plain()


class StockMovement(Model):
    """Why a variant's stock changed; the stock is always the sum of these.

    `key` makes every effect happen once: "order:12:34" for line 34 of order 12, "release:12:34" when it comes back.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (CheckConstraint("delta <> 0", name="delta_not_zero"),)

    id: Mapped[int] = plain(primary_key=True)
    variant_id: Mapped[int] = plain(ForeignKey("variants.id"), index=True)
    delta: Mapped[int] = plain()
    reason: Mapped[str] = plain(String(20))
    key: Mapped[str] = plain(String(80), unique=True)
    at: Mapped[datetime] = plain()


class Collection(Model):
    """A group of products that visitors can browse."""

    __tablename__ = "collections"

    id: Mapped[int] = plain(primary_key=True)
    slug: Mapped[str] = plain(String(80), unique=True)
    name_nl: Mapped[str] = plain(String(80))
    name_en: Mapped[str] = plain(String(80), default="")
    description_nl: Mapped[str] = plain(String(400), default="")
    description_en: Mapped[str] = plain(String(400), default="")
    picture_key: Mapped[str] = plain(String(64), default="")
    position: Mapped[int] = plain(default=0)
    is_published: Mapped[bool] = plain(default=True)
    updated_at: Mapped[datetime] = plain()


class CollectionProduct(Model):
    """That a product is in a collection, and where."""

    __tablename__ = "collection_products"
    __table_args__ = (UniqueConstraint("product_id", "collection_id"),)

    collection_id: Mapped[int] = plain(ForeignKey("collections.id"), primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id"), primary_key=True)
    position: Mapped[int] = plain(default=0)


class Picture(Model):
    """A picture with its text for who cannot see it; its files are named after `key` in the media folder."""

    __tablename__ = "pictures"

    id: Mapped[int] = plain(primary_key=True)
    product_id: Mapped[int] = plain(ForeignKey("products.id"), index=True)
    position: Mapped[int] = plain(default=0)
    key: Mapped[str] = plain(String(64), unique=True)
    width: Mapped[int] = plain()
    height: Mapped[int] = plain()
    alt_nl: Mapped[str] = plain(String(200), default="")
    alt_en: Mapped[str] = plain(String(200), default="")
    formats: Mapped[str] = plain(String(60), default="")  # "avif,webp,jpeg" once derived
    widths: Mapped[str] = plain(String(60), default="")  # "320,640,960,1280" once derived


class CatalogueVersion(Model):
    """One number, raised in the transaction of every change that visitors can see; the page cache trusts it."""

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = plain(primary_key=True, autoincrement=False)
    version: Mapped[int] = plain(default=1)
