"""Screens of the catalogue room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from shop.analytics.door import words_were_looked_for
from shop.catalogue import queries
from shop.catalogue.pictures import media_folder, type_of
from shop.catalogue.queries import SORTS, CollectionLink, Wish
from shop.catalogue.structured_data import structured_data
from shop.core.access import public_page
from shop.core.errors import NotFound
from shop.core.templating import context, euros

bp = Blueprint("catalogue", __name__)

LONGEST_QUESTION = 100
A_YEAR = 31_536_000
MOST_EUROS = 1_000_000
KEPT = ("q", "sort", "in_stock", "from", "to", "collection")


@bp.get("/collections/<slug:slug>")
@public_page
def collection(slug: str) -> ResponseReturnValue:
    """The products of one collection."""
    wish = read_wish(request.args)
    page = queries.collection_page(slug, wish)
    if page is None:
        raise NotFound(slug)
    return render_template(
        "catalogue/collection.html", collection=page, wish=wish, next_url=_next_url(page.listing.next_after, slug=slug)
    )


@bp.get("/products/<slug:slug>")
@public_page
def product(slug: str) -> ResponseReturnValue:
    """One product, ready to be put in the cart."""
    page = queries.product_page(slug)
    if page is None:
        raise NotFound(slug)
    return render_template("catalogue/product.html", product=page)


@bp.get("/search")
@public_page
def search() -> ResponseReturnValue:
    """The products that somebody's words are about; without words the whole range."""
    text = request.args.get("q", "")[:LONGEST_QUESTION].strip()
    wish = read_wish(request.args)
    listing = queries.search(text, wish)
    if text and not wish.after and listing.cards:
        words_were_looked_for(queries.own_words(text, listing.cards[0].url))
    return render_template(
        "catalogue/search.html",
        search_text=text,
        wish=wish,
        listing=listing,
        next_url=_next_url(listing.next_after),
    )


@bp.get("/related.json")
@public_page
def related() -> ResponseReturnValue:
    """What goes with what, for browsers whose visitors allow preferences; the same for everybody, prices too."""
    return jsonify({slug: _told(one) for slug, one in queries.related_products().items()})


def _told(one: queries.Related) -> dict[str, Any]:
    card, price = one.card, euros(one.card.price_cents)
    told: dict[str, Any] = {
        "name": card.name,
        "url": card.url,
        "price": f"{_('from')} {price}" if card.is_from_price else price,
        "related": one.slugs,
    }
    if card.picture is not None:
        told.update(picture=card.picture.src, width=card.picture.width, height=card.picture.height)
    return told


@bp.get("/media/<name>")
@public_page
def media(name: str) -> ResponseReturnValue:
    """A picture; its name is random and its content never changes, so it may be kept for a year."""
    kind = type_of(name)
    if kind is None or not (media_folder() / name).is_file():
        raise NotFound(name)
    answer = send_from_directory(Path(media_folder()).resolve(), name, mimetype=kind, max_age=A_YEAR)
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def read_wish(values: MultiDict[str, str]) -> Wish:
    """What the address asks of a list; what cannot be read is left out, so that an old link still shows the list."""
    sort = values.get("sort", "")
    return Wish(
        sort=sort if sort in SORTS else SORTS[0],
        in_stock=values.get("in_stock") == "1",
        from_cents=_cents(values.get("from", "")),
        to_cents=_cents(values.get("to", "")),
        collection=values.get("collection", "")[:80],
        after=values.get("after", "")[:60],
    )


def _cents(typed: str) -> int | None:
    """A price in whole euros as cents."""
    typed = typed.strip()
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 7:
        return None
    return min(int(typed), MOST_EUROS) * 100


def _next_url(after: str, **values: str) -> str | None:
    if not after:
        return None
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name in KEPT and value}
    return url_for(request.endpoint or "", **dict(asked, **values, after=after))


class Navigation:
    """The collections in the header, read when a page first shows them; an error page without database has none."""

    def __init__(self) -> None:
        self._links: list[CollectionLink] | None = None

    def _read(self) -> list[CollectionLink]:
        if self._links is None:
            try:
                self._links = queries.collections()
            except SQLAlchemyError:
                self._links = []
        return self._links

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        here = request.script_root + request.path
        for one in self._read():
            yield {
                "url": one.url,
                "name": one.name,
                "slug": one.slug,
                "is_current": one.url == here,
                "picture": one.picture,
            }


@context
def navigation() -> dict[str, Any]:
    """The collections, for every page of the shop, and what a product's page tells search engines."""
    return {"navigation": Navigation(), "structured_data": structured_data}
