"""Refunds: what is to be decided about, what is on its way, and proposing one from an order."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES, euros
from shop.orders.fulfilment import DeliveryStopped, NotPaidYet, pieces_to_leave_out
from shop.orders.models import Order
from shop.payments import taking_back
from shop.payments.models import Refund
from shop.payments.queries import balance_of
from shop.payments.refund_rules import BY_STAFF, BY_WITHDRAWAL, CANCELED, LOST, PROPOSED
from shop.payments.refunding import (
    MoreThanRemains,
    PiecesPaidBack,
    cause_of,
    decide,
    pieces_left,
    refund_by_key,
    unreplaced,
)
from shop.staff.actions import refunds as actions
from shop.staff.audit import about, audited
from shop.staff.forms.refunds import CancelRefundForm, DecideRefundForm, LetGoForm, NotSentForm, ProposeRefundForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import refunds as queries
from shop.staff.queries.refunds import RefundPage
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.views.orders import found_order, order_page
from shop.staff.visibility import may_see

TABS: dict[str, Any] = {
    "proposed": _l("To decide about"),
    "on_its_way": _l("On its way"),
    "refunded": _l("Paid back"),
    "not_made": _l("Not made"),
}
ORIGINS: dict[str, Any] = {
    "withdrawal": _l("Withdrawal"),
    "cancellation": _l("Order canceled"),
    "change": _l("Order changed"),
    "attention": _l("Attention list"),
    "staff": _l("Staff"),
    "mollie": _l("Mollie's dashboard"),
}

NOTICES["refund-proposed"] = _l("The refund is proposed. It goes nowhere before somebody accepts it.")
NOTICES["refund-accepted"] = _l("The money is on its way back.")
NOTICES["refund-declined"] = _l("Noted: this refund is not made.")
NOTICES["refund-taken-back"] = _l("The refund is canceled. The money stays with the shop.")
NOTICES["refund-cancel-asked"] = _l(
    "Mollie is asked to cancel it. Within a minute this page says whether it was in time."
)
NOTICES["refund-proposed-again"] = _l("Proposed once more. It goes nowhere before somebody accepts it.")
NOTICES["not-sent"] = _l("Noted. The stock is free again, and the customer gets a message.")
NOTICES["order-let-go"] = _l("Noted: the order can be delivered.")


@bp.get("/refunds")
@staff_may("refunds:view")
@audited("refunds.listed")
def refunds() -> ResponseReturnValue:
    """Refunds: to decide about, on their way, paid back, not made."""
    page_is_personal()
    tab = request.args.get("tab", "proposed")
    if tab not in TABS:
        abort(404)
    found = queries.refunds_in(tab, after=number_from_query("after"))
    rows = found[: queries.PAGE]
    next_after = rows[-1].id if len(found) > queries.PAGE else None
    return render_template(
        "staff/refunds/list.html", tab=tab, tabs=TABS, rows=rows, origins=ORIGINS, next_after=next_after
    )


@bp.get("/refunds/<id:refund_id>")
@staff_may("refunds:view")
@audited("refund.opened")
def refund(refund_id: int) -> ResponseReturnValue:
    """One refund: for what, how much, from which payment, who decided."""
    return _page(_found(refund_id))


@bp.post("/refunds/<id:refund_id>/decide")
@staff_may("orders:refund")
@audited("refund.decided")
def decide_refund(refund_id: int) -> ResponseReturnValue:
    """Accept a proposed refund, for its amount or another, or decline it."""
    page, form = _found(refund_id), DecideRefundForm()
    accept = request.form.get("choice") == "accept"
    if request.form.get("choice") not in ("accept", "decline"):
        abort(400)
    if not form.validate_on_submit():
        return _page(page, form), 422
    about(reason="accepted" if accept else "declined")
    try:
        decide(
            refund_id,
            accept=accept,
            reason=str(form.reason.data),
            cents=form.amount.data if accept else None,
            staff_id=this_member().member_id,
            at=clock.now(),
        )
    except MoreThanRemains as problem:
        db.session.rollback()
        form.amount.errors = [_no_more(problem)]
        return _page(_found(refund_id), form), 422
    db.session.commit()
    notice = "refund-accepted" if accept else "refund-declined"
    return redirect(url_for("staff.refund", refund_id=refund_id, notice=notice), 303)


@bp.post("/refunds/<id:refund_id>/cancel")
@staff_may("orders:refund")
@audited("refund.canceled")
def cancel_refund(refund_id: int) -> ResponseReturnValue:
    """Take back a refund that was accepted and is not with the bank yet, for a reason."""
    page, form = _found(refund_id), CancelRefundForm()
    if not form.validate_on_submit():
        return _page(page, cancel=form), 422
    try:
        refund = taking_back.cancel_refund(
            refund_id, reason=str(form.reason.data), staff_id=this_member().member_id, at=clock.now()
        )
    except taking_back.TooLate:
        db.session.rollback()
        form.reason.errors = [_("It can't be canceled any more: look below where it stands now.")]
        return _page(_found(refund_id), cancel=form), 409
    db.session.commit()
    notice = "refund-taken-back" if refund.status == CANCELED else "refund-cancel-asked"
    return redirect(url_for("staff.refund", refund_id=refund_id, notice=notice), 303)


@bp.post("/refunds/<id:refund_id>/again")
@staff_may("refunds:propose")
@audited("refund.proposed_again")
def propose_refund_again(refund_id: int) -> ResponseReturnValue:
    """Propose once more what was canceled or did not succeed."""
    page = _found(refund_id)
    try:
        made = actions.propose_again(refund_id, staff_id=this_member().member_id, at=clock.now())
    except MoreThanRemains as problem:
        db.session.rollback()
        return _page(page, problem=_no_more(problem)), 422
    db.session.commit()
    return redirect(url_for("staff.refund", refund_id=made.id, notice="refund-proposed-again"), 303)


@bp.post("/orders/<number>/not-sent")
@staff_may("orders:change")
@audited("order.not_sent")
def leave_out(number: str) -> ResponseReturnValue:
    """Say of pieces that they will not be sent, for a reason that the customer reads."""
    order, form = found_order(number), NotSentForm()
    pieces = {line: count for line, count in typed_pieces(order, "unsent").items() if count}
    if not form.validate_on_submit() or not pieces:
        if not pieces:
            form.reason.errors = [*form.reason.errors, _("Choose at least one piece.")]
        return order_page(order, not_sent=form, unsent_typed=pieces), 422
    try:
        actions.leave_out(
            order.id, pieces, reason=str(form.reason.data), staff_id=this_member().member_id, at=clock.now()
        )
    except NotPaidYet:
        db.session.rollback()
        form.reason.errors = [
            _("This is still to be paid at pick-up. Change the order instead, so that it costs less.")
        ]
        return order_page(found_order(number), not_sent=form, unsent_typed=pieces), 422
    db.session.commit()
    return redirect(url_for("staff.order", number=order.number, notice="not-sent"), 303)


@bp.get("/orders/<number>/refund")
@staff_may("refunds:propose")
@audited("refund.form_opened")
def new_refund(number: str) -> ResponseReturnValue:
    """What of an order is to be paid back."""
    return _new_page(found_order(number), ProposeRefundForm(formdata=None), {})


@bp.post("/orders/<number>/refund")
@staff_may("refunds:propose")
@audited("refund.proposed")
def propose_refund(number: str) -> ResponseReturnValue:
    """Propose to pay back pieces, an amount, the delivery or all; who may, accepts it in the same step."""
    order, form = found_order(number), ProposeRefundForm()
    left = pieces_left(order.id)
    pieces = left if "whole" in request.form else typed_pieces(order, "line")
    too_many = [line for line in order.lines if pieces.get(line.id, 0) > left[line.id]]
    if too_many:
        form.validate_on_submit()
        form.amount.errors = [_no_more(PiecesPaidBack(line.name, left[line.id])) for line in too_many]
        return _new_page(order, form, pieces), 422
    pieces = {line: count for line, count in pieces.items() if count}
    if not form.validate_on_submit():
        return _new_page(order, form, pieces), 422
    earlier = refund_by_key(order.id, BY_STAFF, _form_key())
    if earlier is not None:
        return _to(earlier)
    has_shipping = bool(form.has_shipping.data) or "whole" in request.form
    cents = actions.wanted_cents(order, pieces, has_shipping=has_shipping, cents=form.amount.data)
    available = balance_of(order).refundable_cents
    if "whole" in request.form:
        cents = min(cents, available)
    if not 0 < cents <= available:
        text = _("Choose pieces, the delivery or an amount.") if not cents else _no_more(MoreThanRemains(available))
        form.amount.errors = [text]
        return _new_page(order, form, pieces), 422
    member, now = this_member(), clock.now()
    if "pay" in request.form and not member.may("orders:refund"):
        abort(403)
    made = actions.propose_refund(
        order.id,
        pieces,
        cents=cents,
        shipping_cents=order.shipping_cents if has_shipping else 0,
        key=_form_key(),
        staff_id=member.member_id,
        at=now,
        ends_delivery=bool(form.ends_delivery.data),
    )
    if "pay" in request.form and made.status == PROPOSED:
        about(reason="accepted")
        decide(made.id, accept=True, reason=str(form.reason.data), staff_id=member.member_id, at=now)
    elif made.status == PROPOSED:
        made.reason = str(form.reason.data)
    db.session.commit()
    return _to(made)


@bp.post("/orders/<number>/let-go")
@staff_may("attention:decide")
@audited("order.let_go")
def let_go(number: str) -> ResponseReturnValue:
    """Let an order be delivered that was stopped, for a reason."""
    order, form = found_order(number), LetGoForm()
    if not form.validate_on_submit():
        return order_page(order, let_go=form), 422
    actions.let_go(order.id, reason=str(form.reason.data), staff_id=this_member().member_id, at=clock.now())
    db.session.commit()
    return redirect(url_for("staff.order", number=order.number, notice="order-let-go"), 303)


@bp.errorhandler(DeliveryStopped)
def say_that_it_is_stopped(_problem: DeliveryStopped) -> ResponseReturnValue:
    """Nothing of this order may leave: its page says so, and why."""
    db.session.rollback()
    number = str((request.view_args or {}).get("number", ""))
    problem = _("This order is stopped: nothing of it may be packed, sent or handed over.")
    return order_page(found_order(number), pack_error=problem), 409


def _to(made: Refund) -> ResponseReturnValue:
    notice = "refund-accepted" if made.status != PROPOSED else "refund-proposed"
    return redirect(url_for("staff.refund", refund_id=made.id, notice=notice), 303)


def _found(refund_id: int) -> RefundPage:
    page = queries.refund_page(refund_id)
    if page is None:
        raise NotFound
    about(key=refund_id, person_id=page.order.person_id)
    return page


def _page(
    page: RefundPage,
    form: DecideRefundForm | None = None,
    *,
    cancel: CancelRefundForm | None = None,
    problem: str = "",
) -> str:
    page_is_personal()
    kind, _point, cause = cause_of(page.refund).rpartition(":")
    filled = DecideRefundForm(formdata=None, amount=page.refund.amount_cents, reason=page.refund.reason or "")
    cancel = cancel or CancelRefundForm(formdata=None)
    cancel.reason.id = "cancel-reason"  # the other form of this page has a reason too
    return render_template(
        "staff/refunds/refund.html",
        page=page,
        refund=page.refund,
        origins=ORIGINS,
        form=form or filled,
        cancel=cancel,
        may_be_canceled=taking_back.may_cancel(page.refund),
        may_be_repeated=page.refund.status in LOST and bool(unreplaced([page.refund, *page.again])),
        problem=problem,
        balance=balance_of(page.order) if page.refund.status == PROPOSED else None,
        sees=may_see(this_member(), Refund.reason),
        withdrawal_id=_number(cause) if page.refund.origin == BY_WITHDRAWAL else None,
        report_id=_number(cause) if page.refund.origin == BY_STAFF and kind == "parcel" else None,
    )


def _number(cause: str) -> int | None:
    """The row that a refund's key names, if it names one."""
    return int(cause) if cause.isascii() and cause.isdecimal() else None


