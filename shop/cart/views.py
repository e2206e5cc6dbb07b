"""Screens of the cart room."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.accounts.address_fields import country_choices
from shop.cart import actions
from shop.cart.models import Cart, CartLine
from shop.cart.queries import Contents, contents_of
from shop.cart.rules import MAX_LINES, MAX_QUANTITY, SOLD_OUT, TOO_MANY, CartIsFull, TooMany, read_number
from shop.cart.signals import pieces_missing
from shop.cart.visit import browser_owner, current_owner, init_cookie, remember_cart, signed_in_person
from shop.catalogue.forms import ChooseVariantForm
from shop.catalogue.queries import CartVariant, product_page, variants_for_cart
from shop.core import clock
from shop.core.access import anyone, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import MAX_ID
from shop.core.templating import NOTICES, notice_text
from shop.shipping import queries as shipping

bp = Blueprint("cart", __name__)

NOTICES["added"] = _l("It is in your cart.")
NOTICES["changed"] = _l("Your cart has been changed.")
NOTICES["look-again"] = _l("Something in your cart has changed. Look it over before you order.")


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    init_cookie(state.app)  # type: ignore[arg-type]


@bp.get("/cart")
@anyone
def show() -> ResponseReturnValue:
    """What is in the cart, at today's prices."""
    return _page(contents_of(current_owner()))


@bp.post("/cart/lines")
@anyone
def add() -> ResponseReturnValue:
    """Put a variant in the visitor's cart."""
    variant = _variant_to_buy(request.form.get("variant"))
    quantity = read_number(request.form.get("quantity", "1"), largest=MAX_ID)
    if not quantity:
        return _product_again(variant, _("Fill in a whole number, from 1 to %(n)s.", n=MAX_QUANTITY))
    try:
        token = _put_in_cart(variant, quantity)
    except TooMany as problem:
        db.session.rollback()
        return _product_again(variant, too_many_text(problem))
    except CartIsFull:
        db.session.rollback()
        return _product_again(variant, _("A cart holds %(n)s different articles at most.", n=MAX_LINES))
    db.session.commit()
    if token:
        remember_cart(token)
    return redirect(url_for("cart.show", notice="added"), 303)


@bp.post("/cart/lines/<id:line_id>")
@anyone
def change(line_id: int) -> ResponseReturnValue:
    """Have a line of the cart hold more pieces, or fewer, or none."""
    typed = request.form.get("quantity")
    quantity = read_number(typed, largest=MAX_ID)
    cart, line = _own_line(line_id)
    if cart is None or line is None:
        if quantity == 0:  # taken out already, in another tab or by a second click
            return redirect(url_for("cart.show"), 303)
        raise NotFound(str(line_id))
    if quantity is None:
        error = _("Fill in a whole number, from 0 to %(n)s.", n=MAX_QUANTITY)
    else:
        try:
            variant = variants_for_cart([line.variant_id])[line.variant_id]
            actions.change_line(cart, line, variant, quantity, at=clock.now())
        except TooMany as problem:
            error = too_many_text(problem)
        else:
            db.session.commit()
            _renew_cookie()
            return redirect(url_for("cart.show", notice="changed"), 303)
    db.session.rollback()
    return _page(contents_of(current_owner()), wrong={line_id: (typed or "", error)}), 422


def too_many_text(problem: TooMany) -> str:
    """How many there are, in the words of the shop."""
    if problem.is_limit:
        return str(_("You can order %(n)s of one article at most.", n=problem.available))
    if not problem.available:
        return str(_("This article is sold out."))
    return str(_("Only %(n)s left in stock.", n=problem.available))


def _product_again(variant: CartVariant, error: str) -> ResponseReturnValue:
    """The product's page once more, with what was chosen and typed, and what is the matter."""
    product = product_page(variant.slug)
    if product is None:
        raise NotFound(variant.slug)
    form = ChooseVariantForm()
    form.offer(product.variants)
    form.validate()
    form.quantity.errors = [error]
    return render_template("catalogue/product.html", product=product, form=form), 422


def _variant_to_buy(typed: str | None) -> CartVariant:
    variant_id = read_number(typed, largest=MAX_ID)
    found = variants_for_cart([variant_id]) if variant_id else {}
    variant = found.get(variant_id or 0)
    if variant is None or not variant.is_for_sale:
        raise NotFound(str(variant_id))
    return variant


def _put_in_cart(variant: CartVariant, quantity: int) -> str | None:
    """Add to the customer's cart, or to the browser's; the token that its cookie is to hold, for a browser."""
    at = clock.now()
    person_id = signed_in_person()
    if person_id:
        actions.add_variant(actions.customer_cart(person_id, at=at), variant, quantity, at=at)
        return None
    owner = browser_owner()
    cart = actions.cart_to_change(owner) if owner else None
    token = owner.token if owner else None
    if cart is None:
        cart, token = actions.new_browser_cart(at=at)
    actions.add_variant(cart, variant, quantity, at=at)
    return token


def _own_line(line_id: int) -> tuple[Cart | None, CartLine | None]:
    owner = current_owner()
    cart = actions.cart_to_change(owner) if owner else None
    return cart, next((line for line in cart.lines if line.id == line_id), None) if cart else None


def _renew_cookie() -> None:
    owner = browser_owner()
    if owner and owner.token and not signed_in_person():
        remember_cart(owner.token)


def _page(contents: Contents, wrong: dict[int, tuple[str, str]] | None = None) -> str:
    """The cart; `wrong` holds, by line, what was typed and what is the matter with it."""
    page_is_personal()
    g.cart_count = sum(item.quantity for item in contents.items)
    is_refused = request.args.get("notice") == "added" and current_owner() is None
    return render_template(
        "cart/show.html",
        cart=contents,
        wrong=wrong or {},
        explanation=_explanation(contents),
        is_cookie_refused=is_refused,
        notice=None if is_refused else notice_text(),
        countries=list(country_choices(shipping.countries()).values()),
    )


def _explanation(contents: Contents) -> str | None:
    """The address of a page that explains why pieces are missing, when a room above knows one."""
    if not any(item.problem in (SOLD_OUT, TOO_MANY) for item in contents.items):
        return None
    answers = pieces_missing.send(current_app._get_current_object(), cart_id=contents.id)  # type: ignore[attr-defined]
    return next((address for _listener, address in answers if address), None)
