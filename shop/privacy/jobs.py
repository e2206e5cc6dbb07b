"""Work that returns: the clock of requests, and the claims of parents."""

from shop.core import clock
from shop.core.db import db, writing
from shop.core.jobs import every
from shop.core.outbox import OutboxRow, carries_out
from shop.privacy.actions import id_copies
from shop.privacy.actions import requests as actions


@every(hours=1)
def watch_the_clock() -> None:
    """Warn the owner of requests with two days left, and of those that are too late."""
    with writing():
        actions.warn(clock.now())
        db.session.commit()


@every(hours=1)
def destroy_id_copies() -> None:
    """Destroy copies of identity documents on their last day, the worker's first hour of it."""
    id_copies.destroy_old(clock.now(), False)


@carries_out(actions.MATCH_KIND)
def stop_statistics(row: OutboxRow) -> None:
    """Stop statistics about whom a parent's claim names, and alert staff."""
    with writing():
        actions.stop_for_child(int(row.reference), at=clock.now())
        db.session.commit()
