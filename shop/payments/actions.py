"""What changes when somebody tries to pay and when Mollie speaks; the caller holds the order's row and commits."""

import secrets
from datetime import datetime, timedelta

import structlog

from shop.core.db import db
from shop.core.personal_data import Purpose, Recipient
from shop.orders import actions as orders
from shop.orders import emails
from shop.orders.models import CANCELED, COMPLETED, CONFIRMED, EXPIRED, PLACED, Order
from shop.payments import bodies, moves, queries, rules
from shop.payments.attention import flag
from shop.payments.balance import balance_of
from shop.payments.models import CREATING, AppliedPayment, PaymentAttempt
from shop.payments.mollie_gateway import Answer
from shop.people.actions import record_disclosure

__all__ = ["flag"]

FIRST_LOOK = timedelta(minutes=2)  # long enough for the call that follows; a crash in between is found then

log = structlog.get_logger()


def new_attempt(order: Order, method: str, *, mode: str, at: datetime) -> PaymentAttempt:
    """Write down a try to pay before Mollie is asked for it; without a method the customer chooses on Mollie's page."""
    attempt = PaymentAttempt(
        order_id=order.id,
        token=secrets.token_urlsafe(32),
        idempotency_key=secrets.token_urlsafe(32),
        mode=mode,
        method=method or None,
        status=CREATING,
        amount_cents=queries.payable_cents(order),
        currency="EUR",
        created_at=at,
        next_ask_at=at + FIRST_LOOK,
        left_out="",
        is_captured_later=method in rules.CAPTURED_LATER,
        captured_cents=0,
        capturing_cents=0,
        claimed_cents=0,
    )
    db.session.add(attempt)
    if order.person_id is not None:
        fields = bodies.fields_told(method)
        record_disclosure(order.person_id, Recipient.MOLLIE, fields=fields, purpose=Purpose.PAYMENT, at=at)
    db.session.flush()
    return attempt


def take_in(order: Order, attempt: PaymentAttempt, answer: Answer, *, asked_at: datetime, by: str) -> None:
    """Bring attempt and order up to what Mollie said at a moment; forward only, and each effect once."""
    if answer.token != attempt.token or attempt.mollie_id not in (None, answer.id):
        log.error("payment.not_ours", attempt=attempt.id)
        return
    attempt.mollie_id = answer.id
    if by == "webhook":
        attempt.last_webhook_at = asked_at
    if attempt.asked_at is not None and asked_at <= attempt.asked_at:
        attempt.checkout_url = attempt.checkout_url or _link(attempt, answer)
        return
    attempt.asked_at = asked_at
    if _is_wrong(order, attempt, answer, at=asked_at):
        return
    known, attempt.status = attempt.status, rules.next_status(attempt.status, answer.status)
    if answer.status not in rules.RANK:
        log.error("payment.unknown_status", attempt=attempt.id, status=answer.status)
    attempt.method = answer.method or attempt.method
    attempt.expires_at = answer.expires_at or attempt.expires_at
    attempt.is_cancelable = answer.is_cancelable
    attempt.checkout_url = _link(attempt, answer)
    if attempt.status == rules.PAID and attempt.paid_at is None:
        attempt.paid_at = answer.paid_at or asked_at
    if attempt.status in rules.SETTLING and not queries.is_applied(attempt.id):
        _settle(order, attempt, at=asked_at)
        _note_silence(order, attempt, at=asked_at)
    if attempt.status != known and attempt.status in rules.LOST:
        _lose(order, attempt, known, at=asked_at)
    moves.take_in_money(order, attempt, answer, known=known, at=asked_at)
    moves.take_in_movements(order, attempt, answer, at=asked_at)
    _plan(order, attempt, now=asked_at)


def _link(attempt: PaymentAttempt, answer: Answer) -> str | None:
    return answer.checkout_url if attempt.status in (CREATING, rules.OPEN) and answer.status == rules.OPEN else None


def _is_wrong(order: Order, attempt: PaymentAttempt, answer: Answer, *, at: datetime) -> bool:
    """Whether the answer is about other money than was asked for; then nothing of it counts and staff is told."""
    if answer.mode != attempt.mode:
        flag(order, "test_payment_in_live", key=f"mode:{attempt.id}", at=at, attempt=attempt, cents=answer.amount_cents)
        attempt.next_ask_at = None
        return True
    if (answer.amount_cents, answer.currency) != (attempt.amount_cents, attempt.currency):
        flag(order, "wrong_amount", key=f"amount:{attempt.id}", at=at, attempt=attempt, cents=answer.amount_cents)
        plan_next(attempt, now=at)
        return True
    return False


def plan_next(attempt: PaymentAttempt, *, now: datetime) -> None:
    """Plan when Mollie is asked again about an attempt, whatever its next answer will be."""
    if attempt.status not in rules.UNSETTLED:
        attempt.next_ask_at = now + rules.ASK_AFTER[-1]
        return
    attempt.next_ask_at = rules.next_ask(
        attempt.asks, now=now, made_at=attempt.created_at, expires_at=attempt.expires_at
    )


