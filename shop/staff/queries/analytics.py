"""How the shop is used: counts in which nobody can be found, and groups of at least five who allow analysis."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from shop.analytics import queries as analytics
from shop.analytics.queries import Group
from shop.catalogue.models import Product
from shop.core.clock import AMSTERDAM
from shop.core.db import db
from shop.core.i18n import in_language
from shop.orders.models import Order

PERIODS = (7, 30, 90)
PRODUCTS = "/products/"


@dataclass(frozen=True)
class Step:
    """How often visitors came as far as this on the way from a product to a paid order."""

    name: str
    times: int


@dataclass(frozen=True)
class Use:
    """What the page shows of one period."""

    first: date
    last: date
    days: list[tuple[date, int]]
    steps: list[Step]
    products: list[tuple[str, str, int]]
    pages: list[tuple[str, int]]
    words: list[tuple[str, int]]
    sources: list[Group]
    devices: list[Group]

    @property
    def views(self) -> int:
        """How many pages were opened."""
        return sum(times for _day, times in self.days)


def use_of_shop(last: date, days: int) -> Use:
    """How the shop was used in the days up to and including `last`."""
    first = last - timedelta(days=days - 1)
    products = analytics.top_pages(first, last, beginning=PRODUCTS)
    names = _names([page.removeprefix(PRODUCTS) for page, _times in products])
    pages = [(page, times) for page, times in analytics.top_pages(first, last) if not page.startswith(PRODUCTS)]
    return Use(
        first=first,
        last=last,
        days=analytics.views_by_day(first, last),
        steps=_steps(first, last),
        products=[(page, names.get(page.removeprefix(PRODUCTS), page), times) for page, times in products],
        pages=pages,
        words=analytics.words_looked_for(first, last),
        sources=analytics.groups("source", first, last),
        devices=analytics.groups("device", first, last),
    )


def _names(slugs: list[str]) -> dict[str, str]:
    rows = db.session.execute(select(Product.slug, Product.name_nl, Product.name_en).where(Product.slug.in_(slugs)))
    return {row.slug: in_language(row, "name") for row in rows}


def _steps(first: date, last: date) -> list[Step]:
    begin = datetime.combine(first, time.min, AMSTERDAM)
    end = datetime.combine(last + timedelta(days=1), time.min, AMSTERDAM)
    orders = select(func.count(), func.count(Order.confirmed_at)).where(Order.placed_at >= begin, Order.placed_at < end)
    placed, confirmed = db.session.execute(orders).one()
    return [
        Step("product", analytics.times_of(first, last, kind="page", beginning=PRODUCTS)),
        Step("cart", analytics.times_of(first, last, kind="step", names=["cart"])),
        Step("checkout", analytics.times_of(first, last, kind="page", names=["/checkout"])),
        Step("placed", placed),
        Step("confirmed", confirmed),
    ]
