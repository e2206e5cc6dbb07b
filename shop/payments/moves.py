"""What Mollie says of refunds, captures and chargebacks of a payment, brought into our rows: forward only, each once.

The caller holds the order's row and commits; `actions.take_in` comes here with every answer that tells of them.
"""

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update

from shop.core.db import db
from shop.core.money import mollie_value
from shop.orders import actions as orders
from shop.orders.models import CONFIRMED, Order
from shop.payments import attention, refund_rules, rules
from shop.payments.balance import balance_of
from shop.payments.models import AttentionItem, Capture, PaymentAttempt, Refund
from shop.payments.mollie_answers import Answer, Movement
from shop.payments.refund_rules import BY_ATTENTION, BY_CANCELLATION, BY_MOLLIE, LOST, ON_ITS_WAY, REFUNDED
from shop.payments.refunding import SURPLUS, cause_of, recount, settle
from shop.payments.signals import money_received, refund_failed

CHARGEBACKS_WATCHED = timedelta(days=180)
SUCCEEDED, CAPTURE_FAILED = "succeeded", "failed"
CAPTURING = ("queued", "pending")

log = structlog.get_logger()


def take_in_money(order: Order, attempt: PaymentAttempt, answer: Answer, *, known: str, at: datetime) -> None:
    """Note what came in by an attempt since its last answer, and tell of it."""
    before = attempt.captured_cents
    attempt.is_captured_later = attempt.is_captured_later or answer.is_captured_later
    attempt.capture_before = answer.capture_before or attempt.capture_before
    if attempt.is_captured_later:
        attempt.captured_cents = max(before, answer.captured_cents)
    came = attempt.captured_cents - before
    if not attempt.is_captured_later and attempt.status == rules.PAID and known != rules.PAID:
        came = attempt.amount_cents
    if came > 0:
        db.session.flush()
        money_received.send(order=order, attempt=attempt, cents=came, at=at)