def _plan(order: Order, attempt: PaymentAttempt, *, now: datetime) -> None:
    if attempt.status == rules.AUTHORIZED:
        attempt.next_ask_at = rules.next_look_at_authorized(now, capture_before=attempt.capture_before)
        soon = moves.next_look(attempt, now=now)
        if soon is not None and attempt.next_ask_at is not None:
            attempt.next_ask_at = min(soon, attempt.next_ask_at)
        return
    if attempt.status not in rules.WAITING:
        attempt.next_ask_at = moves.next_look(attempt, now=now)
        return
    plan_next(attempt, now=now)
    until = rules.holds_until(attempt.status, now=now, expires_at=attempt.expires_at)
    if until is not None:
        orders.extend(order, until)


def _settle(order: Order, attempt: PaymentAttempt, *, at: datetime) -> None:
    """Apply the money of an attempt: it pays the order, or it is more than was due and staff decides."""
    is_settled = queries.settling_payment(order.id) is not None
    if _is_difference(order, attempt, is_settled=is_settled):
        _apply(order, attempt, "supplement", at=at)
        orders.note_event(order, "paid_supplement", at=at)
        moves.let_deliver_if_well(order, at)
    elif is_settled:
        _apply(order, attempt, "surplus", at=at)
        _flag_money(order, "paid_twice", attempt, at=at)
        orders.note_event(order, "paid_again", at=at)
    elif order.status == PLACED:
        _apply(order, attempt, "settles", at=at)
        orders.note_event(order, "set_aside" if attempt.status == rules.AUTHORIZED else "paid", at=at)
        db.session.flush()
        orders.confirm(order, at)
        _compare_with_total(order, attempt, at=at)
    elif order.status == EXPIRED and orders.reopen(order, at):
        _apply(order, attempt, "settles", at=at)
        orders.note_event(order, "paid_late", at=at)
        db.session.flush()
        _compare_with_total(order, attempt, at=at)
    elif order.status in (EXPIRED, CANCELED):
        _apply(order, attempt, "surplus", at=at)
        kind = "paid_after_cancel" if order.status == CANCELED else "paid_late_no_stock"
        _flag_money(order, kind, attempt, at=at)
        orders.note_event(order, "paid_too_late", at=at)
    else:
        _apply(order, attempt, "surplus", at=at)
        _flag_money(order, "paid_twice", attempt, at=at)


def _is_difference(order: Order, attempt: PaymentAttempt, *, is_settled: bool) -> bool:
    """Whether this money is for what an order costs more since it was changed."""
    if order.status not in (CONFIRMED, COMPLETED) or not (is_settled or order.pays_by == "free"):
        return False
    return attempt.amount_cents <= balance_of(order).due_cents


def _compare_with_total(order: Order, attempt: PaymentAttempt, *, at: datetime) -> None:
    """The order was changed while an older amount was being paid: staff is told.

    Nothing leaves before the rest came, or staff says so; what was paid too much is proposed to go back.
    """
    difference = attempt.amount_cents - order.total_cents
    if difference < 0:
        flag(order, "paid_old_amount", key=f"old:{attempt.id}", at=at, attempt=attempt, cents=-difference)
        orders.stop_delivery(order, at)
    elif difference > 0:
        flag(order, "paid_too_much", key=f"old:{attempt.id}", at=at, attempt=attempt, cents=difference)


def _flag_money(order: Order, kind: str, attempt: PaymentAttempt, *, at: datetime) -> None:
    flag(order, kind, key=f"{kind}:{attempt.id}", at=at, attempt=attempt, cents=attempt.amount_cents)


def _apply(order: Order, attempt: PaymentAttempt, role: str, *, at: datetime) -> None:
    db.session.add(
        AppliedPayment(attempt_id=attempt.id, order_id=order.id, role=role, amount_cents=attempt.amount_cents, at=at)
    )
    db.session.flush()


def _lose(order: Order, attempt: PaymentAttempt, known: str, *, at: datetime) -> None:
    """An attempt ended without money: the customer hears of it when no other one is under way."""
    if known == rules.AUTHORIZED and (order.status == CANCELED or attempt.released_at is not None):
        orders.note_event(order, "authorization_released", at=at, is_for_customer=False)
        return
    if known == rules.AUTHORIZED:
        flag(order, "authorization_lost", key=f"lost:{attempt.id}", at=at, attempt=attempt, cents=attempt.amount_cents)
        return
    is_waiting = order.status == PLACED
    orders.note_event(order, f"payment_{attempt.status}", at=at, is_for_customer=is_waiting)
    others = [other for other in queries.unsettled_attempts(order.id) if other != attempt.id]
    if is_waiting and not others and attempt.status != rules.CANCELED:
        emails.queue_payment_failed(order, at)


def _note_silence(order: Order, attempt: PaymentAttempt, *, at: datetime) -> None:
    """Tell staff, once a day, when a payment had to be found by asking though its webhook was long due."""
    paid_at = attempt.paid_at or at
    if attempt.last_webhook_at is None and bodies.can_be_called() and at - paid_at > rules.WEBHOOK_OVERDUE:
        flag(order, "webhook_silent", key=f"silent:{at.date().isoformat()}", at=at, attempt=attempt)
