"""Options, variants and pictures of a product, and counting stock."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.catalogue import actions, rules
from shop.catalogue.models import OptionValue, Picture, Product, Variant
from shop.catalogue.pictures import NotAPicture, save_master
from shop.catalogue.rules import FEW, CannotPublish
from shop.core import clock
from shop.core.access import staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.forms import add_error
from shop.core.templating import NOTICES
from shop.staff.audit import about, audited
from shop.staff.forms.catalogue import DescribePictureForm, OptionForm, PictureForm, StockForm, VariantForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import catalogue as queries
from shop.staff.views.blueprint import bp
from shop.staff.views.products import choices_of, found_product, product_page

NOTICES["picture-added"] = _l("The picture was added; its smaller sizes are being made.")
NOTICES["picture-removed"] = _l("The picture was removed.")
NOTICES["counted"] = _l("The stock was noted.")

OPTION_PROBLEMS = {
    "fewer": _l("A choice cannot be taken away; take its variant off sale instead."),
    "moved": _l("Leave the choices in their order, and write new ones below them."),
}

NOT_A_PICTURE = {
    "large": _l("This file is too large."),
    "pixels": _l("This picture has too many pixels."),
    "kind": _l("Send a JPEG, PNG or WebP picture."),
    "broken": _l("This picture cannot be read."),
}


def _to_product(product_id: int, notice: str = "saved") -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice=notice), 303)


@bp.post("/products/<id:product_id>/options")
@staff_may("catalogue:edit")
@audited("product.option_added")
def add_option(product_id: int) -> ResponseReturnValue:
    """Give a product something to choose."""
    product, form = found_product(product_id), OptionForm()
    if not form.validate_on_submit():
        return product_page(product, status=422, option=form)
    actions.add_option(product, str(form.name_nl.data), form.name_en.data or "", values=form.pairs())
    actions.raise_version()
    return _to_product(product_id)


@bp.post("/products/<id:product_id>/options/<id:option_id>")
@staff_may("catalogue:edit")
@audited("product.option_changed")
def save_option(product_id: int, option_id: int) -> ResponseReturnValue:
    """Name an option and its choices anew, or take further choices on."""
    product, form = found_product(product_id), OptionForm()
    option = next((one for one in product.options if one.id == option_id), None)
    if option is None:
        raise NotFound
    if form.validate_on_submit():
        problem = rules.option_problem([value.name_nl for value in option.values], [nl for nl, _en in form.pairs()])
        if problem is not None:
            add_error(form.choices, str(OPTION_PROBLEMS[problem]))
    if form.errors:
        return product_page(product, status=422, **{f"option-{option_id}": form})
    actions.update_option(option, str(form.name_nl.data), form.name_en.data or "", values=form.pairs())
    return _to_product(product_id)


def _details(form: VariantForm) -> actions.VariantDetails:
    return actions.VariantDetails(
        sku=str(form.sku.data),
        weight_grams=form.weight.data or 0,
        label_nl=form.label_nl.data or "",
        label_en=form.label_en.data or "",
        position=form.position.data or 0,
        is_active=form.is_active.data,
    )


def _chosen_values(product: Product, form: VariantForm) -> list[OptionValue] | None:
    """The chosen values, one of each option; None when they are not that."""
    wanted = set(form.chosen.data or [])
    found = [[value for value in option.values if value.id in wanted] for option in product.options]
    return [values[0] for values in found] if all(len(values) == 1 for values in found) else None


@bp.post("/products/<id:product_id>/variants")
@staff_may("catalogue:edit")
@audited("variant.created")
def add_variant(product_id: int) -> ResponseReturnValue:
    """Add what is really sold, with its price and counted stock."""
    product, form = found_product(product_id), VariantForm()
    form.chosen.choices = choices_of(product)
    is_good = form.validate_on_submit()
    values = _chosen_values(product, form)
    if is_good and values is None:
        add_error(form.chosen, _("Choose one of each."))
    if is_good and queries.has_choices(product_id, form.chosen.data or []):
        add_error(form.chosen, _("There is a variant with these choices already."))
    _check_sku(form)
    if form.errors or values is None:
        return product_page(product, status=422, variant=form)
    variant = actions.add_variant(
        product,
        _details(form),
        price_cents=form.price.data,
        stock=form.stock.data,
        at=clock.now(),
        values=values,
    )
    about(key=variant.id)
    return _to_product(product_id)


def _check_sku(form: VariantForm, *, but: int | None = None) -> None:
    if not form.sku.errors and queries.is_sku_taken(str(form.sku.data), but=but):
        add_error(form.sku, _("Another variant has this article number."))


def _variant(variant_id: int) -> Variant:
    variant = queries.variant_by_id(variant_id)
    if variant is None:
        raise NotFound
    return variant


@bp.post("/variants/<id:variant_id>")
@staff_may("catalogue:edit")
@audited("variant.changed")
def save_variant(variant_id: int) -> ResponseReturnValue:
    """Change a variant: article number, price, stock, weight, and whether it is for sale."""
    variant, form = _variant(variant_id), VariantForm()
    form.chosen.choices = []
    form.validate_on_submit()
    _check_sku(form, but=variant_id)
    if form.errors:
        return product_page(found_product(variant.product_id), status=422, **{f"variant-{variant_id}": form})
    now, product_id = clock.now(), variant.product_id
    try:
        actions.update_variant(variant, _details(form))
    except CannotPublish:
        db.session.rollback()
        add_error(form.is_active, _("This is the last variant of a product that visitors see."))
        return product_page(found_product(product_id), status=422, **{f"variant-{variant_id}": form})
    actions.set_price(variant, form.price.data, now)
    if form.stock.data != variant.stock:
        actions.count_stock(variant, form.stock.data, now, seen=form.seen.data)
    return _to_product(product_id)


@bp.post("/products/<id:product_id>/pictures")
@staff_may("catalogue:edit")
@audited("picture.added")
def add_picture(product_id: int) -> ResponseReturnValue:
    """Add a picture; it is checked and kept while nobody waits for the database."""
    product, form = found_product(product_id), PictureForm()
    if not form.validate_on_submit():
        return product_page(product, status=422, picture=form)
    db.session.rollback()
    try:
        master = save_master(form.file.data.read())
    except NotAPicture as problem:
        add_error(form.file, NOT_A_PICTURE.get(problem.reason, NOT_A_PICTURE["broken"]))
        return product_page(found_product(product_id), status=422, picture=form)
    picture = actions.add_picture(
        found_product(product_id),
        master,
        alt_nl=str(form.alt_nl.data),
        alt_en=form.alt_en.data or "",
        at=clock.now(),
    )
    about(key=picture.id)
    return _to_product(product_id, "picture-added")


def _picture(picture_id: int) -> Picture:
    picture = queries.picture_by_id(picture_id)
    if picture is None:
        raise NotFound
    return picture


@bp.post("/pictures/<id:picture_id>")
@staff_may("catalogue:edit")
@audited("picture.changed")
def describe_picture(picture_id: int) -> ResponseReturnValue:
    """Write a picture's text, and put it in another place."""
    picture, form = _picture(picture_id), DescribePictureForm()
    if not form.validate_on_submit():
        return product_page(found_product(picture.product_id), status=422, **{f"picture-{picture_id}": form})
    actions.describe_picture(picture, alt_nl=str(form.alt_nl.data), alt_en=form.alt_en.data or "")
    if form.position.data:
        actions.move_picture(picture, form.position.data - 1)
    return _to_product(picture.product_id)


