"""What the shop keeps about itself: the audit log, the outbox, the processing register."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import Model, db
from shop.core.errors import Conflict
from shop.core.personal_data import declaration_of, register
from shop.core.templating import NOTICES
from shop.people.queries import broken_audit_entries
from shop.privacy.queries.record import AT_ERASURE, MEDIA
from shop.staff.audit import audited
from shop.staff.forms.team import ROLE_NAMES
from shop.staff.numbers import number_from_query
from shop.staff.queries import outbox as outbox_queries
from shop.staff.queries import team as team_queries
from shop.staff.views.blueprint import bp

NOTICES["try-again"] = _l("It will be tried again within a minute.")


@bp.get("/audit")
@staff_may("audit:view")
@audited("audit.opened")
def audit_log() -> ResponseReturnValue:
    """What staff opened and did, newest first; asked to, the page also checks that every seal still fits."""
    page_is_personal()
    found = team_queries.audit_entries(number_from_query("before"))
    entries = found[: team_queries.PAGE]
    names = team_queries.names_of({entry.staff_id for entry in entries if entry.staff_id})
    is_checked = "check" in request.args
    return render_template(
        "staff/ledgers/audit.html",
        entries=entries,
        names=names,
        roles=ROLE_NAMES,
        next_before=entries[-1].id if len(found) > team_queries.PAGE else None,
        is_checked=is_checked,
        broken=broken_audit_entries()[:20] if is_checked else [],
    )


@bp.get("/outbox")
@staff_may("outbox:view")
@audited("outbox.opened")
def outbox() -> ResponseReturnValue:
    """What waits to go out, and what could not; not what it says."""
    page_is_personal()
    found = outbox_queries.not_done(number_from_query("after"))
    rows = found[: outbox_queries.PAGE]
    next_after = rows[-1].id if len(found) > outbox_queries.PAGE else None
    return render_template("staff/ledgers/outbox.html", rows=rows, next_after=next_after)


@bp.post("/outbox/<id:row_id>/try-again")
@staff_may("outbox:retry")
@audited("outbox.tried_again")
def try_again(row_id: int) -> ResponseReturnValue:
    """Try to carry out a row again now."""
    if not outbox_queries.try_again(row_id, at=clock.now()):
        raise Conflict
    db.session.commit()
    return redirect(url_for("staff.outbox", notice="try-again"), 303)


@bp.get("/register")
@staff_may("register:view")
@audited("register.opened")
def processing_register() -> ResponseReturnValue:
    """Every table and column with what it means, and the stores that are no table, as the code declares them."""
    tables = [
        (table, [(column, declaration_of(column)) for column in table.columns])
        for table in sorted(Model.metadata.tables.values(), key=lambda table: table.name)
    ]
    return render_template(
        "staff/ledgers/register.html",
        tables=tables,
        stores=register.stores.values(),
        roles=ROLE_NAMES,
        at_erasure=AT_ERASURE,
        media=MEDIA,
    )
