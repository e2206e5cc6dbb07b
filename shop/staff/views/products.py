"""Products: finding one, its texts, and whether visitors see it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from shop.catalogue import actions
from shop.catalogue.downloads import NotADownload, save_download
from shop.catalogue.models import Option, Product
from shop.catalogue.pictures import shown
from shop.catalogue.rules import CannotPublish
from shop.core import clock
from shop.core.access import staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.i18n import in_language
from shop.core.templating import NOTICES
from shop.staff.audit import about, audited
from shop.staff.forms.catalogue import (
    KINDS,
    DescribePictureForm,
    DownloadForm,
    OptionForm,
    PictureForm,
    ProductCollectionsForm,
    ProductForm,
    VariantForm,
)
from shop.staff.numbers import number_from_query
from shop.staff.queries import catalogue as queries
from shop.staff.views.blueprint import bp

NOTICES["published"] = _l("Visitors see this product now.")
NOTICES["unpublished"] = _l("Visitors do not see this product any more.")

REASONS = {
    "name": _l("It has no name in Dutch."),
    "description": _l("It has no description in Dutch."),
    "maker_name": _l("The maker's name is missing; the law asks for it."),
    "maker_address": _l("The maker's postal address is missing; the law asks for it."),
    "maker_email": _l("The maker's e-mail address is missing; the law asks for it."),
    "price": _l("It has no variant that is for sale."),
    "picture": _l("It has no picture."),
    "picture_alt": _l("A picture has no text for who cannot see it."),
    "download": _l("It has no file to download."),
}

NOT_A_DOWNLOAD = {
    "large": _l("This file is too large: 10 MB at most."),
    "kind": _l("This is not a PDF."),
}


@bp.get("/products")
@staff_may("catalogue:edit")
@audited("products.listed")
def products() -> ResponseReturnValue:
    """The products, newest first, or those that match."""
    text = request.args.get("q", "").strip()[:80]
    found = queries.products(text, number_from_query("before"))
    rows = found[: queries.PAGE]
    next_before = rows[-1].id if len(found) > queries.PAGE else None
    return render_template("staff/products/list.html", rows=rows, text=text, next_before=next_before, kinds=KINDS)


@bp.route("/products/new", methods=["GET", "POST"])
@staff_may("catalogue:edit")
@audited("product.created")
def new_product() -> ResponseReturnValue:
    """Write a new product; visitors do not see it until it is published."""
    form = ProductForm()
    if form.validate_on_submit():
        product = actions.create_product(_details(form), clock.now())
        about(key=product.id)
        db.session.commit()
        return redirect(url_for("staff.product", product_id=product.id, notice="saved"), 303)
    return render_template("staff/products/new.html", form=form), 422 if form.is_submitted() else 200


def _details(form: ProductForm) -> actions.ProductDetails:
    empty = {"is_featured": False, "rank": 0}
    values: dict[str, Any] = {
        field.name: field.data or empty.get(field.name, "") for field in form if field.name != "csrf_token"
    }
    return actions.ProductDetails(**values)


def found_product(product_id: int) -> Product:
    """The product with this number."""
    product = queries.product_with_all(product_id)
    if product is None:
        raise NotFound
    return product


def product_page(
    product: Product, *, status: int = 200, reasons: tuple[str, ...] = (), **sent: Any
) -> ResponseReturnValue:
    """Everything about one product; forms that came back stand in `sent` under their name."""
    variants = {variant.id: sent.get(f"variant-{variant.id}") or variant_form(variant) for variant in product.variants}
    described = {
        picture.id: sent.get(f"picture-{picture.id}")
        or DescribePictureForm(formdata=None, alt_nl=picture.alt_nl, alt_en=picture.alt_en, position=place)
        for place, picture in enumerate(product.pictures, 1)
    }
    for kind, forms in (("variant", variants), ("picture", described)):
        for key, form in forms.items():
            number_fields(form, f"{kind}-{key}")
    options = {
        one.id: number_fields(sent.get(f"option-{one.id}") or _option_form(one), f"option-{one.id}")
        for one in product.options
    }
    known = queries.collections()
    stands = sent.get("collections") or ProductCollectionsForm(
        formdata=None, collections=queries.collections_of(product.id)
    )
    stands.collections.choices = [SelectChoice(str(one.id), in_language(one, "name")) for one in known]
    added = sent.get("variant") or VariantForm(formdata=None)
    added.chosen.choices = choices_of(product)
    page = render_template(
        "staff/products/product.html",
        product=product,
        form=sent.get("form") or ProductForm(formdata=None, obj=product),
        option=number_fields(sent.get("option") or OptionForm(formdata=None), "option"),
        options=options,
        variant=number_fields(added, "new"),
        variants=variants,
        picture=number_fields(sent.get("picture") or PictureForm(formdata=None), "picture"),
        described=described,
        download=number_fields(sent.get("download") or DownloadForm(formdata=None), "download"),
        pictures={one.id: shown_picture(one) for one in product.pictures},
        collections=stands,
        reasons=[REASONS[reason] for reason in reasons],
        preview=Markup(in_language(product, "description_html")),  # noqa: S704  # made safe when it was written
    )
    return page, status


def _option_form(option: Option) -> OptionForm:
    """The form of an option as it is now."""
    lines = [f"{one.name_nl} = {one.name_en}" if one.name_en else one.name_nl for one in option.values]
    return OptionForm(formdata=None, name_nl=option.name_nl, name_en=option.name_en, choices="\n".join(lines))


def number_fields(form: Any, key: object) -> Any:
    """Give the fields of one of several forms on a page ids of their own."""
    for field in form:
        field.id = f"{field.name}-{key}"
        field.label.field_id = field.id
    return form


def shown_picture(picture: Any) -> Any:
    """A picture as components/picture.html shows it."""
    return shown(
        picture.key,
        width=picture.width,
        height=picture.height,
        alt=in_language(picture, "alt"),
        formats=picture.formats,
        widths=picture.widths,
    )


def variant_form(variant: Any) -> VariantForm:
    """The form of a variant as it is now."""
    form = VariantForm(
        formdata=None, obj=variant, price=variant.price_cents, weight=variant.weight_grams, seen=variant.stock
    )
    form.chosen.choices = []
    return form


def choices_of(product: Product) -> list[SelectChoice]:
    """What a variant of this product can be: each value of each option."""
    return [
        SelectChoice(str(value.id), f"{in_language(option, 'name')}: {in_language(value, 'name')}")
        for option in product.options
        for value in option.values
    ]


@bp.get("/products/<id:product_id>")
@staff_may("catalogue:edit")
@audited("product.opened")
def product(product_id: int) -> ResponseReturnValue:
    """One product: texts, variants, pictures, collections, and whether visitors see it."""
    return product_page(found_product(product_id))


@bp.post("/products/<id:product_id>")
@staff_may("catalogue:edit")
@audited("product.changed")
def save_product(product_id: int) -> ResponseReturnValue:
    """Write a product anew."""
    found, form = found_product(product_id), ProductForm()
    if not form.validate_on_submit():
        return product_page(found, status=422, form=form)
    try:
        actions.update_product(found, _details(form), clock.now())
    except CannotPublish as problem:
        db.session.rollback()
        return product_page(found_product(product_id), status=422, form=form, reasons=problem.reasons)
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice="saved"), 303)


@bp.post("/products/<id:product_id>/publish")
@staff_may("catalogue:edit")
@audited("product.published")
def publish_product(product_id: int) -> ResponseReturnValue:
    """Show a product to visitors, or say everything that is missing."""
    found = found_product(product_id)
    try:
        actions.publish(found, clock.now())
    except CannotPublish as problem:
        return product_page(found, status=422, reasons=problem.reasons)
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice="published"), 303)


@bp.post("/products/<id:product_id>/download")
@staff_may("catalogue:edit")
@audited("product.file_changed")
def save_product_file(product_id: int) -> ResponseReturnValue:
    """Give a download its file."""
    form = DownloadForm()
    if not form.validate_on_submit():
        return product_page(found_product(product_id), status=422, download=form)
    try:
        key = save_download(form.pdf.data.read())
    except NotADownload as problem:
        add_error(form.pdf, str(NOT_A_DOWNLOAD[problem.reason]))
        return product_page(found_product(product_id), status=422, download=form)
    actions.set_download(found_product(product_id), key, clock.now())
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice="saved"), 303)


@bp.post("/products/<id:product_id>/unpublish")
@staff_may("catalogue:edit")
@audited("product.unpublished")
def unpublish_product(product_id: int) -> ResponseReturnValue:
    """Take a product away from visitors."""
    actions.unpublish(found_product(product_id), clock.now())
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice="unpublished"), 303)


@bp.post("/products/<id:product_id>/collections")
@staff_may("catalogue:edit")
@audited("product.collections_changed")
def save_product_collections(product_id: int) -> ResponseReturnValue:
    """Say in which collections a product stands."""
    found, form = found_product(product_id), ProductCollectionsForm()
    form.collections.choices = [SelectChoice(str(one.id), one.name_nl) for one in queries.collections()]
    if not form.validate_on_submit():
        return product_page(found, status=422, collections=form)
    actions.set_collections_of(found, form.collections.data or [])
    db.session.commit()
    return redirect(url_for("staff.product", product_id=product_id, notice="saved"), 303)
