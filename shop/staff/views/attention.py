"""The attention list: what happened with money, what is proposed, and who decided."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.staff.actions.attention import CANCEL, CHOICES, choices_for, decide, text_of
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
    page_is_personal()
    is_open = "decided" not in request.args
    found = queries.attention_items(is_open=is_open, after=number_from_query("after"))
    rows, is_owner = found[: queries.PAGE], this_member().may("orders:cancel")
    return render_template(
        "staff/attention/list.html",
        rows=rows,
        is_open=is_open,
        next_after=rows[-1].item.id if len(found) > queries.PAGE else None,
        choices={row.item.id: choices_for(row.item.kind, may_cancel=is_owner and row.may_cancel) for row in rows},
        all_choices=CHOICES,
        text_of=text_of,
    )


@bp.post("/attention/<id:item_id>/decide")
@staff_may("attention:decide")
@audited("attention.decided")
def decide_attention(item_id: int) -> ResponseReturnValue:
    """Note a decision, with the name of who took it."""
    item, form = queries.attention_item(item_id), DecideForm()
    if item is None:
        raise NotFound
    if not form.validate_on_submit() or form.choice.data not in choices_for(item.kind, may_cancel=True):
        abort(400)
    choice = str(form.choice.data)
    if choice == CANCEL and not this_member().may("orders:cancel"):
        abort(403)
    about(reason=choice)
    decide(item, choice, staff_id=this_member().member_id, at=clock.now())
    db.session.commit()
    return redirect(url_for("staff.attention", notice="decided"), 303)
