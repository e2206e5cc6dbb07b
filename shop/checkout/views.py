"""Screens of the checkout room: one page, and placing the order."""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.accounts.address_fields import ADDRESS_FIELDS
from shop.accounts.queries import addresses_of
from shop.cart.queries import Contents, contents_of
from shop.cart.rules import read_number
from shop.cart.visit import current_owner, signed_in_person
from shop.catalogue.stock import NotEnoughStock
from shop.checkout.desk import Desk, draft_of, say_what_changed
from shop.checkout.forms import CheckoutForms
from shop.checkout.limits import may_order_unpaid
from shop.checkout.queries import line_name, quote
from shop.checkout.rules import ONLINE, placement_key
from shop.core import clock
from shop.core.access import anyone, page_is_personal
from shop.core.db import db, reading, writing
from shop.core.security import MAX_ID, limiter
from shop.core.templating import NOTICES
from shop.orders import placing
from shop.orders.models import PLACED, Order
from shop.papers.actions import ask_for_invoice_at_checkout
from shop.payments.flows import PaymentNotStarted, start_payment
from shop.shipping.queries import countries

bp = Blueprint("checkout", __name__)

LONGEST_METHOD = 40

NOTICES["already-placed"] = _l("You have placed this order already.")
NOTICES["payment-not-started"] = _l("Your order is in, but the payment page did not open. Try to pay once more here.")
NOTICES["signed-out"] = _l("You are no longer signed in. Your cart is kept: sign in again to go on.")


@bp.get("/checkout")
@anyone
def show() -> ResponseReturnValue:
    """Everything that is needed to order, on one page."""
    contents = _contents()
    if not contents.items:
        return redirect(url_for("cart.show"), 303)
    placed = placing.placed_order(placement_key(contents.id, contents.version))
    if placed is not None and placed.status == PLACED:
        return redirect(url_for("aftersale.order", token=placed.return_token, notice="already-placed"), 303)
    if contents.has_too_many or not contents.orderable:
        return redirect(url_for("cart.show", notice="look-again"), 303)
    return _page(_desk(contents))


@bp.post("/checkout")
@anyone
@limiter.limit("60 per minute")
def place() -> ResponseReturnValue:
    """Place the order as it was shown, once; or show what is different now."""
    draft, business = None, None
    with reading():
        contents = _contents()
        key = _shown_key(contents)
        order = placing.placed_order(key)
        if contents.items and (order is None or "update" in request.form):
            desk = _desk(contents)
            if "update" in request.form:
                return _page(desk)
            refusal = _refusal(desk)
            if refusal is None:
                draft = draft_of(desk, key, person_id=signed_in_person())
                business = _business(desk)
                if draft.pays_by != placing.BY_MOLLIE and not _may_order_unpaid(draft.email):
                    desk.tell_too_many_unpaid()
                    return _page(desk), 422
            else:
                order = placing.placed_order(key)  # a twin of this very request may have been quicker
                if order is None:
                    return _page(desk), refusal
    if draft is not None:
        try:
            order = _placed(draft, business)
        except (NotEnoughStock, placing.PriceChanged) as problem:
            return _overtaken(problem.variant_id)
    return _lead_on(order) if order is not None else _nothing_to_order()


def _contents() -> Contents:
    page_is_personal()
    contents = contents_of(current_owner())
    g.cart_count = sum(item.quantity for item in contents.items)
    return contents


def _shown_key(contents: Contents) -> str:
    """The placement key of the cart as the form showed it; a form that showed another cart has a key of no order."""
    cart_id, version = (read_number(request.form.get(name), largest=MAX_ID) for name in ("cart_id", "cart_version"))
    return placement_key(contents.id, version or 0) if cart_id == contents.id else ""