@bp.post("/pictures/<id:picture_id>/remove")
@staff_may("catalogue:edit")
@audited("picture.removed")
def remove_picture(picture_id: int) -> ResponseReturnValue:
    """Take a picture away."""
    picture = _picture(picture_id)
    product_id = picture.product_id
    actions.remove_picture(picture, clock.now())
    return _to_product(product_id, "picture-removed")


@bp.get("/stock")
@staff_may("stock:edit")
@audited("stock.opened")
def stock() -> ResponseReturnValue:
    """What is there of everything, to be counted."""
    return _stock_page()


def _stock_page(sent: StockForm | None = None, sent_of: int | None = None) -> ResponseReturnValue:
    text, is_low = request.args.get("q", "").strip()[:80], "low" in request.args
    found = queries.stock_rows(text, number_from_query("after"), most=FEW if is_low else None)
    rows = found[: queries.PAGE]
    page = render_template(
        "staff/products/stock.html",
        rows=rows,
        text=text,
        is_low=is_low,
        few=FEW,
        here=_place_in_stock(),
        next_after=rows[-1].id if len(found) > queries.PAGE else None,
        sent=sent,
        sent_of=sent_of,
    )
    return page, 422 if sent is not None else 200


@bp.post("/stock/<id:variant_id>")
@staff_may("stock:edit")
@audited("stock.counted")
def count_stock(variant_id: int) -> ResponseReturnValue:
    """Note how many pieces were counted, unless a sale came between."""
    variant, form = _variant(variant_id), StockForm()
    if variant.stock is None:
        raise NotFound
    if not form.validate_on_submit():
        return _stock_page(form, variant_id)
    try:
        actions.count_stock(variant, form.stock.data, clock.now(), seen=form.seen.data)
    except Conflict:
        db.session.rollback()
        add_error(form.stock, _("Something was sold meanwhile. Count again."))
        form.seen.data = None
        return _stock_page(form, variant_id)
    db.session.commit()
    return redirect(url_for("staff.stock", notice="counted", **_place_in_stock()), 303)


def _place_in_stock() -> dict[str, Any]:
    """Which part of the stock is being looked at, for the way back to it."""
    return {name: value for name in ("q", "low", "after") if (value := request.args.get(name, "").strip()[:80])}
