"""Collections: their texts, their picture, and their products in order."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.catalogue import actions
from shop.catalogue.models import Collection
from shop.catalogue.pictures import NotAPicture, shown_tile
from shop.core import clock
from shop.core.access import staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.forms import add_error
from shop.staff.audit import about, audited
from shop.staff.forms.catalogue import CollectionForm
from shop.staff.queries import catalogue as queries
from shop.staff.views.blueprint import bp
from shop.staff.views.variants import NOT_A_PICTURE


@bp.get("/collections")
@staff_may("catalogue:edit")
@audited("collections.listed")
def collections() -> ResponseReturnValue:
    """The collections, in the order in which visitors see them."""
    return render_template("staff/collections/list.html", collections=queries.collections())


@bp.route("/collections/new", methods=["GET", "POST"])
@staff_may("catalogue:edit")
@audited("collection.created")
def new_collection() -> ResponseReturnValue:
    """Make a collection."""
    return _page(None)


@bp.route("/collections/<id:collection_id>", methods=["GET", "POST"])
@staff_may("catalogue:edit")
@audited("collection.changed")
def collection(collection_id: int) -> ResponseReturnValue:
    """Change a collection's texts and picture."""
    return _page(_collection(collection_id))


def _collection(collection_id: int) -> Collection:
    found = queries.collection_by_id(collection_id)
    if found is None:
        raise NotFound
    return found


def _page(found: Collection | None) -> ResponseReturnValue:
    form = CollectionForm(obj=found)
    if form.validate_on_submit() and (saved := _saved(found, form)) is not None:
        about(key=saved.id)
        db.session.commit()
        return redirect(url_for("staff.collection", collection_id=saved.id, notice="saved"), 303)
    page = render_template(
        "staff/collections/collection.html",
        form=form,
        collection=found,
        tile=shown_tile(found.picture_key) if found else None,
        products=queries.products_of(found.id) if found else [],
    )
    return page, 422 if form.is_submitted() else 200


def _saved(found: Collection | None, form: CollectionForm) -> Collection | None:
    """The collection as it was written, or None with a message beside the field that is wrong."""
    details = actions.CollectionDetails(
        name_nl=str(form.name_nl.data),
        name_en=form.name_en.data or "",
        description_nl=form.description_nl.data or "",
        description_en=form.description_en.data or "",
        position=form.position.data or 0,
        is_published=form.is_published.data,
        slug=form.slug.data or "",
    )
    now, sent = clock.now(), request.files.get("picture")
    try:
        saved = actions.save_collection(details, collection=found, at=now)
        if sent:
            actions.set_collection_picture(saved, sent.read(), now)
    except Conflict:
        db.session.rollback()
        add_error(form.slug, _("Another collection has this address."))
        return None
    except NotAPicture as problem:
        db.session.rollback()
        add_error(form.picture, NOT_A_PICTURE.get(problem.reason, NOT_A_PICTURE["broken"]))
        return None
    return saved


@bp.post("/collections/<id:collection_id>/products")
@staff_may("catalogue:edit")
@audited("collection.products_changed")
def order_collection(collection_id: int) -> ResponseReturnValue:
    """Put a collection's products in order; one without a number leaves it."""
    found = _collection(collection_id)
    places = []
    for place, (product_id, *_names) in enumerate(queries.products_of(collection_id)):
        text = request.form.get(f"place-{product_id}", "").strip()
        if text.isascii() and text.isdecimal() and len(text) <= 6:
            places.append((int(text), place, product_id))
    actions.set_collection_products(found, [product_id for _number, _place, product_id in sorted(places)])
    db.session.commit()
    return redirect(url_for("staff.collection", collection_id=collection_id, notice="saved"), 303)
