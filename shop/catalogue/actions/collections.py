"""Collections, and which products stand in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slugify import slugify
from sqlalchemy import delete, func, select

from shop.catalogue.actions.pictures import REMOVE
from shop.catalogue.models import Collection, CollectionProduct, Product
from shop.catalogue.pictures import save_tile
from shop.catalogue.version import raise_version
from shop.core import outbox
from shop.core.db import db
from shop.core.errors import Conflict


@dataclass(frozen=True)
class CollectionDetails:
    """What staff writes about a collection."""

    name_nl: str
    name_en: str = ""
    description_nl: str = ""
    description_en: str = ""
    position: int = 0
    is_published: bool = True
    slug: str = ""


def save_collection(details: CollectionDetails, *, collection: Collection | None = None, at: datetime) -> Collection:
    """Make a collection, or write one anew; Conflict when another has its address."""
    kept = collection.slug if collection is not None else details.name_nl
    slug = slugify(details.slug or kept, max_length=80) or "collectie"
    collection = collection or Collection(picture_key="")
    other = select(Collection.id).where(Collection.slug == slug, Collection.id.is_distinct_from(collection.id))
    if db.session.scalar(other) is not None:
        raise Conflict(f"collection {slug}")
    collection.slug = slug
    for name in ("name_nl", "name_en", "description_nl", "description_en", "position", "is_published"):
        setattr(collection, name, getattr(details, name))
    collection.updated_at = at
    db.session.add(collection)
    db.session.flush()
    raise_version()
    return collection


def set_collection_picture(collection: Collection, content: bytes, at: datetime) -> None:
    """Give a collection the picture of its tile; NotAPicture when it is none."""
    old, collection.picture_key = collection.picture_key, save_tile(content).key
    if old:
        outbox.put(REMOVE, f"picture_removal:{old}", reference=old, at=at)
    collection.updated_at = at
    raise_version()


def set_collection_products(collection: Collection, product_ids: Sequence[int]) -> None:
    """Say which products stand in a collection, in their order."""
    db.session.execute(delete(CollectionProduct).where(CollectionProduct.collection_id == collection.id))
    wanted = dict.fromkeys(product_ids)
    known = set(db.session.scalars(select(Product.id).where(Product.id.in_(wanted))))
    places = [number for number in wanted if number in known]
    db.session.add_all(
        CollectionProduct(collection_id=collection.id, product_id=number, position=place)
        for place, number in enumerate(places)
    )
    db.session.flush()
    raise_version()


def set_collections_of(product: Product, collection_ids: Sequence[int]) -> None:
    """Say in which collections a product stands; where it already stands, its place stays."""
    standing = set(
        db.session.scalars(select(CollectionProduct.collection_id).where(CollectionProduct.product_id == product.id))
    )
    wanted = set(db.session.scalars(select(Collection.id).where(Collection.id.in_(collection_ids))))
    db.session.execute(
        delete(CollectionProduct).where(
            CollectionProduct.product_id == product.id, CollectionProduct.collection_id.in_(standing - wanted)
        )
    )
    for number in sorted(wanted - standing):
        behind = select(func.coalesce(func.max(CollectionProduct.position) + 1, 0)).where(
            CollectionProduct.collection_id == number
        )
        place = db.session.scalar(behind) or 0
        db.session.add(CollectionProduct(collection_id=number, product_id=product.id, position=place))
    db.session.flush()
    raise_version()
