"""The attention list: what happened with money, what is proposed, and who decided."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.payments.refunding import MoreThanRemains
from shop.staff.actions.attention import CANCEL, DELIVER, REFUND, choice_text, choices_for, decide, text_of
from shop.staff.audit import about, audited
from shop.staff.forms.attention import DecideForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import attention as queries
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp

NOTICES["decided"] = _l("Your decision was noted.")


@bp.get("/attention")
@staff_may("attention:view")
@audited("attention.opened")
def attention() -> ResponseReturnValue:
    """What waits for a decision, or what was decided."""
    return _page()


def _page(sent: DecideForm | None = None, item_id: int | None = None) -> str:
    page_is_personal()
    is_open = "decided" not in request.args
    found = queries.attention_items(is_open=is_open, after=number_from_query("after"))
    rows, is_owner = found[: queries.PAGE], this_member().may("orders:cancel")
    forms = {row.item.id: _form(row.item.id, sent if row.item.id == item_id else None) for row in rows}
    return render_template(
        "staff/attention/list.html",
        rows=rows,
        forms=forms,
        is_open=is_open,
        next_after=rows[-1].item.id if len(found) > queries.PAGE else None,
        choices={row.item.id: choices_for(row.item.kind, may_cancel=is_owner and row.may_cancel) for row in rows},
        choice_text=choice_text,
        text_of=text_of,
    )


def _form(item_id: int, sent: DecideForm | None) -> DecideForm:
    form = sent or DecideForm(formdata=None)
    form.reason.id = f"reason-{item_id}"
    return form


@bp.post("/attention/<id:item_id>/decide")
@staff_may("attention:decide")
@audited("attention.decided")
def decide_attention(item_id: int) -> ResponseReturnValue:
    """Do and note a decision, with the name of who took it."""
    item, form = queries.attention_item(item_id), DecideForm()
    if item is None:
        raise NotFound
    if form.choice.data not in choices_for(item.kind, may_cancel=True):
        abort(400)
    if not form.validate_on_submit():
        return _page(form, item_id), 422
    choice, reason, member = str(form.choice.data), str(form.reason.data or ""), this_member()
    if (choice == CANCEL and not member.may("orders:cancel")) or (choice == REFUND and not member.may("orders:refund")):
        abort(403)
    if choice == DELIVER and not reason:
        form.reason.errors = [_("Say why it is delivered all the same.")]
        return _page(form, item_id), 422
    about(reason=choice)
    try:
        decide(item, choice, reason=reason, staff_id=member.member_id, at=clock.now())
    except MoreThanRemains:
        db.session.rollback()
        form.reason.errors = [_("So much is no longer left of this payment. Look at the order's refunds.")]
        return _page(form, item_id), 422
    db.session.commit()
    return redirect(url_for("staff.attention", notice="decided"), 303)
