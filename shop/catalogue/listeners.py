"""What the worker does for the catalogue: derive pictures, remove the files of those that are gone."""

import time

from sqlalchemy import select, update

from shop.catalogue.actions.pictures import DERIVE, REMOVE
from shop.catalogue.models import Collection, Picture
from shop.catalogue.pictures import FORMATS, derive, remove_files, remove_strays
from shop.catalogue.version import raise_version
from shop.core.db import db, writing
from shop.core.jobs import every
from shop.core.outbox import OutboxRow, carries_out

A_DAY = 24 * 60 * 60


@carries_out(DERIVE, can_wait=True)
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


@carries_out(REMOVE, can_wait=True)
def remove_picture_files(row: OutboxRow) -> None:
    """Take the files of a removed picture off the disk."""
    remove_files(row.reference)


@every(hours=24)
def sweep_pictures() -> int:
    """Remove files that no picture has: of changes that never came to be, or of a write that was cut off; how many."""
    keys = {key for column in (Picture.key, Collection.picture_key) for key in db.session.scalars(select(column))}
    db.session.rollback()
    return remove_strays(keys, older_than=time.time() - A_DAY)