def take_in_movements(order: Order, attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> None:
    """Note what an answer says of refunds, captures and chargebacks."""
    attempt.refunded_cents = answer.refunded_cents
    for movement in answer.refunds or ():
        _take_in_refund(order, attempt, movement, at=at)
    for movement in answer.captures or ():
        capture = _capture_of(attempt, movement)
        if capture is not None:
            apply_capture(order, capture, movement, at=at)
    if answer.chargebacks is not None:
        _take_in_chargebacks(order, attempt, answer, at=at)


def _take_in_refund(order: Order, attempt: PaymentAttempt, movement: Movement, *, at: datetime) -> None:
    refund = db.session.scalar(select(Refund).where(Refund.mollie_id == movement.id))
    if refund is None and movement.token:
        ours = select(Refund).where(Refund.token == movement.token, Refund.attempt_id == attempt.id)
        refund = db.session.scalar(ours.where(Refund.mollie_id.is_(None)))
    if refund is None:
        refund = _made_elsewhere(order, attempt, movement, at=at)
    apply_refund(order, refund, movement, at=at)


def _made_elsewhere(order: Order, attempt: PaymentAttempt, movement: Movement, *, at: datetime) -> Refund:
    """A refund that somebody made in Mollie's dashboard: a row of its own, by hand."""
    refund = Refund(
        order_id=order.id,
        attempt_id=attempt.id,
        origin=BY_MOLLIE,
        origin_key=movement.id,
        amount_cents=movement.cents,
        status=refund_rules.QUEUED,
        is_by_hand=True,
        token=secrets.token_urlsafe(24),
        idempotency_key=secrets.token_urlsafe(32),
        mollie_id=movement.id,
        created_at=movement.created_at or at,
        sent_at=movement.created_at or at,
    )
    db.session.add(refund)
    db.session.flush()
    recount(attempt.id)
    orders.note_event(
        order, "refund_elsewhere", at=at, detail=f"EUR {mollie_value(movement.cents)}", is_for_customer=False
    )
    return refund


def apply_refund(order: Order, refund: Refund, movement: Movement, *, at: datetime) -> None:
    """Bring one refund up to what Mollie said of it at a moment."""
    refund.mollie_id = refund.mollie_id or movement.id
    if refund.asked_at is not None and at <= refund.asked_at:
        return
    refund.asked_at = at
    told = refund_rules.next_status(refund.status, movement.status)
    if told == refund.status:
        return
    if refund.is_being_canceled and told not in (*refund_rules.CANCELABLE, *LOST):
        refund.cancel_refused_at = at
        orders.note_event(order, "refund_not_canceled", at=at, is_for_customer=False)
    if told == REFUNDED:
        settle(order, refund, at=at)
    elif told in LOST:
        lose_refund(order, refund, told, at=at)
    else:
        refund.status = told
    if refund.attempt_id is not None:
        recount(refund.attempt_id)


def lose_refund(order: Order, refund: Refund, status: str, *, at: datetime) -> None:
    """A refund did not happen, or its money came back: it claims nothing any more, and staff is told.

    One that staff took back themselves is told in the timeline only, and what it had settled is open again.
    """
    is_wanted = refund.is_being_canceled and status == refund_rules.CANCELED
    refund.status, refund.settled_at = status, at
    db.session.flush()
    if refund.attempt_id is not None:
        recount(refund.attempt_id)
    if is_wanted:
        detail = f"EUR {mollie_value(refund.amount_cents)}"
        orders.note_event(order, "refund_canceled", at=at, detail=detail, staff_id=refund.cancel_asked_by)
        reopen_what_it_settled(order, refund)
        refund_failed.send(refund=refund, at=at)
        return
    attempt = db.session.get(PaymentAttempt, refund.attempt_id) if refund.attempt_id is not None else None
    attention.flag(
        order, "refund_failed", key=f"refund_failed:{refund.id}", at=at, attempt=attempt, cents=refund.amount_cents
    )
    refund_failed.send(refund=refund, at=at)


def reopen_what_it_settled(order: Order, refund: Refund) -> None:
    """Put on the list again what a refund had taken off it; the caller holds the order's row."""
    keys = [f"{kind}:{refund.attempt_id}" for kind in SURPLUS]
    if refund.origin == BY_CANCELLATION:
        keys.append(f"canceled:{order.id}")
    word, _colon, item = cause_of(refund).partition(":")
    if refund.origin == BY_ATTENTION and word == "item":
        question = select(AttentionItem.key).where(AttentionItem.id == int(item))
        keys += db.session.scalars(question).all()
    earlier: Refund | None = refund
    while earlier is not None:
        _cause, again, lost = earlier.origin_key.partition("#")[0].rpartition("~")
        earlier = db.session.get(Refund, int(lost)) if again else None
        keys += [f"refund_failed:{earlier.id}"] if earlier is not None else []
    for key in keys:
        attention.reopen(key, choice="refund")


def _capture_of(attempt: PaymentAttempt, movement: Movement) -> Capture | None:
    found = db.session.scalar(select(Capture).where(Capture.mollie_id == movement.id))
    if found is None and movement.token:
        ours = select(Capture).where(Capture.token == movement.token, Capture.attempt_id == attempt.id)
        found = db.session.scalar(ours.where(Capture.mollie_id.is_(None)))
    return found


def apply_capture(order: Order, capture: Capture, movement: Movement, *, at: datetime) -> None:
    """Bring one capture up to what Mollie said of it at a moment."""
    capture.mollie_id = capture.mollie_id or movement.id
    if capture.asked_at is not None and at <= capture.asked_at:
        return
    capture.asked_at = at
    if capture.status not in CAPTURING or movement.status not in ("pending", SUCCEEDED, CAPTURE_FAILED):
        return
    if movement.status == CAPTURE_FAILED:
        lose_capture(order, capture, at=at)
        return
    capture.status = movement.status
    if movement.status == SUCCEEDED:
        capture.settled_at = at
        orders.note_event(
            order, "captured", at=at, detail=f"EUR {mollie_value(capture.amount_cents)}", is_for_customer=False
        )


def lose_capture(order: Order, capture: Capture, *, at: datetime) -> None:
    """Money that was set aside could not be taken in: staff is told, and nothing is tried again by itself."""
    capture.status, capture.settled_at = CAPTURE_FAILED, at
    db.session.flush()
    recount_captures(capture.attempt_id)
    attempt = db.session.get_one(PaymentAttempt, capture.attempt_id)
    key = f"capture_failed:{capture.id}"
    attention.flag(order, "capture_failed", key=key, at=at, attempt=attempt, cents=capture.amount_cents)


def recount_captures(attempt_id: int) -> None:
    """Count anew what captures ask of a payment; the caller holds the order's row."""
    asked = (
        select(func.coalesce(func.sum(Capture.amount_cents), 0))
        .where(Capture.attempt_id == attempt_id, Capture.status != CAPTURE_FAILED)
        .scalar_subquery()
    )
    db.session.flush()
    db.session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .values(capturing_cents=asked)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(db.session.get_one(PaymentAttempt, attempt_id), ["capturing_cents"])


def _take_in_chargebacks(order: Order, attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> None:
    """A bank took money back: flagged, delivery stopped, and nothing canceled by itself; or it returned it."""
    attempt.charged_back_cents = answer.charged_back_cents
    for one in answer.chargebacks or ():
        key = f"chargeback:{one.id}"
        if one.is_reversed:
            if attention.clear(key, choice="reversed", at=at):
                orders.note_event(order, "chargeback_reversed", at=at, is_for_customer=False)
        elif attention.flag(order, "chargeback", key=key, at=at, attempt=attempt, cents=one.cents):
            orders.stop_delivery(order, at)
    let_deliver_if_well(order, at)


def let_deliver_if_well(order: Order, at: datetime) -> None:
    """Let an order go on that was stopped, once nothing is owed and no bank holds its money any more."""
    if order.delivery_stopped_at is None or order.status != CONFIRMED:
        return
    db.session.flush()
    balance = balance_of(order)
    if balance.charged_back_cents == 0 and balance.due_cents == 0:
        orders.let_deliver(order, at)


def next_look(attempt: PaymentAttempt, *, now: datetime) -> datetime | None:
    """When Mollie is asked again about an attempt that came to an end, for what still moves; None when nothing does."""
    refunds = select(func.max(func.coalesce(Refund.decided_at, Refund.created_at))).where(
        Refund.attempt_id == attempt.id, Refund.status.in_(ON_ITS_WAY)
    )
    since = db.session.scalar(refunds)
    if since is not None:
        return refund_rules.next_look(decided_at=since, now=now)
    captures = select(Capture.id).where(Capture.attempt_id == attempt.id, Capture.status.in_(CAPTURING)).limit(1)
    if db.session.scalar(captures) is not None:
        return now + timedelta(minutes=10)
    began = attempt.paid_at or attempt.created_at
    if attempt.charged_back_cents and now < began + 2 * CHARGEBACKS_WATCHED:
        return now + timedelta(days=1)
    return None
