"""Lists of products: a collection, the answers to a search, the home page's choice; 24 a page, by keyset."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, literal, or_, select

from shop.catalogue.models import Collection, CollectionProduct, Product, Variant
from shop.catalogue.pictures import ShownPicture, shown_tile
from shop.catalogue.queries.rows import Card, card_columns, cards_of, told
from shop.catalogue.rules import NAME_ENDS, Word, query_words
from shop.core import clock
from shop.core.db import db
from shop.core.i18n import language

PAGE = 24
MOST_COLLECTIONS = 24
SORTS = ("rank", "newest", "price_up", "price_down")
MAX_KEY = 2**31 - 1
_MARK = re.compile(r"([01])\.(-?[0-9]{1,18})\.([0-9]{1,9})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wish:
    """What a visitor asks of a list: its order, its limits, and after which product it goes on."""

    sort: str = "rank"
    in_stock: bool = False
    from_cents: int | None = None
    to_cents: int | None = None
    collection: str = ""
    after: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a list, and where the next one begins."""

    cards: list[Card] = field(default_factory=list)
    next_after: str = ""


@dataclass(frozen=True)
class CollectionLink:
    """A collection as navigation and tiles show it."""

    slug: str
    name: str
    url: str
    picture: ShownPicture | None


@dataclass(frozen=True)
class CollectionPage:
    """A collection with one page of its products."""

    slug: str
    name: str
    description: str
    listing: Listing


_lowest_price = (
    select(func.min(Variant.price_cents))
    .where(Variant.product_id == Product.id, Variant.is_active)
    .correlate(Product)
    .scalar_subquery()
)
_has_variant = exists().where(Variant.product_id == Product.id, Variant.is_active).correlate(Product)
_has_stock = (
    exists()
    .where(Variant.product_id == Product.id, Variant.is_active, or_(Variant.stock.is_(None), Variant.stock > 0))
    .correlate(Product)
)
_listed: Select[*tuple[Any, ...]] = select(*card_columns).where(Product.is_published, _has_variant)

_collections = (
    select(Collection.slug, Collection.name_nl, Collection.name_en, Collection.picture_key)
    .where(Collection.is_published)
    .order_by(Collection.position, Collection.id)
    .limit(MOST_COLLECTIONS)
)
_collection = select(
    Collection.id,
    Collection.slug,
    Collection.name_nl,
    Collection.name_en,
    Collection.description_nl,
    Collection.description_en,
).where(Collection.slug == bindparam("slug"), Collection.is_published)
_featured = _listed.where(Product.is_featured).order_by(Product.rank.desc(), Product.id.desc()).limit(bindparam("most"))
_newest = _listed.order_by(Product.published_at.desc(), Product.id.desc()).limit(bindparam("most"))


def collections() -> list[CollectionLink]:
    """The collections that visitors can browse, in their order; one statement."""
    spoken = language()
    prefix = "/en" if spoken == "en" else ""
    return [
        CollectionLink(
            row.slug, told(row, "name", spoken), f"{prefix}/collections/{row.slug}", shown_tile(row.picture_key)
        )
        for row in db.session.execute(_collections)
    ]


def featured(most: int = 8, at: datetime | None = None) -> list[Card]:
    """The products that the shop puts forward on its home page."""
    return cards_of(list(db.session.execute(_featured, {"most": most})), at or clock.now())


def newest(most: int = 4, at: datetime | None = None) -> list[Card]:
    """The products that came last."""
    return cards_of(list(db.session.execute(_newest, {"most": most})), at or clock.now())


def collection_page(slug: str, wish: Wish, at: datetime | None = None) -> CollectionPage | None:
    """A published collection with the products that fit what is asked; None when there is no such collection."""
    row = db.session.execute(_collection, {"slug": slug}).one_or_none()
    if row is None:
        return None
    spoken = language()
    members = _listed.join(CollectionProduct, CollectionProduct.product_id == Product.id).where(
        CollectionProduct.collection_id == row.id
    )
    name, description = told(row, "name", spoken), told(row, "description", spoken)
    return CollectionPage(row.slug, name, description, _page(members, wish, at or clock.now()))


