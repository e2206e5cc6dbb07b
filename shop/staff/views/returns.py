"""The returns desk: withdrawals, what comes back, what is decided, and what is to be paid back."""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.aftersale import returns as desk
from shop.aftersale.models import ACCEPTED, REFUSED, Withdrawal
from shop.aftersale.returns import Arrived
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.payments.refunding import decide
from shop.staff.audit import about, audited
from shop.staff.forms.returns import ConditionForm, JudgeForm, MatchForm, PutBackForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import returns as queries
from shop.staff.queries.returns import ReturnPage
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.visibility import may_see

TABS: dict[str, Any] = {
    "awaited": _l("Awaited"),
    "received": _l("Come back"),
    "judged": _l("To pay back"),
    "settled": _l("Settled"),
}

NOTICES["return-matched"] = _l("The withdrawal now belongs to this order.")
NOTICES["return-chosen"] = _l("The pieces are noted.")
NOTICES["return-received"] = _l("Noted: come back. The customer sees it with the order.")
NOTICES["return-in-stock"] = _l("The pieces are in stock again.")
NOTICES["return-judged"] = _l("Your decision was noted. The customer sees it with the order.")
NOTICES["return-paying"] = _l("Your decision was noted. The money is on its way back.")


@bp.get("/returns")
@staff_may("returns:view")
@audited("returns.listed")
def returns() -> ResponseReturnValue:
    """Withdrawals: awaited, come back, to pay back, settled."""
    page_is_personal()
    tab = request.args.get("tab", "awaited")
    if tab not in TABS:
        abort(404)
    found = queries.withdrawals_in(tab, after=number_from_query("after"))
    rows = found[: queries.PAGE]
    return render_template(
        "staff/returns/list.html",
        tab=tab,
        tabs=TABS,
        rows=rows,
        today=clock.today(),
        next_after=rows[-1].id if len(found) > queries.PAGE else None,
    )


@bp.get("/returns/<id:withdrawal_id>")
@staff_may("returns:view")
@audited("return.opened")
def withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    """One withdrawal: what was stated, what came back, what is proposed."""
    return _page(_found(withdrawal_id))


@bp.post("/returns/<id:withdrawal_id>/match")
@staff_may("returns:receive")
@audited("return.matched")
def match_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    """Say from which order an unknown withdrawal is."""
    page, form = _found(withdrawal_id), MatchForm()
    if not form.validate_on_submit():
        return _page(page, match=form), 422
    try:
        desk.match_by_hand(withdrawal_id, str(form.number.data))
    except desk.NoSuchOrder:
        db.session.rollback()
        form.number.errors = [_("There is no order with this number.")]
        return _page(_found(withdrawal_id), match=form), 422
    return _back(withdrawal_id, "return-matched")


@bp.post("/returns/<id:withdrawal_id>/pieces")
@staff_may("returns:receive")
@audited("return.pieces_chosen")
def choose_pieces(withdrawal_id: int) -> ResponseReturnValue:
    """Put into lines what a withdrawal says in words."""
    page = _found(withdrawal_id)
    try:
        desk.choose_pieces(withdrawal_id, _typed_pieces(page))
    except desk.NotThatMany:
        db.session.rollback()
        problem = _("Fill in at least one piece, and no more than were ordered.")
        return _page(_found(withdrawal_id), problem=problem), 422
    return _back(withdrawal_id, "return-chosen")


@bp.post("/returns/<id:withdrawal_id>/received")
@staff_may("returns:receive")
@audited("return.received")
def receive_return(withdrawal_id: int) -> ResponseReturnValue:
    """Note what came back of each line, and in which state."""
    page = _found(withdrawal_id)
    forms = {one.line.id: _condition_form(one.line.id) for one in page.lines}
    wrong = [form for form in forms.values() if not form.validate_on_submit()]
    if wrong:
        return _page(page, conditions=forms), 422
    arrived = {
        line: Arrived(int(form.quantity.data or 0), str(form.condition.data or "")) for line, form in forms.items()
    }
    try:
        desk.receive(withdrawal_id, arrived, staff_id=this_member().member_id, at=clock.now())
    except desk.NotThatMany:
        db.session.rollback()
        problem = _("Fill in at least one piece, and no more than the customer withdrew from.")
        return _page(_found(withdrawal_id), conditions=forms, problem=problem), 422
    return _back(withdrawal_id, "return-received")


