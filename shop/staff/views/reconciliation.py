"""The reconciliation page: what Mollie, orders, papers and stock say differently, and how each is repaired."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.operations import reconciling
from shop.operations.models import Difference
from shop.payments import flows
from shop.staff.audit import about, audited
from shop.staff.differences import told
from shop.staff.views.blueprint import bp

NOTICES["reconciled"] = _l("Compared anew.")
NOTICES["asked-mollie"] = _l("Mollie was asked about this payment. Compare anew to see whether it is right now.")
NOTICES["mollie-silent"] = _l("Mollie could not tell just now. Try again in a few minutes.")

SHOWN = 100
KINDS: dict[str, tuple[Any, Any]] = {
    reconciling.UNKNOWN: (
        _l("Paid at Mollie, unknown to the shop"),
        _l("Look it up in Mollie's dashboard: a payment link, or another shop? If it is ours, pay it back."),
    ),
    reconciling.DIFFERS: (
        _l("Mollie says something else about a payment"),
        _l("Ask Mollie about it: the shop then takes over what Mollie says."),
    ),
    reconciling.ONLY_OURS: (
        _l("Paid in the shop, not in Mollie's list"),
        _l("Ask Mollie about it. Does it stay? Then look whether the key of another account is in use."),
    ),
    reconciling.BALANCE: (
        _l("An order and its money do not agree"),
        _l("Open the order: pay back what is too much, or ask for what is due by changing it."),
    ),
    reconciling.STOCK: (
        _l("A stock is not what its movements add up to"),
        _l("Count the shelf and write the number down on the page of the stock."),
    ),
    reconciling.PAPERS: (
        _l("The papers are not in order"),
        _l("Run “flask invoices check” and call whoever keeps the shop running; issue nothing until it is solved."),
    ),
    reconciling.OTHER: (
        _l("Something else in the database does not fit"),
        _l("Run “flask invariants” and call whoever keeps the shop running."),
    ),
    reconciling.PAPER_TOTAL: (
        _l("The papers of an order do not come to its total"),
        _l("Issue a credit note and a new invoice, so that both agree."),
    ),
}


@bp.get("/reconciliation")
@staff_may("reconciliation:view")
@audited("reconciliation.opened")
def reconciliation() -> ResponseReturnValue:
    """The last comparison, what it found, and those before it."""
    page_is_personal()
    run = reconciling.last_run()
    shown = run.differences[:SHOWN] if run else []
    return render_template(
        "staff/reconciliation/show.html",
        run=run,
        shown=shown,
        numbers=reconciling.orders_of(shown),
        runs=reconciling.earlier_runs(),
        is_late=reconciling.is_late(clock.now()),
        kinds=KINDS,
        by_asking=reconciling.BY_ASKING,
        told=told,
    )


@bp.post("/reconciliation/run")
@staff_may("reconciliation:view")
@audited("reconciliation.run")
def reconcile_now() -> ResponseReturnValue:
    """Compare everything now."""
    db.session.rollback()  # nothing outside is called within a transaction
    run_id = reconciling.reconcile_everything(at=clock.now())
    about(key=run_id)
    return redirect(url_for("staff.reconciliation", notice="reconciled"), 303)


@bp.post("/reconciliation/<id:difference_id>/ask")
@staff_may("reconciliation:view")
@audited("reconciliation.asked_mollie")
def ask_mollie_again(difference_id: int) -> ResponseReturnValue:
    """Ask Mollie about the payment of a difference, and take over what it says."""
    found = db.session.get(Difference, difference_id)
    if found is None or found.attempt_id is None:
        raise NotFound
    attempt_id = found.attempt_id
    about(key=found.reference)
    db.session.rollback()
    is_told = flows.reconcile(attempt_id, by="staff")
    return redirect(url_for("staff.reconciliation", notice="asked-mollie" if is_told else "mollie-silent"), 303)
