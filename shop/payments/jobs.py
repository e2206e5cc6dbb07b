"""Work on payments that returns by itself: ask Mollie what it did not tell, and end orders that nobody paid."""

from datetime import timedelta

import structlog

from shop.core import clock
from shop.core.db import db, writing
from shop.core.jobs import every
from shop.orders import actions as orders
from shop.orders.models import PLACED
from shop.orders.queries import due_to_expire, order_for_change
from shop.payments import actions, flows, methods, mollie_gateway, queries, rules
from shop.payments.models import PaymentAttempt
from shop.payments.mollie_gateway import MollieProblem

HOLD_LONGER = timedelta(hours=1)
LOOKED_BACK = timedelta(days=2)
CAN_MOVE = timedelta(days=366)
"""How long money of a payment can move: refunds for a year, chargebacks for half of one."""

log = structlog.get_logger()


@every(seconds=30)
def reconcile_due() -> int:
    """Ask Mollie about every attempt whose time has come; how many were brought up to date."""
    done = 0
    for attempt_id, is_last_look in _claim_due():
        is_done = _reconcile_safely(attempt_id)
        if is_done and is_last_look:
            _end_looking(attempt_id)
        done += is_done
    return done


def reconcile_all() -> int:
    """Ask Mollie about every attempt that is not final, whether its time has come or not."""
    done, last = 0, 0
    while found := queries.waiting_attempts(after=last):
        last = found[-1]
        db.session.rollback()
        done += sum(_reconcile_safely(attempt_id) for attempt_id in found)
    return done


def _claim_due() -> list[tuple[int, bool]]:
    """Plan the next look at each due attempt before this one, so that a crash or a second worker does not repeat it.

    Whether this look is the last one is told beside it: it is planned again all the same, for it may fail.
    """
    with writing():
        now = clock.now()
        found = []
        for attempt_id in queries.due_attempts(now):
            attempt = db.session.get_one(PaymentAttempt, attempt_id)
            actions.plan_next(attempt, now=now)
            found.append((attempt_id, attempt.next_ask_at is None))
            attempt.next_ask_at = attempt.next_ask_at or now + rules.ASK_AFTER[-1]
            attempt.asks += 1
        db.session.commit()
    return found


def _end_looking(attempt_id: int) -> None:
    """Mollie answered the last question about an attempt that never became final: it is asked no more."""
    with writing():
        attempt = queries.attempt_for_change(attempt_id)
        if attempt is not None and attempt.status in rules.UNSETTLED:
            attempt.next_ask_at = None
            db.session.commit()


def _reconcile_safely(attempt_id: int) -> bool:
    try:
        return flows.reconcile(attempt_id)
    except Exception as problem:  # one attempt that goes wrong does not keep the others waiting
        log.error("payment.reconcile", attempt=attempt_id, error=type(problem).__name__)
        db.session.rollback()
        return False


@every(seconds=60)
def expire_due() -> int:
    """End the orders that were not paid in time, after asking Mollie about each; how many were ended."""
    overdue = due_to_expire(clock.now())
    db.session.rollback()
    return sum(expire_order(order_id) for order_id in overdue)


def expire_order(order_id: int) -> bool:
    """End one overdue order unless Mollie says that it was paid or may still be; whether this call did it."""
    attempts = queries.unsettled_attempts(order_id)
    db.session.rollback()
    if sum(_reconcile_safely(attempt_id) for attempt_id in attempts) < len(attempts):
        return False
    with writing():
        now = clock.now()
        order = order_for_change(order_id)
        if order is None or order.status != PLACED or not flows.is_overdue(order, now):
            return False
        if queries.is_held(order_id):
            orders.extend(order, now + HOLD_LONGER)
            db.session.commit()
            return False
        has_expired = orders.expire(order, now)
        db.session.commit()
        return has_expired


@every(minutes=30)
def warn_of_lapsing() -> int:
    """Tell staff, some days before, which money that was set aside will lapse; how many were told now."""
    with writing():
        now = clock.now()
        told = 0
        for attempt_id in queries.lapsing_attempts(now + rules.WARNED_BEFORE):
            attempt = db.session.get_one(PaymentAttempt, attempt_id)
            order = order_for_change(attempt.order_id)
            cents = attempt.amount_cents - attempt.capturing_cents
            key = f"lapse:{attempt_id}"
            told += order is not None and actions.flag(
                order, "capture_lapsing", key=key, at=now, attempt=attempt, cents=cents
            )
        db.session.commit()
    return told


@every(minutes=360)
def find_moves_elsewhere() -> int:
    """Look at what went back lately without us: refunds in Mollie's dashboard, chargebacks; how many were looked at."""
    return _look_back(LOOKED_BACK)


@every(hours=24)
def find_moves_long_ago() -> int:
    """Look at all that can have moved, for what every call and every look missed; how many were looked at.

    Two calls for each 250 refunds or chargebacks of a year; a payment is asked about only where we know it otherwise.
    """
    return _look_back(CAN_MOVE)


def _look_back(span: timedelta) -> int:
    try:
        moves = mollie_gateway.moves_since(clock.now() - span)
    except MollieProblem:
        return 0
    known = queries.known_moves([move.id for move in moves])
    db.session.rollback()
    payments = {move.payment for move in moves if known.get(move.id) != move.status}
    attempts = queries.attempts_by_mollie_id(payments)
    db.session.rollback()
    return sum(_reconcile_safely(attempt_id) for attempt_id in attempts)


@every(minutes=5)
def refresh_methods() -> int:
    """Renew the list of ways to pay when it is half an hour old."""
    return methods.refresh()
