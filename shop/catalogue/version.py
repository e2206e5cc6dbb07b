"""The catalogue's version: raised in the transaction of every change that visitors can see.

It is raised once, at the end of the transaction: two buyers who lock variants and then this row can never wait for
each other.
"""

from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from shop.catalogue.models import CatalogueVersion
from shop.core.db import db

_CHANGED = "catalogue is changed"


def raise_version() -> None:
    """Say that visitors can see a change; the version goes up when the transaction is committed."""
    db.session().info[_CHANGED] = True


def current_version() -> int:
    """The number of the catalogue as it is now."""
    return db.session.scalar(select(CatalogueVersion.version).where(CatalogueVersion.id == 1)) or 0


@event.listens_for(db.session, "before_commit")
def _raise_now(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop(_CHANGED, False):
        return
    session.flush()  # what waits to be written locks its rows first
    session.execute(
        update(CatalogueVersion)
        .where(CatalogueVersion.id == 1)
        .values(version=CatalogueVersion.version + 1)
        .execution_options(synchronize_session=False)
    )


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: Any) -> None:
    if ended.parent is None:  # a savepoint that is given up leaves the rest of the transaction
        session.info.pop(_CHANGED, None)
