"""What the worker does for the catalogue: derive a picture's widths, remove the files of one that is gone."""

from sqlalchemy import select, update

from shop.catalogue.actions.pictures import DERIVE, REMOVE
from shop.catalogue.models import Picture
from shop.catalogue.pictures import FORMATS, derive, remove_files
from shop.catalogue.version import raise_version
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow, carries_out


@carries_out(DERIVE)
def derive_picture(row: OutboxRow) -> None:
    """Make a picture's widths in all formats, then let pages show them; a picture that is gone needs none."""
    key = row.reference
    is_there = db.session.scalar(select(Picture.id).where(Picture.key == key)) is not None
    db.session.rollback()
    if not is_there:
        return
    widths = derive(key)
    with writing():
        db.session.execute(
            update(Picture)
            .where(Picture.key == key)
            .values(formats=",".join(FORMATS) if widths else "", widths=",".join(str(width) for width in widths))
        )
        raise_version()
        db.session.commit()


@carries_out(REMOVE)
def remove_picture_files(row: OutboxRow) -> None:
    """Take the files of a removed picture off the disk."""
    remove_files(row.reference)
