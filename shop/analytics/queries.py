"""The questions of the analytics room; a group of fewer than five browsers is in no answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import distinct, func, select

from shop.analytics.models import Activity, Count, Total
from shop.analytics.rules import FEWEST
from shop.core.clock import AMSTERDAM
from shop.core.db import db

MOST = 20
DAYS_LOOKED_FOR = 5  # on so many days at least must a word have been looked for before anybody is shown it


@dataclass(frozen=True)
class Group:
    """So many browsers did the same, so often."""

    name: str
    browsers: int
    views: int


def views_by_day(first: date, last: date) -> list[tuple[date, int]]:
    """How many pages were opened on each day, days without any included."""
    rows = db.session.execute(
        select(Count.on, func.sum(Count.times))
        .where(Count.kind == "page", Count.on.between(first, last))
        .group_by(Count.on)
    )
    found = {on: int(times) for on, times in rows}
    days = (last - first).days + 1
    return [(day, found.get(day, 0)) for day in (first + timedelta(days=n) for n in range(days))]


def top_pages(first: date, last: date, *, beginning: str = "/") -> list[tuple[str, int]]:
    """The pages that were opened most."""
    times = func.sum(Count.times)
    question = (
        select(Count.name, times)
        .where(Count.kind == "page", Count.on.between(first, last), Count.name.startswith(beginning, autoescape=True))
        .group_by(Count.name)
        .order_by(times.desc(), Count.name)
        .limit(MOST)
    )
    return [(name, int(sum_)) for name, sum_ in db.session.execute(question)]


def times_of(first: date, last: date, *, kind: str, names: Iterable[str] = (), beginning: str = "") -> int:
    """How often something was counted, by its names or by how they begin."""
    question = select(func.coalesce(func.sum(Count.times), 0)).where(Count.kind == kind, Count.on.between(first, last))
    if beginning:
        question = question.where(Count.name.startswith(beginning, autoescape=True))
    else:
        question = question.where(Count.name.in_(list(names)))
    return int(db.session.scalar(question) or 0)


def words_looked_for(first: date, last: date) -> list[tuple[str, int]]:
    """Words of the catalogue that were looked for at least five times, on at least five days."""
    times = func.sum(Count.times)
    question = (
        select(Count.name, times)
        .where(Count.kind == "word", Count.on.between(first, last))
        .group_by(Count.name)
        .having((times >= FEWEST) & (func.count(distinct(Count.on)) >= DAYS_LOOKED_FOR))
        .order_by(times.desc(), Count.name)
        .limit(MOST)
    )
    return [(name, int(sum_)) for name, sum_ in db.session.execute(question)]


def groups(kind: str, first: date, last: date) -> list[Group]:
    """What browsers that allow analysis have in common: pages, sources or devices, from visits and from totals."""
    column = {"page": Activity.page, "source": Activity.source, "device": Activity.device}[kind]
    begin = datetime.combine(first, time.min, AMSTERDAM)
    end = datetime.combine(last + timedelta(days=1), time.min, AMSTERDAM)
    browsers = func.count(distinct(Activity.browser_id))
    fresh = (
        select(column, browsers, func.count())
        .where(Activity.at >= begin, Activity.at < end, column != "")
        .group_by(column)
        .having(browsers >= FEWEST)
        .order_by(browsers.desc(), column)
        .limit(MOST)
    )
    old = (
        select(Total.name, func.sum(Total.browsers), func.sum(Total.views))
        .where(Total.kind == kind, Total.on.between(first, last))
        .group_by(Total.name)
        .order_by(func.sum(Total.browsers).desc(), Total.name)
        .limit(MOST)
    )
    found: dict[str, Group] = {}
    for question in (fresh, old):
        for name, n, views in db.session.execute(question):
            known = found.get(name, Group(name, 0, 0))
            found[name] = Group(name, known.browsers + int(n), known.views + int(views))
    return sorted(found.values(), key=lambda group: (-group.browsers, group.name))[:MOST]
