"""Corrections that the program cannot pass on by itself: labels, invoices, and whoever got the old value."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.people.words import recipient_text
from shop.privacy.models.corrections import CorrectionTask
from shop.staff.audit import audited
from shop.staff.numbers import number_from_query
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp

PAGE = 50
KINDS = {
    "label": _l("Make a new label, or stop the parcel"),
    "invoice": _l("Make a credit note and a new invoice"),
    "recipient": _l("Tell who got the old data"),
}
NOTICES["passed_on"] = _l("Noted: it is passed on.")


@bp.get("/corrections")
@staff_may("corrections:pass_on")
@audited("corrections.opened")
def corrections() -> ResponseReturnValue:
    """What still has to be passed on, the oldest first."""
    page_is_personal()
    question = select(CorrectionTask).where(
        CorrectionTask.done_at.is_(None), CorrectionTask.id > (number_from_query("after") or 0)
    )
    found = db.session.scalars(question.order_by(CorrectionTask.id).limit(PAGE + 1)).all()
    return render_template(
        "staff/corrections.html",
        tasks=found[:PAGE],
        next_after=found[PAGE - 1].id if len(found) > PAGE else None,
        kinds=KINDS,
        recipient_text=recipient_text,
    )


@bp.post("/corrections/<id:task_id>")
@staff_may("corrections:pass_on")
@audited("correction.passed_on")
def pass_correction_on(task_id: int) -> ResponseReturnValue:
    """Note that it was passed on, and by whom; twice is once."""
    if db.session.get(CorrectionTask, task_id) is None:
        raise NotFound
    db.session.execute(
        update(CorrectionTask)
        .where(CorrectionTask.id == task_id, CorrectionTask.done_at.is_(None))
        .values(done_at=clock.now(), done_by=this_member().member_id)
    )
    db.session.commit()
    return redirect(url_for("staff.corrections", notice="passed_on"), 303)
