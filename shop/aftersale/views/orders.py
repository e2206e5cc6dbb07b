"""An order after it was placed: how it stands, paying again, finding it back, and a customer's own orders."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.aftersale import actions, pages, rules
from shop.aftersale.forms import ClaimOrdersForm, FindOrderForm, PayAgainForm
from shop.aftersale.pages import OrderPage
from shop.aftersale.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import MAX_ID, limiter
from shop.core.templating import NOTICES
from shop.orders.models import COMPLETED, CONFIRMED, PLACED, Order
from shop.orders.queries import PAGE, older_guest_orders, order_of, order_to_find, orders_of
from shop.payments.flows import PaymentNotStarted, ask_about, start_payment

NOTICES["order-link-sent"] = _l(
    "If this number and this e-mail address belong together, a link to the order is on its way to that address."
)
NOTICES["orders-added"] = _l("The orders are now in your account.")


@bp.get("/orders/<token:token>")
@anyone
def order(token: str) -> ResponseReturnValue:
    """How an order stands; while its payment is open Mollie is asked first."""
    page_is_personal()
    found, is_told = _asked_about(token)
    page = pages.page_of(found.id, is_told=is_told, at=clock.now())
    return _show(page, token)


@bp.get("/orders/<token:token>/pay")
@anyone
def lead_on(token: str) -> ResponseReturnValue:
    """Lead a customer on to the page where they pay; never to one that has ended."""
    page_is_personal()
    found = _order(token)
    target = pages.payment_page(found, at=clock.now())
    if target is None:
        return redirect(url_for("aftersale.order", token=token), 303)
    if "Sec-Fetch-Mode" not in request.headers:
        return redirect(target, 303)
    answer = make_response(render_template("aftersale/lead_on.html", target=target, order=found))
    answer.headers["Refresh"] = f"0; url={target}"
    return answer


@bp.post("/orders/<token:token>/pay")
@limiter.limit("10/minute;60/hour")
@anyone
def pay_again(token: str) -> ResponseReturnValue:
    """Try once more to pay an order that waits for it."""
    page_is_personal()
    found, is_told = _asked_about(token)
    page = pages.page_of(found.id, is_told=is_told, at=clock.now())
    if not page.can_pay:
        return redirect(url_for("aftersale.order", token=token), 303)
    form = PayAgainForm()
    form.offer(page.methods, chosen=page.last_method)
    if not form.validate_on_submit():
        return _show(page, token, form), 422
    order_id = page.order.id
    db.session.rollback()  # nothing outside is called within a transaction
    try:
        start_payment(order_id, method=form.method.data)
    except PaymentNotStarted:
        page = pages.page_of(order_id, is_told=True, at=clock.now())
        return _show(page, token, has_failed=True), 503
    return redirect(url_for("aftersale.lead_on", token=token), 303)


@bp.get("/orders/find")
@anyone
def find() -> ResponseReturnValue:
    """Ask which order somebody has lost sight of."""
    return render_template("aftersale/find.html", form=FindOrderForm())


@bp.post("/orders/find")
@limiter.limit("5/minute;20/hour")
@anyone
def send_link() -> ResponseReturnValue:
    """Mail a link to an order; whoever asks learns nothing about whether there is one."""
    form = FindOrderForm()
    if not form.validate_on_submit():
        return render_template("aftersale/find.html", form=form), 422
    found = order_to_find((form.number.data or "").upper(), form.email.data or "")
    actions.ask_for_link(found, clock.now())
    db.session.commit()
    return redirect(url_for("aftersale.find", notice="order-link-sent"), 303)


@bp.get("/account/orders")
@customer_only
def orders() -> ResponseReturnValue:
    """A customer's orders, newest first."""
    page_is_personal()
    return _list(ClaimOrdersForm())


@bp.post("/account/orders/claim")
@customer_only
def claim() -> ResponseReturnValue:
    """Add older orders with the account's own e-mail address to the account; only those that were chosen."""
    page_is_personal()
    form = ClaimOrdersForm()
    older = older_guest_orders(current_user.account.email)
    form.orders.choices = [(row.id, row.number) for row in older]
    if not form.validate_on_submit() or not form.orders.data:
        return _list(form), 422
    actions.claim(form.orders.data, current_user.account)
    db.session.commit()
    return redirect(url_for("aftersale.orders", notice="orders-added"), 303)


@bp.get("/account/orders/<number>")
@customer_only
def account_order(number: str) -> ResponseReturnValue:
    """One order of a customer, with its address."""
    page_is_personal()
    found = order_of(current_user.person_id, number[:20])
    if found is None:
        raise NotFound
    page = pages.page_of(found.id, is_told=True, at=clock.now())
    return render_template("aftersale/account_order.html", page=page, **_paying(page))


def _order(token: str) -> Order:
    found, _is_mailed = pages.find(token)
    if found is None:
        abort(404)
    return found


def _asked_about(token: str) -> tuple[Order, bool]:
    """The order of a token, after Mollie was asked about its open payment, and whether Mollie could tell."""
    found = _order(token)
    is_changed = found.status in (CONFIRMED, COMPLETED) and found.version > 1  # then a difference may be being paid
    if (found.status != PLACED and not is_changed) or found.pays_by != "mollie":
        return found, True
    is_told = ask_about(found.id)
    return _order(token), is_told


def _show(page: OrderPage, token: str, form: PayAgainForm | None = None, *, has_failed: bool = False) -> Response:
    is_mailed = page.order.return_token != token
    turn = _turn()
    say = rules.CHECKING if page.is_due_checked else page.say
    look = rules.next_look(say, turn) if request.method == "GET" else None
    shown = _paying(page, form)
    answer = make_response(
        render_template(
            "aftersale/order.html" if is_mailed else "aftersale/status.html",
            page=page,
            token=token,
            looks_again=look is not None,
            has_failed=has_failed,
            **shown,
        )
    )
    if look is not None:
        answer.headers["Refresh"] = f"{look}; url={url_for('aftersale.order', token=token, turn=turn + 1)}"
    return answer


def _turn() -> int:
    """How often this page has looked again by itself."""
    told = request.args.get("turn", "0")
    return int(told) if len(told) == 1 and told in "0123456789" else 9


def _paying(page: OrderPage, form: PayAgainForm | None = None) -> dict[str, object]:
    """The form to pay with, where that is possible now."""
    if not page.can_pay:
        return {"form": None}
    if form is None:
        form = PayAgainForm(formdata=None)
        form.offer(page.methods, chosen=page.last_method)
    return {"form": form}


def _list(form: ClaimOrdersForm) -> str:
    before = request.args.get("before", "")
    after = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    rows = orders_of(current_user.person_id, before=min(after, MAX_ID) if after else None)
    older = older_guest_orders(current_user.account.email)
    form.orders.choices = [(row.id, row.number) for row in older]
    return render_template(
        "aftersale/orders.html",
        rows=rows,
        older=older,
        form=form,
        next_before=rows[-1].id if len(rows) == PAGE else None,
        is_first=after is None,
    )