@bp.post("/returns/<id:withdrawal_id>/lines/<id:line_id>/stock")
@staff_may("returns:receive")
@audited("return.put_in_stock")
def put_back_in_stock(withdrawal_id: int, line_id: int) -> ResponseReturnValue:
    """Put pieces that came back in good state in stock again."""
    page, form = _found(withdrawal_id), PutBackForm(prefix=f"stock-{line_id}-")
    if not form.validate_on_submit():
        return _page(page, stock={line_id: form}), 422
    try:
        desk.put_back(withdrawal_id, line_id, int(form.pieces.data or 0), at=clock.now())
    except desk.NotThatMany:
        db.session.rollback()
        form.pieces.errors = [_("That is more than came back.")]
        return _page(_found(withdrawal_id), stock={line_id: form}), 422
    return _back(withdrawal_id, "return-in-stock")


@bp.post("/returns/<id:withdrawal_id>/judge")
@staff_may("returns:decide")
@audited("return.judged")
def judge_return(withdrawal_id: int) -> ResponseReturnValue:
    """Accept or refuse a withdrawal, with a reason; who may, accepts its refund in the same step."""
    page, form = _found(withdrawal_id), JudgeForm()
    if not form.validate_on_submit():
        return _page(page, judge=form), 422
    decision = str(form.decision.data)
    if decision == ACCEPTED and not page.lines:
        form.decision.errors = [_("Say first from which order and which pieces this withdrawal is.")]
        return _page(page, judge=form), 422
    about(reason=decision)
    reason, now, member = str(form.reason.data), clock.now(), this_member()
    judged = desk.judge(
        withdrawal_id,
        decision,
        reason=reason,
        deduction_cents=form.deduction.data or 0,
        staff_id=member.member_id,
        at=now,
    )
    pays_back = bool(form.pays_back.data) and member.may("orders:refund")
    refunds = desk.refunds_of(judged) if pays_back else []
    for refund in refunds:
        decide(refund.id, accept=True, reason=reason, staff_id=member.member_id, at=now)
    return _back(withdrawal_id, "return-paying" if refunds else "return-judged")


def _found(withdrawal_id: int) -> ReturnPage:
    """The withdrawal with this number; the audit log notes whose data was opened."""
    page = queries.withdrawal_page(withdrawal_id)
    if page is None:
        raise NotFound
    about(key=withdrawal_id, person_id=page.withdrawal.person_id)
    return page


def _back(withdrawal_id: int, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.withdrawal", withdrawal_id=withdrawal_id, notice=notice), 303)


def _condition_form(line_id: int, **values: Any) -> ConditionForm:
    return ConditionForm(prefix=f"line-{line_id}-", **values)


def _typed_pieces(page: ReturnPage) -> Mapping[int, int]:
    """How many pieces of each order line were typed; nothing where it was no number."""
    found = {}
    for line in page.order.lines if page.order else []:
        text = request.form.get(f"pieces-{line.id}", "").strip()
        found[line.id] = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
    return found


def _page(
    page: ReturnPage,
    *,
    match: MatchForm | None = None,
    conditions: Mapping[int, ConditionForm] | None = None,
    stock: Mapping[int, PutBackForm] | None = None,
    judge: JudgeForm | None = None,
    problem: str = "",
) -> str:
    page_is_personal()
    shown = {
        one.line.id: (conditions or {}).get(one.line.id)
        or _condition_form(one.line.id, formdata=None, quantity=one.line.quantity)
        for one in page.lines
    }
    backs = {
        one.line.id: (stock or {}).get(one.line.id)
        or PutBackForm(prefix=f"stock-{one.line.id}-", formdata=None, pieces=one.line.received_quantity)
        for one in page.lines
    }
    member = this_member()
    columns = ("name", "email", "order_reference", "what")
    return render_template(
        "staff/returns/withdrawal.html",
        page=page,
        withdrawal=page.withdrawal,
        match=match or MatchForm(formdata=None),
        conditions=shown,
        backs=backs,
        judge=judge or JudgeForm(formdata=None),
        problem=problem,
        refused=REFUSED,
        today=clock.today(),
        sees=all(may_see(member, getattr(Withdrawal, column)) for column in columns),
    )
