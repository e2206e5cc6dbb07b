"""Products and collections for these tests, written with the shop's own verbs, and pictures to send."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import event

from shop.catalogue import actions
from shop.catalogue.models import Collection, Product, Variant
from shop.core.db import db

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)

COMPLETE = {
    "name_nl": "Kaars van bijenwas",
    "name_en": "Beeswax candle",
    "summary_nl": "Brandt een hele avond.",
    "summary_en": "Burns all evening.",
    "description_nl": "Gegoten in **Harderwijk**.",
    "description_en": "Poured in **Harderwijk**.",
    "maker_name": "Atelier Voorbeeld",
    "maker_address": "Voorbeeldstraat 1, 3841 AA Harderwijk",
    "maker_email": "atelier@example.com",
}


def details(**values: Any) -> actions.ProductDetails:
    """What staff writes about a product, complete unless the test says otherwise."""
    return actions.ProductDetails(**{**COMPLETE, **values})


def put_on_shelf(
    *, cents: int = 1250, stock: int | None = 10, is_published: bool = True, at: datetime = NOON, **values: Any
) -> tuple[Product, Variant]:
    """A product with one variant, a picture and, unless the test says otherwise, on sale."""
    product = actions.create_product(details(**values), at)
    variant = actions.add_variant(
        product, actions.VariantDetails(sku=f"SKU-{product.id}"), price_cents=cents, stock=stock, at=at
    )
    actions.add_picture(product, picture(), alt_nl="Een kaars", alt_en="A candle", at=at)
    if is_published:
        actions.publish(product, at)
    db.session.commit()
    return product, variant


def put_in_collection(name: str, *products: Product, **values: Any) -> Collection:
    """A collection with these products."""
    collection = actions.save_collection(actions.CollectionDetails(name_nl=name, **values), at=NOON)
    actions.set_collection_products(collection, [product.id for product in products])
    db.session.commit()
    return collection


def picture(size: tuple[int, int] = (90, 60), kind: str = "PNG", **options: Any) -> bytes:
    """A picture as staff sends it."""
    file = BytesIO()
    Image.new("RGB", size, (200, 140, 60)).save(file, kind, **options)
    return file.getvalue()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
