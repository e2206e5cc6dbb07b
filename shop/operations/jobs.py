"""Work of this room that returns."""

from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.core.jobs import every
from shop.operations.models import ReconciliationRun
from shop.operations.reconciling import DAILY, reconcile_everything


@every(minutes=30)
def reconcile_once_a_day() -> int:
    """Compare Mollie, orders, papers and stock, once a day; again sooner when Mollie could not be asked."""
    at = clock.now()
    recent = select(ReconciliationRun.id).where(
        ReconciliationRun.started_at > at - DAILY,
        ReconciliationRun.finished_at.is_not(None),
        ReconciliationRun.problem == "",
    )
    is_done = db.session.scalar(recent.limit(1)) is not None
    db.session.rollback()
    if is_done:
        return 0
    reconcile_everything(at=at)
    return 1
