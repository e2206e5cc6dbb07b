"""Calling an order off and asking for a change, from the mailed link or from the account."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.accounts.address_fields import country_choices
from shop.aftersale import changing, pages
from shop.aftersale.changing import ASKED, DONE, UNSURE
from shop.aftersale.forms import CancelOrderForm, FewerForm, NewAddressForm
from shop.aftersale.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.orders import editing
from shop.orders.editing import Wish
from shop.orders.models import PLACED, Order
from shop.orders.queries import order_of, order_with_all
from shop.shipping.queries import countries

NOTICES["order-is-canceled"] = _l("Your order is canceled.")
NOTICES["order-is-changed"] = _l("Your order is changed. Pay it here, if you had not done that.")
NOTICES["change-asked"] = _l("We have your request. A colleague looks at it and you get a message.")


def _by_link(token: str) -> Order:
    found, is_mailed = pages.find(token)
    if found is None or not is_mailed:
        raise NotFound
    return order_with_all(found.id)


def _of_account(number: str) -> Order:
    found = order_of(current_user.person_id, number[:20])
    if found is None:
        raise NotFound
    return found


def _urls(order: Order, token: str | None) -> dict[str, str]:
    if token is not None:
        names = {"back": "order", "page": "change", "cancel": "cancel", "address": "change_address", "fewer": "fewer"}
        return {what: url_for(f"aftersale.{name}", token=token) for what, name in names.items()}
    names = {
        "back": "account_order",
        "page": "change_account_order",
        "cancel": "cancel_account_order",
        "address": "change_account_address",
        "fewer": "fewer_of_account_order",
    }
    return {what: url_for(f"aftersale.{name}", number=order.number) for what, name in names.items()}


def _page(
    order: Order,
    token: str | None,
    *,
    address: NewAddressForm | None = None,
    kept: dict[int, int] | None = None,
    problem: str = "",
) -> str:
    page_is_personal()
    form = address or NewAddressForm(formdata=None)
    form.country.choices = list(country_choices(countries()).items())
    return render_template(
        "aftersale/change.html",
        order=order,
        token=token,
        urls=_urls(order, token),
        may_cancel=order.status == PLACED or changing.may_ask(order),
        is_at_once=order.status == PLACED or changing.is_untouched(order),
        may_ask=changing.may_ask(order) or changing.may_change_now(order),
        changes_at_once=changing.may_change_now(order),
        requests=[one for one in changing.requests_of(order.id) if one.decided_at is None],
        cancel=CancelOrderForm(formdata=None),
        fewer=FewerForm(formdata=None),
        address=form,
        kept=kept or {line.id: line.quantity for line in order.lines},
        problem=problem,
    )


def _cancel(order: Order, token: str | None) -> ResponseReturnValue:
    page_is_personal()
    urls, order_id = _urls(order, token), order.id
    if not CancelOrderForm().validate_on_submit():
        return _page(order, token), 422
    db.session.rollback()
    outcome = changing.cancel_by_customer(order_id)
    if outcome == UNSURE:
        problem = _("We can't find out now whether your payment came through. Try again in a few minutes.")
        return _page(order_with_all(order_id), token, problem=problem), 503
    notice = {DONE: "order-is-canceled", ASKED: "change-asked"}[outcome]
    return redirect(f"{urls['back']}?notice={notice}", 303)


def _change_address(order: Order, token: str | None) -> ResponseReturnValue:
    page_is_personal()
    form = NewAddressForm()
    form.country.choices = list(country_choices(countries()).items())
    if not form.validate_on_submit():
        return _page(order, token, address=form), 422
    urls = _urls(order, token)
    if changing.may_change_now(order):
        return _change_now(order, token, Wish(address=form.address_values()), address=form)
    changing.ask_for_address(order.id, form.address_values(), at=clock.now())
    db.session.commit()
    return redirect(f"{urls['back']}?notice=change-asked", 303)


def _change_now(
    order: Order,
    token: str | None,
    wish: Wish,
    *,
    address: NewAddressForm | None = None,
    kept: dict[int, int] | None = None,
) -> ResponseReturnValue:
    """Change an order that waits for its first payment, as its customer wants it."""
    urls, order_id, problem, status = _urls(order, token), order.id, "", 422
    try:
        outcome = changing.change_now(order_id, wish, oss_since=current_app.config["VAT_OSS_SINCE"])
    except editing.CannotDeliver:
        problem = _("We can't deliver there in the way that you chose. Cancel the order and order anew.")
    except editing.NothingLeft:
        problem = _("Nothing would be left of your order. Cancel it instead.")
    except editing.StillNamed as refusal:
        problem = _("%(name)s can't be taken out any more. Write to us.", name=refusal)
    else:
        if outcome != UNSURE:
            notice = {DONE: "order-is-changed", ASKED: "change-asked"}[outcome]
            return redirect(f"{urls['back']}?notice={notice}", 303)
        problem, status = _("We can't find out now whether your payment came through. Try again in a few minutes."), 503
    db.session.rollback()
    return _page(order_with_all(order_id), token, address=address, kept=kept, problem=problem), status


def _fewer(order: Order, token: str | None) -> ResponseReturnValue:
    page_is_personal()
    typed = {line.id: request.form.get(f"keep-{line.id}", "").strip() for line in order.lines}
    is_wrong = any(not (text.isascii() and text.isdecimal() and len(text) <= 6) for text in typed.values())
    if not FewerForm().validate_on_submit() or is_wrong:
        return _page(order, token, problem=_("Fill in whole numbers.")), 422
    kept = {line_id: int(text) for line_id, text in typed.items()}
    try:
        if changing.may_change_now(order):
            return _change_now(order, token, Wish(quantities=changing.fewer_of(order, kept)), kept=kept)
        changing.ask_for_fewer(order.id, kept, at=clock.now())
    except changing.NotFewer:
        db.session.rollback()
        problem = _("Fill in fewer pieces than you ordered, of at least one product.")
        return _page(order_with_all(order.id), token, kept=kept, problem=problem), 422
    db.session.commit()
    return redirect(f"{_urls(order, token)['back']}?notice=change-asked", 303)


@bp.get("/orders/<token:token>/change")
@anyone
def change(token: str) -> ResponseReturnValue:
    """What can still be changed about an order, for who has the mailed link."""
    return _page(_by_link(token), token)


@bp.post("/orders/<token:token>/cancel")
@limiter.limit("10/minute")
@anyone
def cancel(token: str) -> ResponseReturnValue:
    """Call an order off."""
    return _cancel(_by_link(token), token)


@bp.post("/orders/<token:token>/change/address")
@limiter.limit("10/minute")
@anyone
def change_address(token: str) -> ResponseReturnValue:
    """Ask to send an order elsewhere."""
    return _change_address(_by_link(token), token)


@bp.post("/orders/<token:token>/change/pieces")
@limiter.limit("10/minute")
@anyone
def fewer(token: str) -> ResponseReturnValue:
    """Ask for fewer pieces."""
    return _fewer(_by_link(token), token)


@bp.get("/account/orders/<number>/change")
@customer_only
def change_account_order(number: str) -> ResponseReturnValue:
    """What can still be changed about one of this customer's orders."""
    return _page(_of_account(number), None)


@bp.post("/account/orders/<number>/cancel")
@customer_only
def cancel_account_order(number: str) -> ResponseReturnValue:
    """Call one of this customer's orders off."""
    return _cancel(_of_account(number), None)


@bp.post("/account/orders/<number>/change/address")
@customer_only
def change_account_address(number: str) -> ResponseReturnValue:
    """Ask to send one of this customer's orders elsewhere."""
    return _change_address(_of_account(number), None)


@bp.post("/account/orders/<number>/change/pieces")
@customer_only
def fewer_of_account_order(number: str) -> ResponseReturnValue:
    """Ask for fewer pieces of one of this customer's orders."""
    return _fewer(_of_account(number), None)
