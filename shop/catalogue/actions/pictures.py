"""Pictures of products: kept at once, derived by the worker."""

from datetime import datetime

from sqlalchemy import func, select

from shop.catalogue.models import Picture, Product
from shop.catalogue.pictures import Master, save_master
from shop.catalogue.version import raise_version
from shop.core import outbox
from shop.core.db import db

DERIVE, REMOVE = "picture", "picture_removal"


def add_picture(product: Product, picture: bytes | Master, *, alt_nl: str, alt_en: str = "", at: datetime) -> Picture:
    """Add a picture behind the others; NotAPicture when it is none. Its smaller widths are made by the worker.

    Checking and keeping a large picture takes a while: a screen does that first (`pictures.save_master`) and hands
    over the master, so that nobody waits for the database meanwhile.
    """
    master = save_master(picture) if isinstance(picture, bytes) else picture
    behind = select(func.coalesce(func.max(Picture.position) + 1, 0)).where(Picture.product_id == product.id)
    row = Picture(
        product_id=product.id,
        position=db.session.scalar(behind) or 0,
        key=master.key,
        width=master.width,
        height=master.height,
        alt_nl=alt_nl,
        alt_en=alt_en,
    )
    db.session.add(row)
    db.session.flush()
    outbox.put(DERIVE, f"picture:{master.key}", reference=master.key, at=at)
    raise_version()
    return row


def describe_picture(picture: Picture, *, alt_nl: str, alt_en: str = "") -> None:
    """Write the text for who cannot see the picture."""
    picture.alt_nl, picture.alt_en = alt_nl, alt_en
    raise_version()


def move_picture(picture: Picture, position: int) -> None:
    """Give a picture another place among those of its product; the first one stands on cards."""
    others = list(
        db.session.scalars(
            select(Picture)
            .where(Picture.product_id == picture.product_id, Picture.id != picture.id)
            .order_by(Picture.position, Picture.id)
        )
    )
    others.insert(max(0, position), picture)
    for place, one in enumerate(others):
        one.position = place
    raise_version()


def remove_picture(picture: Picture, at: datetime) -> None:
    """Take a picture away; its files go when this is committed."""
    outbox.put(REMOVE, f"picture_removal:{picture.key}", reference=picture.key, at=at)
    db.session.delete(picture)
    db.session.flush()
    raise_version()
