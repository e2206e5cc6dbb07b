"""Writing down what was counted, turning old visits into totals, and erasing those of a browser."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, distinct, func, insert, select

from shop.analytics.counting import Counted
from shop.analytics.models import RAW, Activity, Count, Total
from shop.analytics.rules import FEWEST, Seen
from shop.core import clock
from shop.core.clock import AMSTERDAM
from shop.core.db import db, insert_or
from shop.people.models import Browser

COUNTS_KEPT_MONTHS = 25


def write_counts(counts: Counter[Counted]) -> None:
    """Add counts to those of their days. The caller commits."""
    for (on, kind, name), times in sorted(counts.items()):
        row = insert_or(Count).values(on=on, kind=kind, name=name, times=times)
        added = row.on_conflict_do_update(
            index_elements=[Count.on, Count.kind, Count.name], set_={"times": Count.times + times}
        )
        db.session.execute(added)


def write_visits(visits: list[tuple[str, Seen]]) -> list[tuple[str, datetime]]:
    """Keep the pages of browsers that still allow it; which browsers, in which hours. The caller commits.

    Each browser's row is held meanwhile: a withdrawal comes before, and nothing is found, or after, and erases it.
    """
    hashes = sorted({token_hash for token_hash, _seen in visits})
    found = select(Browser.token_hash, Browser.id).where(
        Browser.token_hash.in_(hashes), Browser.consent_ends_at > clock.now()
    )
    known: dict[str, str] = {
        row.token_hash: row.id for row in db.session.execute(found.order_by(Browser.id).with_for_update(read=True))
    }
    rows = [
        {
            "browser_id": known[token_hash],
            "page": seen.page,
            "source": seen.source,
            "device": seen.device,
            "at": seen.hour,
        }
        for token_hash, seen in visits
        if token_hash in known
    ]
    if rows:
        db.session.execute(insert(Activity), rows)
    return sorted({(known[token_hash], seen.hour) for token_hash, seen in visits if token_hash in known})


def erase_visits(browser_id: str) -> None:
    """Erase all pages of a browser. The caller commits."""
    db.session.execute(delete(Activity).where(Activity.browser_id == browser_id))


def sum_up_old_days(at: datetime) -> int:
    """Turn visits that are about to reach their 30 days into totals, day by day; how many days. The caller commits.

    A day is summed up while all its visits are still there, and its visits go in the same transaction.
    """
    summed = 0
    last = clock.local_date(at) - timedelta(days=RAW.days - 1)
    while (oldest := db.session.scalar(select(func.min(Activity.at)))) is not None:
        day = clock.local_date(oldest)
        if day > last:
            break
        _sum_up(day)
        summed += 1
    return summed


def _sum_up(day: date) -> None:
    on_day = _is_on(day)
    for kind, column in (("page", Activity.page), ("source", Activity.source), ("device", Activity.device)):
        groups = (
            select(
                column.label("name"),
                func.count(distinct(Activity.browser_id)).label("browsers"),
                func.count().label("views"),
            )
            .where(on_day, column != "")
            .group_by(column)
            .having(func.count(distinct(Activity.browser_id)) >= FEWEST)
        )
        for group in db.session.execute(groups).all():
            values = {"on": day, "kind": kind, "name": group.name, "browsers": group.browsers, "views": group.views}
            db.session.execute(insert_or(Total).values(values).on_conflict_do_nothing())
    db.session.execute(delete(Activity).where(on_day))


def _is_on(day: date) -> ColumnElement[bool]:
    begin = datetime.combine(day, time.min, AMSTERDAM)
    end = datetime.combine(day + timedelta(days=1), time.min, AMSTERDAM)
    return (Activity.at >= begin) & (Activity.at < end)
