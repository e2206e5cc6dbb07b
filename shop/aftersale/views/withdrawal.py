"""The withdrawal function: fill in, look over, confirm, keep the receipt (Directive (EU) 2023/2673).

It is always there and always takes the statement: no account, no reason, no proof. What was typed is only sent back and
forth until it is confirmed; a typed order number is looked up by nobody who could tell.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from shop.aftersale import queries
from shop.aftersale.forms import ConfirmForm, WithdrawForm, WithdrawKnownForm
from shop.aftersale.limits import may_mail_receipt
from shop.aftersale.pages import find
from shop.aftersale.queries import Piece
from shop.aftersale.views.blueprint import bp
from shop.aftersale.withdrawing import Statement, declare
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.i18n import language
from shop.core.security import MAX_ID, limiter
from shop.core.twins import sent_once
from shop.orders.models import Order
from shop.orders.queries import PAGE, order_of, order_with_all, orders_of
from shop.orders.rules import WITHDRAWABLE

AS_OFTEN = "20/minute;200/day"  # more than anybody has orders; every statement that was sent before still stands


@bp.get("/withdraw")
@anyone
def withdraw() -> ResponseReturnValue:
    """Fill in from which order somebody withdraws; who is signed in chooses one."""
    if not current_user.is_authenticated or "typed" in request.args:
        return render_template("aftersale/withdraw.html", form=WithdrawForm())
    page_is_personal()
    before = request.args.get("before", "")
    start = min(int(before), MAX_ID) if before.isascii() and before.isdigit() and len(before) < 17 else None
    rows = orders_of(current_user.person_id, before=start)
    return render_template(
        "aftersale/withdraw_choose.html",
        rows=[row for row in rows if row.status in WITHDRAWABLE],
        next_before=rows[-1].id if len(rows) == PAGE else None,
        is_first=start is None,
    )


@bp.post("/withdraw")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_withdrawal() -> ResponseReturnValue:
    """Look a typed statement over, or confirm it; the answer is the same for every order number."""
    page_is_personal()
    form = WithdrawForm()
    if not form.validate_on_submit():
        return render_template("aftersale/withdraw.html", form=form), 422
    statement = Statement(
        name=_on_one_line(form.name.data),
        reference=_on_one_line(form.reference.data),
        email=str(form.email.data),
        language=language(),
        what=_on_one_line(form.what.data),
        person_id=_signed_in_person(),
    )
    return _review_or_take(statement, sent=[field for field in form if field.name != "csrf_token"])


@bp.get("/orders/<token:token>/withdraw")
@anyone
def withdraw_order(token: str) -> ResponseReturnValue:
    """Withdraw from the order of a mailed link, by line; any other link leads to the form for everybody."""
    page_is_personal()
    order = _mailed_order(token)
    if order is None:
        return redirect(url_for("aftersale.withdraw"), 303)
    return _known_page(order, form=WithdrawKnownForm(), token=token)


@bp.post("/orders/<token:token>/withdraw")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_order_withdrawal(token: str) -> ResponseReturnValue:
    """Look over or confirm a withdrawal from the order of a mailed link."""
    page_is_personal()
    order, form = _mailed_order(token), WithdrawKnownForm()
    if order is None:
        return redirect(url_for("aftersale.withdraw"), 303)
    quantities = _typed_quantities(order)
    if not form.validate_on_submit() or quantities is None:
        return _known_page(order, form=form, token=token, has_wrong_quantities=quantities is None), 422
    name, email = _on_one_line(form.name.data), str(form.email.data)
    statement = _statement(order, name=name, email=email, quantities=quantities, person_id=order.person_id)
    sent = [form.name, form.email]
    return _review_or_take(statement, sent=sent, order=order)


@bp.get("/account/orders/<number>/withdraw")
@customer_only
def withdraw_account_order(number: str) -> ResponseReturnValue:
    """Withdraw from one of a customer's own orders; nothing has to be typed."""
    page_is_personal()
    return _known_page(_own_order(number))