def _new_page(order: Order, form: ProposeRefundForm, pieces: Mapping[int, int]) -> str:
    page_is_personal()
    return render_template(
        "staff/refunds/new.html",
        order=order,
        form=form,
        pieces=pieces,
        form_key=_form_key(),
        left=pieces_left(order.id),
        unsent=pieces_to_leave_out(order),
        surplus_cents=actions.surplus_cents(order.id),
        balance=balance_of(order),
    )


def _form_key() -> str:
    """The form's own key, so that a button pressed twice proposes once."""
    sent = request.form.get("key", "")
    return sent if 16 <= len(sent) <= 40 and sent.isalnum() else secrets.token_hex(12)


def typed_pieces(order: Order, word: str) -> dict[int, int]:
    """How many pieces of each line were typed, no more than were ordered; nothing where it was no number."""
    found = {}
    for line in order.lines:
        text = request.form.get(f"{word}-{line.id}", "").strip()
        pieces = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
        if pieces:
            found[line.id] = min(pieces, line.quantity)
    return found


def _no_more(problem: MoreThanRemains) -> str:
    if isinstance(problem, PiecesPaidBack):
        text = _("%(name)s: only %(n)s pieces can still be paid back.", name=problem.name, n=problem.left)
        return str(text) if problem.left else str(_("%(name)s: all of it was paid back already.", name=problem.name))
    return str(_("No more than %(amount)s can still be paid back.", amount=euros(problem.available)))
