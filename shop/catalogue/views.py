"""Screens of the catalogue room."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from shop.catalogue.models import Collection, Product
from shop.core.access import public_page
from shop.core.db import db
from shop.core.errors import NotFound

bp = Blueprint("catalogue", __name__)


@bp.get("/collections/<slug:slug>")
@public_page
def collection(slug: str) -> ResponseReturnValue:
    """The products of one collection."""
    found = db.session.scalar(select(Collection).where(Collection.slug == slug))
    if found is None:
        raise NotFound(slug)
    return render_template("catalogue/collection.html", collection=found)


@bp.get("/products/<slug:slug>")
@public_page
def product(slug: str) -> ResponseReturnValue:
    """One product, ready to be put in the cart."""
    found = db.session.scalar(select(Product).where(Product.slug == slug))
    if found is None:
        raise NotFound(slug)
    return render_template("catalogue/product.html", product=found)


@bp.get("/search")
@public_page
def search() -> ResponseReturnValue:
    """The products that somebody's words are about."""
    return render_template("catalogue/search.html", search_text=request.args.get("q", ""))