@bp.post("/account/orders/<number>/withdraw")
@limiter.limit(AS_OFTEN)
@customer_only
@sent_once
def send_account_withdrawal(number: str) -> ResponseReturnValue:
    """Look over or confirm a withdrawal from one of a customer's own orders."""
    page_is_personal()
    order = _own_order(number)
    quantities = _typed_quantities(order)
    if quantities is None:
        return _known_page(order, has_wrong_quantities=True), 422
    account = current_user.account
    shipping = next((a for a in order.addresses if a.given_name), None)
    names = (account.given_name, account.family_name)
    if not any(names) and shipping is not None:
        names = (shipping.given_name, shipping.family_name)
    name = " ".join(part for part in names if part) or account.email
    statement = _statement(order, name=name, email=account.email, quantities=quantities, person_id=account.person_id)
    return _review_or_take(statement, sent=[], order=order)


@bp.get("/withdraw/<token:token>")
@anyone
def withdrawal_receipt(token: str) -> ResponseReturnValue:
    """The receipt: what was stated, on which day and at what time; to print or to save."""
    page_is_personal()
    withdrawal = queries.withdrawal_by_receipt(token)
    if withdrawal is None:
        raise NotFound
    pieces = queries.pieces_of(withdrawal.id) if withdrawal.is_by_line else []
    return render_template("aftersale/withdrawal_receipt.html", withdrawal=withdrawal, pieces=pieces)


def _review_or_take(statement: Statement, *, sent: Any, order: Order | None = None) -> ResponseReturnValue:
    """Show what is about to be stated with the one button, or take it when that button was pressed."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        abort(400)
    if form.receipt.data:
        receipt = str(form.receipt.data)
        is_mailed = queries.withdrawal_by_receipt(receipt) is None and may_mail_receipt(statement.email)
        declare(statement, receipt=receipt, is_mailed=is_mailed, at=clock.now())
        db.session.commit()
        return redirect(url_for("aftersale.withdrawal_receipt", token=receipt), 303)
    quantities = statement.quantities or {}
    return render_template(
        "aftersale/withdraw_review.html",
        statement=statement,
        pieces=[Piece(quantities[line.id], line.name) for line in order.lines if quantities[line.id]] if order else [],
        hidden=[(field.name, field.data or "") for field in sent]
        + [(f"line-{line}", pieces) for line, pieces in quantities.items()],
        receipt=secrets.token_urlsafe(32),
        action=request.script_root + request.path,
    )


def _statement(order: Order, **values: Any) -> Statement:
    return Statement(reference=order.number, language=language(), order_id=order.id, **values)


def _known_page(
    order: Order, *, form: WithdrawKnownForm | None = None, token: str = "", has_wrong_quantities: bool = False
) -> str:
    return render_template(
        "aftersale/withdraw_order.html",
        order=order,
        form=form,
        token=token,
        quantities={line.id: request.form.get(f"line-{line.id}", str(line.quantity)) for line in order.lines},
        quantities_error=_("Fill in how many pieces, of at least one product.") if has_wrong_quantities else "",
    )


def _typed_quantities(order: Order) -> Mapping[int, int] | None:
    """How many of each line; None when something is no number of pieces of it, or when there are none at all."""
    found = {}
    for line in order.lines:
        text = request.form.get(f"line-{line.id}", "").strip() or "0"
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) <= line.quantity):
            return None
        found[line.id] = int(text)
    return found if any(found.values()) else None


def _mailed_order(token: str) -> Order | None:
    found, is_mailed = find(token)
    if found is None or not is_mailed or found.status not in WITHDRAWABLE:
        return None
    return order_with_all(found.id)


def _own_order(number: str) -> Order:
    found = order_of(current_user.person_id, number[:20])
    if found is None or found.status not in WITHDRAWABLE:
        raise NotFound
    return found


def _signed_in_person() -> str | None:
    return current_user.person_id if current_user.is_authenticated else None


def _on_one_line(text: str | None) -> str:
    return " ".join((text or "").split())
