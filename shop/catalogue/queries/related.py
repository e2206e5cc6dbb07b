"""What goes with what: a small file that is the same for everybody, out of which a browser makes its own choice."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.catalogue.models import Collection, CollectionProduct, Product
from shop.catalogue.queries.rows import Card, card_columns, cards_of
from shop.core import clock
from shop.core.db import db

MOST = 300  # products in the file: those that sell best
RELATED = 4

_best = select(*card_columns).where(Product.is_published).order_by(Product.rank.desc(), Product.id.desc()).limit(MOST)
_members = (
    select(CollectionProduct.collection_id, Product.slug)
    .join(Product, Product.id == CollectionProduct.product_id)
    .join(Collection, Collection.id == CollectionProduct.collection_id)
    .where(Collection.is_published, Product.id.in_(_best.with_only_columns(Product.id)))
    .order_by(Collection.position, Collection.id, Product.rank.desc(), Product.id.desc())
)


@dataclass(frozen=True)
class Related:
    """A product as the file has it, with the products of its first collection that go with it."""

    card: Card
    slugs: tuple[str, ...]


def related_products(at: datetime | None = None) -> dict[str, Related]:
    """The products that sell best, by slug, sold-out ones left out; four statements."""
    cards = {
        card.url.rpartition("/")[2]: card
        for card in cards_of(list(db.session.execute(_best)), at or clock.now())
        if not card.is_sold_out
    }
    shelves: defaultdict[int, list[str]] = defaultdict(list)
    home: dict[str, int] = {}
    for row in db.session.execute(_members):
        if row.slug in cards:
            shelves[row.collection_id].append(row.slug)
            home.setdefault(row.slug, row.collection_id)
    return {slug: Related(card, _others(slug, shelves.get(home.get(slug, 0), []))) for slug, card in cards.items()}


def _others(slug: str, shelf: list[str]) -> tuple[str, ...]:
    """Those that stand after a product on its shelf, and then from the beginning: so that each is named somewhere."""
    if slug not in shelf:
        return ()
    place = shelf.index(slug)
    return tuple((shelf[place + 1 :] + shelf[:place])[:RELATED])