def _desk(contents: Contents) -> Desk:
    forms = CheckoutForms(countries(), _known_values() if request.method == "GET" else {})
    today = clock.today()
    wanted = forms.order.delivery.data
    oss_since = current_app.config["VAT_OSS_SINCE"]
    return Desk(forms, quote(contents, country=forms.country, delivery=wanted, on=today, oss_since=oss_since))


def _known_values() -> dict[str, Any]:
    """What a signed-in customer need not type again: from the account, and the address book's usual address."""
    person_id = signed_in_person()
    if person_id is None:
        return {}
    account = current_user.account
    known = {"email": account.email, "given_name": account.given_name, "family_name": account.family_name}
    addresses = addresses_of(person_id)
    if addresses:
        known.update({name: getattr(addresses[0], name) for name in ADDRESS_FIELDS})
    return known


def _refusal(desk: Desk) -> int | None:
    """Why nothing is placed now, as a status: 422 for what was filled in, 409 for what changed meanwhile."""
    is_right = desk.forms.check(desk.quote)
    shown = {name: read_number(request.form.get(name), largest=MAX_ID) for name in Desk.SHOWN}
    has_changed = say_what_changed(desk, shown)
    if has_changed:
        return 409
    return None if is_right else 422


def _business(desk: Desk) -> tuple[str, str] | None:
    """The company and the VAT number for the invoice, both empty for a consumer; None when none is asked for."""
    order = desk.forms.order
    return (order.company.data or "", order.vat_number.data or "") if desk.forms.wants_invoice else None


def _may_order_unpaid(email: str) -> bool:
    """Whether an order may be confirmed by mail before anything is paid: anybody could have typed the address."""
    is_own = current_user.is_authenticated and current_user.account.email == email
    return is_own or may_order_unpaid(email)


def _placed(draft: placing.Draft, business: tuple[str, str] | None) -> Order:
    with writing():
        at = clock.now()
        order = placing.place(draft, at)
        if business is not None:
            ask_for_invoice_at_checkout(order, *business, at=at)
        db.session.commit()
    return order


def _overtaken(variant_id: int) -> ResponseReturnValue:
    """Somebody else was quicker, between the look at the stock and the order: say so, with everything typed kept."""
    with reading():
        desk = _desk(_contents())
        desk.forms.check(desk.quote)
        item = next((item for item in desk.quote.contents.items if item.variant.variant_id == variant_id), None)
        desk.tell_overtaken(item)
        return _page(desk), 409


def _lead_on(order: Order) -> ResponseReturnValue:
    """Go to where the order stands: to the payment, or to the order's own page."""
    order_id, token = order.id, order.return_token
    if order.pays_by != placing.BY_MOLLIE or order.status != PLACED:
        return redirect(url_for("aftersale.order", token=token), 303)
    db.session.rollback()  # nothing outside is called within a transaction
    try:
        start_payment(order_id, method=_wanted_method())
    except PaymentNotStarted:
        return redirect(url_for("aftersale.order", token=token, notice="payment-not-started"), 303)
    return redirect(url_for("aftersale.lead_on", token=token), 303)


def _wanted_method() -> str:
    """The payment method as Mollie names it; none when Mollie is to ask."""
    typed = request.form.get("payment", "")
    return typed if typed != ONLINE and typed.isascii() and typed.isalnum() and len(typed) <= LONGEST_METHOD else ""


def _nothing_to_order() -> ResponseReturnValue:
    if g.get("has_stale_session"):
        return redirect(url_for("accounts.sign_in", next=url_for("checkout.show"), notice="signed-out"), 303)
    return redirect(url_for("cart.show", notice="look-again"), 303)


def _page(desk: Desk) -> str:
    desk.forms.show(desk.quote)
    contents = desk.quote.contents
    own_order = placing.unpaid_order_of(contents.id) if contents.has_problems else None
    return render_template(
        "checkout/show.html",
        forms=desk.forms,
        quote=desk.quote,
        express_request=desk.express_request,
        line_name=line_name,
        own_order=own_order,
    )
