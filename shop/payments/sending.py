"""Asking Mollie for what was decided: refunds, captures, releases. Carried out from the outbox, outside transactions.

The key of each request is committed before the call, and repeated with it while Mollie remembers it; after that the
payment is looked at first. So an answer that never came is neither lost nor asked for twice.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import ShopError
from shop.core.outbox import GiveUp, OutboxRow, carries_out
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments import capturing, flows, mollie_gateway, moves, queries, refunding, rules, taking_back
from shop.payments.models import Capture, PaymentAttempt, Refund
from shop.payments.mollie_gateway import Movement, Refused
from shop.payments.refund_rules import CANCELED

SOON = timedelta(minutes=10)
TAKEN_AS_NO = (400, 404, 410, 422)
DUPLICATE = 409

log = structlog.get_logger()


class Repeated(ShopError):
    """To be asked again later: Mollie takes it for a repetition of an equal one, or could not tell."""


@dataclass(frozen=True)
class Request:
    """What is to be asked, as it leaves."""

    kind: type[Refund] | type[Capture]
    row_id: int
    attempt_id: int
    payment: str
    number: str
    cents: int
    token: str
    idempotency_key: str
    is_old: bool


@carries_out(refunding.OUTBOX_KIND)
def send_refund(row: OutboxRow) -> None:
    """Ask Mollie to pay money back that a member of staff decided to pay back."""
    _carry_out(Refund, int(row.reference))


@carries_out(taking_back.CANCEL_KIND)
def send_refund_cancel(row: OutboxRow) -> None:
    """Take back at Mollie what a member of staff took back; a refund whose answer never came is looked for first.

    Asked twice is asked once: what is canceled or was paid out by now is found by looking at it.
    """
    refund_id = int(row.reference)
    refund = db.session.get(Refund, refund_id, populate_existing=True)
    if refund is None or not refund.is_being_canceled or refund.attempt_id is None:
        return
    attempt_id, movement = refund.attempt_id, refund.mollie_id
    payment = db.session.get_one(PaymentAttempt, attempt_id).mollie_id
    is_over = refund.sent_at is None or clock.now() - refund.sent_at >= rules.KEY_LIFE
    db.session.rollback()
    if payment is None or movement is None:
        if payment is not None and not flows.reconcile(attempt_id):
            raise Repeated
        if not _cancel_unsent(refund_id, is_over=payment is None or is_over):
            raise Repeated  # it has turned up, or its call may still be under way
        return
    asked_at = clock.now()
    try:
        mollie_gateway.cancel_refund(payment, movement)
    except Refused as refusal:
        if refusal.status not in (*TAKEN_AS_NO, DUPLICATE):
            raise
        if not flows.reconcile(attempt_id):
            raise Repeated from None
        taking_back.note_refused(refund_id, at=clock.now())
        return
    with writing():
        order, found = _held(Refund, refund_id)
        if order is not None and isinstance(found, Refund) and found.is_being_canceled:
            moves.lose_refund(order, found, CANCELED, at=asked_at)
            found.asked_at = max(found.asked_at or asked_at, asked_at)
        db.session.commit()


def _cancel_unsent(refund_id: int, *, is_over: bool) -> bool:
    """Commit that a refund was canceled of which Mollie has nothing; False when it has, or may still get it."""
    with writing():
        order, refund = _held(Refund, refund_id)
        if order is None or not isinstance(refund, Refund) or not refund.is_being_canceled:
            return True
        if refund.mollie_id is not None or not is_over:
            return False
        moves.lose_refund(order, refund, CANCELED, at=clock.now())
        db.session.commit()
        return True


@carries_out(capturing.CAPTURE_KIND)
def send_capture(row: OutboxRow) -> None:
    """Ask Mollie for money that was set aside."""
    _carry_out(Capture, int(row.reference))


@carries_out(capturing.RELEASE_KIND)
def send_release(row: OutboxRow) -> None:
    """Give up what was set aside; Mollie tells later that it is done."""
    attempt = db.session.get(PaymentAttempt, int(row.reference))
    if attempt is None or attempt.mollie_id is None or attempt.status in rules.LOST:
        return
    mollie_id, key, mode = attempt.mollie_id, f"{attempt.idempotency_key[:40]}.release", attempt.mode
    db.session.rollback()
    if mode != mollie_gateway.mode():
        raise GiveUp
    try:
        mollie_gateway.release(mollie_id, idempotency_key=key)
    except Refused as refusal:
        if refusal.status not in TAKEN_AS_NO:
            raise
        log.warning("payment.release_refused", attempt=row.reference, status=refusal.status)
    _look_soon(int(row.reference))


def _carry_out(kind: type[Refund] | type[Capture], row_id: int) -> None:
    request = _prepare(kind, row_id)
    if request is None:
        return
    if request.is_old:
        if not _look(request):
            raise Repeated
        request = _renew(request)
        if request is None:
            return
    asked_at = clock.now()
    try:
        movement = _ask(request)
    except Refused as refusal:
        _refused(request, refusal)
        return
    _take_in(request, movement, asked_at=asked_at)


def _prepare(kind: type[Refund] | type[Capture], row_id: int) -> Request | None:
    """Commit that it is asked for now; None when there is nothing (more) to ask."""
    with writing():
        _order, row = _held(kind, row_id)
        if row is None or row.mollie_id is not None or row.status != "queued" or row.attempt_id is None:
            return None
        if isinstance(row, Refund) and row.is_being_canceled:
            return None
        attempt = db.session.get_one(PaymentAttempt, row.attempt_id)
        order = db.session.get_one(Order, row.order_id)
        now = clock.now()
        if attempt.mollie_id is None or attempt.mode != mollie_gateway.mode():
            _lose(kind, row_id, at=now)
            db.session.commit()
            return None
        row.sent_at = first = row.sent_at or now
        request = Request(
            kind,
            row_id,
            attempt.id,
            attempt.mollie_id,
            order.number,
            row.amount_cents,
            row.token,
            row.idempotency_key,
            is_old=now - first >= rules.KEY_LIFE,
        )
        db.session.commit()
        return request


def _ask(request: Request) -> Movement:
    ask = mollie_gateway.refund if request.kind is Refund else mollie_gateway.capture
    return ask(
        request.payment,
        request.cents,
        token=request.token,
        text=request.number,
        idempotency_key=request.idempotency_key,
    )


def _refused(request: Request, refusal: Refused) -> None:
    """Mollie said no: perhaps because an earlier call, whose answer never came, was carried out after all."""
    if not _look(request):
        raise Repeated
    if refusal.status == DUPLICATE:
        if _renew(request) is not None:
            raise Repeated
        return
    if refusal.status not in TAKEN_AS_NO:
        raise refusal
    log.warning("money.refused", kind=request.kind.__tablename__, row=request.row_id, status=refusal.status)
    with writing():
        _lose(request.kind, request.row_id, at=clock.now())
        db.session.commit()


def _look(request: Request) -> bool:
    """Ask Mollie what it has of this payment; what carries our token is then ours. Whether it could tell."""
    return flows.reconcile(request.attempt_id)


def _renew(request: Request) -> Request | None:
    """Commit a new key for a request of which Mollie has nothing; None when it has turned up."""
    with writing():
        row = _found(request.kind, request.row_id)
        if row is None or row.mollie_id is not None or row.status != "queued":
            return None
        row.idempotency_key, row.sent_at = secrets.token_urlsafe(32), clock.now()
        db.session.commit()
    return _prepare(request.kind, request.row_id)


def _take_in(request: Request, movement: Movement, *, asked_at: datetime) -> None:
    with writing():
        order, row = _held(request.kind, request.row_id)
        if order is None or row is None:
            return
        if isinstance(row, Refund):
            moves.apply_refund(order, row, movement, at=asked_at)
        else:
            moves.apply_capture(order, row, movement, at=asked_at)
        _plan(request.attempt_id)
        db.session.commit()


def _lose(kind: type[Refund] | type[Capture], row_id: int, *, at: datetime) -> None:
    order, row = _held(kind, row_id)
    if order is None or row is None or row.mollie_id is not None or row.status != "queued":
        return
    if isinstance(row, Refund):
        moves.lose_refund(order, row, "failed", at=at)
    else:
        moves.lose_capture(order, row, at=at)


def _held(kind: type[Refund] | type[Capture], row_id: int) -> tuple[Order | None, Refund | Capture | None]:
    """The order, its row held, and then the refund or capture as it is now."""
    found = _found(kind, row_id)
    if found is None:
        return None, None
    order = order_for_change(found.order_id)
    return order, _found(kind, row_id)


def _found(kind: type[Refund] | type[Capture], row_id: int) -> Refund | Capture | None:
    if kind is Refund:
        return db.session.get(Refund, row_id, populate_existing=True)
    return db.session.get(Capture, row_id, populate_existing=True)


def _look_soon(attempt_id: int) -> None:
    with writing():
        _plan(attempt_id)
        db.session.commit()


def _plan(attempt_id: int) -> None:
    attempt = queries.attempt_for_change(attempt_id)
    if attempt is not None:
        soon = clock.now() + SOON
        attempt.next_ask_at = min(attempt.next_ask_at or soon, soon)
