"""Before an order is called off: Mollie is asked about each payment under way, and what can still be paid is closed."""

import structlog

from shop.core.db import db
from shop.payments import flows, mollie_gateway, queries, rules
from shop.payments.models import PaymentAttempt
from shop.payments.mollie_gateway import MollieProblem

log = structlog.get_logger()


def close_payments(order_id: int) -> bool:
    """Bring an order's open payments up to date and cancel those that Mollie lets us; False when Mollie can't tell.

    No transaction is open afterwards. Money that comes all the same is told to staff, as after any cancellation.
    """
    attempts = queries.unsettled_attempts(order_id)
    db.session.rollback()
    told = [flows.reconcile(attempt_id, by="return") for attempt_id in attempts]
    if not all(told):
        return False
    for attempt_id in attempts:
        _close(attempt_id)
    return True


def _close(attempt_id: int) -> None:
    attempt = db.session.get(PaymentAttempt, attempt_id, populate_existing=True)
    is_open = attempt is not None and attempt.status == rules.OPEN and attempt.is_cancelable
    mollie_id = attempt.mollie_id if attempt is not None else None
    db.session.rollback()
    if not is_open or mollie_id is None:
        return
    try:
        mollie_gateway.cancel(mollie_id)
    except MollieProblem:  # it was paid meanwhile, or stays open: the next look at it tells
        log.warning("payment.not_closed", attempt=attempt_id)
    flows.reconcile(attempt_id, by="return")
