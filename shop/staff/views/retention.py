"""What the nightly job takes away next, what somebody has kept for now, and whether the job has run."""

import json
from datetime import datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.privacy.actions import retention as actions
from shop.privacy.queries import retention as queries
from shop.staff.audit import audited
from shop.staff.forms.retention import HoldForm
from shop.staff.views.blueprint import bp
from shop.staff.words import kind_text

NOTICES["held"] = _l("It is kept until that day.")
NOTICES["released"] = _l("It is no longer kept longer than its term.")


@bp.get("/privacy/retention")
@staff_may("retention:view")
@audited("retention.opened")
def retention() -> ResponseReturnValue:
    """The forecast of a week, the holds, and the last run."""
    page_is_personal()
    now = clock.now()
    run, kept = queries.last_run(), queries.holds(now)
    return render_template(
        "staff/retention/list.html",
        coming=queries.forecast(now),
        many=queries.COUNTED,
        holds=kept,
        run=run,
        done=json.loads(run.done) if run else {},
        names=queries.names_of_rows([(one.table_name, one.row_key) for one in kept]),
        is_late=queries.is_late(now),
        last_day=lambda one: one.ends_at - timedelta(seconds=1),
    )


@bp.route("/privacy/retention/hold", methods=["GET", "POST"])
@staff_may("retention:hold")
@audited("retention.held")
def hold() -> ResponseReturnValue:
    """Keep one row until a day, with a reason; it ends by itself."""
    page_is_personal()
    form = HoldForm(row=request.args.get("row", "")[:110])
    if form.validate_on_submit():
        table, _colon, key = (form.row.data or "").partition(":")
        assert form.until.data is not None
        until = datetime.combine(form.until.data + timedelta(days=1), time.min, clock.AMSTERDAM)
        member: int = current_user.member.id
        try:
            actions.hold(table, key, reason=form.reason.data or "", until=until, staff_id=member, at=clock.now())
        except actions.CannotHold:
            raise NotFound from None
        db.session.commit()
        return redirect(url_for("staff.retention", notice="held"), 303)
    table, _colon, key = (form.row.data or "").partition(":")
    name = queries.names_of_rows([(table, key)]).get((table, key), "")
    page = render_template("staff/retention/hold.html", form=form, row_text=f"{kind_text(table)} {name}".strip())
    return page, 422 if form.is_submitted() else 200


@bp.post("/privacy/retention/holds/<id:hold_id>/end")
@staff_may("retention:hold")
@audited("retention.released")
def release(hold_id: int) -> ResponseReturnValue:
    """End a hold before its day."""
    if not actions.release(hold_id):
        raise NotFound
    db.session.commit()
    return redirect(url_for("staff.retention", notice="released"), 303)