def search(text: str, wish: Wish, at: datetime | None = None) -> Listing:
    """The products that all words of a question are about, those with the words in their names first.

    Without words it is the whole range; words that hold no letter or digit find nothing.
    """
    spoken = language()
    words = query_words(text, spoken)
    if text.strip() and not words:
        return Listing()
    question, name_hit = _listed, None
    if words:
        column = Product.search_en if spoken == "en" else Product.search_nl
        question = question.where(*(_about(column, word, "") for word in words))
        name_hit = case((and_(*(_about(column, word, NAME_ENDS) for word in words)), 1), else_=0)
    if wish.collection:
        of_collection = (
            select(CollectionProduct.product_id)
            .join(Collection, Collection.id == CollectionProduct.collection_id)
            .where(Collection.slug == wish.collection, Collection.is_published)
        )
        question = question.where(Product.id.in_(of_collection))
    return _page(question, wish, at or clock.now(), name_hit)


def own_words(text: str, url: str) -> list[str]:
    """Which words of a question the shop itself uses, whole, of the product that answers it first; for counting.

    What somebody typed otherwise, a name or an address, is no word of the catalogue and is told to nobody.
    """
    spoken = language()
    column = Product.search_en if spoken == "en" else Product.search_nl
    said = db.session.scalar(select(column).where(Product.slug == url.rpartition("/")[2]))
    own = set((said or "").split())
    return [
        word.text if word.text in own else word.stem
        for word in query_words(text, spoken)
        if own & {word.text, word.stem}
    ]


def _about(column: Any, word: Word, until: str) -> ColumnElement[bool]:
    """Whether a product's search text holds a word, or ends a word of its own with the word's stem.

    `until` is the sign that the hit must stand before: the slash that ends the name.
    """
    ended = column + literal(" ")
    tail = f"%{until}%" if until else "%"
    return or_(column.like(f"%{word.text}{tail}", escape="\\"), ended.like(f"%{word.stem} {tail}", escape="\\"))


def _page(
    question: Select[*tuple[Any, ...]], wish: Wish, at: datetime, name_hit: ColumnElement[int] | None = None
) -> Listing:
    """One page of a list in the order asked for; one row more is read, to know whether there is a next page."""
    key, is_descending = _order(wish.sort)
    question = _limited(question, wish)
    hit: ColumnElement[int] = name_hit if name_hit is not None and wish.sort == "rank" else literal(1)
    question = question.add_columns(hit.label("hit"), key.label("key"))
    begin = _place(wish.after, wish.sort)
    if begin is not None:
        question = question.where(_beyond(hit, key, begin, is_descending))
    ordered = key.desc() if is_descending else key.asc()
    question = question.order_by(hit.desc(), ordered, Product.id.desc()).limit(PAGE + 1)
    rows = list(db.session.execute(question))
    shown = rows[:PAGE]
    cards = cards_of(shown, at)
    return Listing(cards, _mark(shown[-1]) if len(rows) > PAGE else "")


def _order(sort: str) -> tuple[ColumnElement[Any], bool]:
    if sort == "newest":
        return func.coalesce(Product.published_at, _EPOCH, type_=Product.published_at.type), True
    if sort in ("price_up", "price_down"):
        return _lowest_price, sort == "price_down"
    return Product.rank.expression, True


def _limited(question: Select[*tuple[Any, ...]], wish: Wish) -> Select[*tuple[Any, ...]]:
    if wish.in_stock:
        question = question.where(_has_stock)
    if wish.from_cents is not None:
        question = question.where(_lowest_price >= wish.from_cents)
    if wish.to_cents is not None:
        question = question.where(_lowest_price <= wish.to_cents)
    return question


def _beyond(
    hit: ColumnElement[int], key: ColumnElement[Any], begin: tuple[int, Any, int], is_descending: bool
) -> ColumnElement[bool]:
    was_hit, value, number = begin
    further = key < value if is_descending else key > value
    return or_(hit < was_hit, and_(hit == was_hit, or_(further, and_(key == value, Product.id < number))))


def _mark(row: Any) -> str:
    """Where a page ends, as three whole numbers: hit, key and product."""
    key = row.key
    if isinstance(key, datetime):
        key = (key - _EPOCH) // timedelta(microseconds=1)
    return f"{row.hit}.{key}.{row.id}"


def _place(mark: str, sort: str) -> tuple[int, Any, int] | None:
    """The place that a mark means; None for no mark and for one that the shop did not make."""
    found = _MARK.fullmatch(mark)
    if found is None:
        return None
    hit, key, number = (int(part) for part in found.groups())
    if sort != "newest":
        return (hit, key, number) if abs(key) <= MAX_KEY else None
    try:
        return hit, _EPOCH + timedelta(microseconds=key), number
    except OverflowError:
        return None
