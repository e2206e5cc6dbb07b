"""Work on papers that returns by itself: draw what was issued, issue what had to wait, sweep what is left over."""

import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from shop.core import clock, vault
from shop.core.db import db, reading, writing
from shop.core.jobs import every
from shop.core.outbox import OutboxRow, carries_out
from shop.core.personal_data import register
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import actions, books, documents, queries, renewing
from shop.papers.models import Invoice

UNFINISHED = timedelta(hours=1)
"""How old a file without a row must be before it is swept: a row may just be on its way."""

log = structlog.get_logger()


@carries_out(actions.DRAWN)
def draw_paper(row: OutboxRow) -> None:
    """Draw one issued paper and put it in the vault."""
    documents.store(int(row.reference))


@carries_out(actions.LATE)
def write_late_papers(row: OutboxRow) -> None:
    """Write the papers of an order that had to wait because the clock was wrong."""
    with writing():
        order = order_for_change(int(row.reference))
        if order is not None:
            renewing.catch_up(order, clock.now())
        db.session.commit()


@every(hours=1)
def issue_waiting() -> int:
    """Issue every invoice that was asked for and can be issued by now; how many were."""
    done, after = 0, 0
    while True:
        with reading():
            found = [(asked.id, asked.order_id) for asked in queries.waiting_requests(after=after)]
        if not found:
            return done
        after = found[-1][0]
        done += sum(_issue(order_id) for _id, order_id in found)


def _issue(order_id: int) -> bool:
    with writing():
        order = order_for_change(order_id)
        issued = actions.issue_if_due(order, clock.now()) if order else None
        db.session.commit()
        return issued is not None


@every(hours=1)
def book_missing() -> int:
    """Book every order that was paid before the shop kept books; how many were."""
    done, after = 0, 0
    while True:
        with reading():
            found = books.unbooked(after=after)
        if not found:
            return done
        for order_id, cents, at in found:
            after = order_id
            with writing():
                order = order_for_change(order_id)
                if order is not None and not books.booked(order_id):
                    books.book_sale(order_with_all(order_id), cents, at=at)
                    actions.issue_if_due(order, clock.now())
                    done += 1
                db.session.commit()


@register.retains("vault: files whose term is over")
def sweep(at: datetime, is_dry: bool) -> int:
    """End holds that are over, and remove the files that no row has the key of any more; how many files."""
    with reading():
        known = set(db.session.scalars(select(Invoice.file_name)))
    orphans = vault.left_over(known, before=time.time() - UNFINISHED.total_seconds())
    if is_dry:
        return len(orphans)
    with writing():
        released = actions.release_holds(at)
        db.session.commit()
    if released:
        log.info("papers.holds_ended", documents=released)
    for file in orphans:
        file.unlink(missing_ok=True)
    return len(orphans)
