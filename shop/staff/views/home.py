"""The first page: what waits for somebody."""

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.operations.reconciling import is_late as is_unreconciled
from shop.privacy.queries.retention import is_late
from shop.staff.audit import audited
from shop.staff.queries.home import MANY, waiting
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp


@bp.get("")
@staff_may("staff:home")
@audited("home.opened")
def home() -> ResponseReturnValue:
    """How much there is to pack, to ship, to hand over and to decide."""
    page_is_personal()
    return render_template(
        "staff/home.html",
        waiting=waiting(),
        many=MANY,
        retention_is_late=is_late(clock.now()),
        is_unreconciled=this_member().may("reconciliation:view") and is_unreconciled(clock.now()),
    )
