"""Paying, step by step: what is committed before Mollie is called, the call, and what is committed after it.

Nothing outside is ever called between begin and commit, and every step can be repeated: a process that dies anywhere
in here leaves rows from which the next look at the payment goes on.
"""

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import ShopError
from shop.orders import actions as orders
from shop.orders.models import PLACED, Order
from shop.orders.queries import order_for_change, order_with_all
from shop.payments import actions, bodies, mollie_gateway, queries, rules
from shop.payments.models import CREATING, REFUSED, PaymentAttempt
from shop.payments.mollie_gateway import Answer, MollieProblem, NotReached, Refused, Unknown

ASKS_A_MINUTE = 20  # about one attempt; a storm of webhooks costs no more calls than this
BUSY, USED_OTHERWISE, GONE = 409, 400, 404
BUSY_WAITS = (0.3, 0.7, 1.5)

log = structlog.get_logger()


class PaymentNotStarted(ShopError):
    """No payment could be started; `field` names what Mollie refused, if it refused something."""

    def __init__(self, field: str | None = None) -> None:
        super().__init__(field or "not started")
        self.field = field


@dataclass(frozen=True)
class Letter:
    """A request to make a payment, as it leaves."""

    attempt_id: int
    body: dict[str, Any]
    idempotency_key: str


def start_payment(order_id: int, *, method: str) -> PaymentAttempt:
    """Make a payment for a placed order, or go on with one that is still good; PaymentNotStarted when there is none."""
    attempt_id, is_ready = _write_attempt(order_id, method)
    if not is_ready:
        _create(attempt_id)
    return db.session.get_one(PaymentAttempt, attempt_id)


def _write_attempt(order_id: int, method: str) -> tuple[int, bool]:
    """Commit the attempt that is to be made, or find one to go on with; whether it can be paid already."""
    with writing():
        now = clock.now()
        order = order_for_change(order_id)
        cents = queries.payable_cents(order) if order is not None else 0
        if order is None or cents == 0 or (order.status != PLACED and method in rules.LOANS):
            raise PaymentNotStarted
        mode = mollie_gateway.mode()
        earlier = queries.repeatable_attempt(order_id, method, amount_cents=cents, mode=mode)
        if earlier is not None and earlier.status == CREATING and now - earlier.created_at < rules.KEY_LIFE:
            return earlier.id, False
        if earlier is not None and rules.is_usable(
            earlier.checkout_url, earlier.status, expires_at=earlier.expires_at, now=now
        ):
            return earlier.id, True
        if len(queries.attempts_of(order_id)) >= rules.MAX_ATTEMPTS:
            raise PaymentNotStarted
        attempt = actions.new_attempt(order, method, mode=mode, at=now)
        attempt_id = attempt.id
        db.session.commit()
        return attempt_id, False


def _create(attempt_id: int) -> None:
    """Ask Mollie to make the payment of a committed attempt, and commit what it says; PaymentNotStarted otherwise."""
    letter = _letter(attempt_id)
    asked_at = clock.now()
    try:
        answer = _send(letter)
    except NotReached:
        _leave(attempt_id, ask_again=False)  # nothing was made, so there is nothing to look for
        raise PaymentNotStarted from None
    except Unknown:
        raise PaymentNotStarted from None  # the job repeats it with the same key, or "pay again" does
    except Refused as refusal:
        _refused(letter, refusal)
        return
    _take_in(attempt_id, answer, asked_at=asked_at, by="create")


def _letter(attempt_id: int) -> Letter:
    """What is to be sent for an attempt; afterwards no transaction is open."""
    attempt = db.session.get_one(PaymentAttempt, attempt_id)
    letter = Letter(attempt_id, bodies.payment_body(order_with_all(attempt.order_id), attempt), attempt.idempotency_key)
    db.session.rollback()
    return letter


def _send(letter: Letter) -> Answer:
    """Send a request; while another process sends the same one, wait for its outcome."""
    for wait in BUSY_WAITS:
        try:
            return mollie_gateway.create(letter.body, idempotency_key=letter.idempotency_key)
        except Refused as refusal:
            if refusal.status != BUSY:
                raise
            time.sleep(wait)
    raise Unknown


def _refused(letter: Letter, refusal: Refused) -> None:
    """Mollie would not make the payment: leave out what is optional and try once more, or give this attempt up."""
    part = rules.optional_field(refusal.field, list(letter.body))
    if refusal.status == USED_OTHERWISE:
        log.error("payment.key_used_otherwise", attempt=letter.attempt_id)
        if _look_for(letter.attempt_id):
            return
    elif part is not None:
        _send_without(letter, part)
        return
    _leave(letter.attempt_id, status=REFUSED)
    raise PaymentNotStarted(refusal.field)


def _send_without(letter: Letter, part: str) -> None:
    """Try once more without an optional part, with a key of its own that is committed first."""
    log.error("payment.left_out", attempt=letter.attempt_id, part=part)
    with writing():
        attempt = queries.attempt_for_change(letter.attempt_id)
        assert attempt is not None
        attempt.left_out = part
        attempt.idempotency_key = key = f"{letter.idempotency_key[:40]}.2"
        db.session.commit()
    again = replace(letter, body=bodies.without(letter.body, [part]), idempotency_key=key)
    asked_at = clock.now()
    try:
        answer = _send(again)
    except Refused as refusal:
        _leave(letter.attempt_id, status=REFUSED)
        raise PaymentNotStarted(refusal.field) from None
    except MollieProblem:
        raise PaymentNotStarted from None
    _take_in(letter.attempt_id, answer, asked_at=asked_at, by="create")


def _leave(attempt_id: int, *, status: str | None = None, ask_again: bool = False) -> None:
    """Commit that an attempt came to nothing, unless its payment has turned up in the meantime."""
    with writing():
        attempt = queries.attempt_for_change(attempt_id)
        if attempt is None or attempt.mollie_id is not None:
            return
        attempt.status = status or attempt.status
        if not ask_again:
            attempt.next_ask_at = None
        db.session.commit()


def reconcile(attempt_id: int, *, by: str = "job", hinted_id: str | None = None) -> bool:
    """Bring one attempt up to date with Mollie; False when that could not be done now.

    Webhook, return page, job and staff all come here, and nothing else changes the state of a payment. A hinted id
    (from a webhook that overtook us) counts only if that payment carries this attempt's own token.
    """
    attempt = db.session.get(PaymentAttempt, attempt_id, populate_existing=True)
    if attempt is None:
        return True
    mollie_id, token, status, mode = attempt.mollie_id, attempt.token, attempt.status, attempt.mode
    db.session.rollback()
    if mode != mollie_gateway.mode():
        _leave_to_other_key(attempt_id)
        return True
    if mollie_id is None and hinted_id is None:
        return status == REFUSED or _find_out(attempt_id)
    if not asked.allows(attempt_id):
        return False
    asked_at = clock.now()
    try:
        answer = mollie_gateway.fetch(mollie_id or hinted_id or "", is_waited_for=by == "return")
    except Refused as refusal:
        if refusal.status != GONE:
            return False
        if mollie_id is not None:
            _note_gone(attempt_id)
        return True
    except MollieProblem:
        return False
    if answer.token == token:
        _take_in(attempt_id, answer, asked_at=asked_at, by=by)
    return True


def _take_in(attempt_id: int, answer: Answer, *, asked_at: datetime, by: str) -> None:
    """Commit an answer of Mollie's: the order's row is held first, then the attempt's."""
    with writing():
        order_id = db.session.get_one(PaymentAttempt, attempt_id).order_id
        order = order_for_change(order_id)
        attempt = queries.attempt_for_change(attempt_id)
        if order is None or attempt is None:
            return
        actions.take_in(order, attempt, answer, asked_at=asked_at, by=by)
        db.session.commit()


def _find_out(attempt_id: int) -> bool:
    """Whether a payment was made whose answer never came: repeat the request while its key lives, else look for it."""
    now = clock.now()
    attempt = db.session.get_one(PaymentAttempt, attempt_id)
    order = db.session.get_one(Order, attempt.order_id)
    is_wanted = queries.payable_cents(order) == attempt.amount_cents and not is_overdue(order, now)
    is_repeatable = now - attempt.created_at < rules.KEY_LIFE and is_wanted
    db.session.rollback()
    if not is_repeatable:
        return _look_for(attempt_id, gives_up=True)
    try:
        _create(attempt_id)
    except PaymentNotStarted:
        return False
    return True


def is_overdue(order: Order, now: datetime) -> bool:
    """Whether an order has passed the moment until which it waits for payment."""
    return order.expires_at is not None and order.expires_at <= now


def _look_for(attempt_id: int, *, gives_up: bool = False) -> bool:
    """Look through Mollie's list for our token; True when found, or when it is certain that there is none."""
    attempt = db.session.get_one(PaymentAttempt, attempt_id)
    token, since = attempt.token, attempt.created_at - timedelta(minutes=5)
    db.session.rollback()
    asked_at = clock.now()
    try:
        answer = mollie_gateway.find_by_token(token, since=since)
    except MollieProblem:
        return False
    if answer is not None:
        _take_in(attempt_id, answer, asked_at=asked_at, by="list")
        return True
    if gives_up:
        _leave(attempt_id, status=REFUSED)
    return gives_up


def _leave_to_other_key(attempt_id: int) -> None:
    """A payment of the other mode (test or live) can't be asked for with this key; it never pays anything here."""
    _change(attempt_id, "payment_other_mode")


def _note_gone(attempt_id: int) -> None:
    """Mollie does not know this payment (any more)."""
    _change(attempt_id, "payment_unknown_at_mollie")


def _change(attempt_id: int, note: str) -> None:
    with writing():
        attempt = queries.attempt_for_change(attempt_id)
        if attempt is None or attempt.next_ask_at is None:
            return
        attempt.next_ask_at = None
        order = db.session.get_one(Order, attempt.order_id)
        orders.note_event(order, note, at=clock.now(), is_for_customer=False)
        db.session.commit()


def ask_about(order_id: int) -> bool:
    """Ask Mollie about an order's newest payment while its customer looks on; False when Mollie could not tell."""
    attempt = queries.newest_attempt(order_id)
    if attempt is None or attempt.status not in rules.UNSETTLED:
        return True
    return reconcile(attempt.id, by="return")


class Asked:
    """How often Mollie was asked about each attempt in the last minute, in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[int, deque[float]] = defaultdict(deque)

    def allows(self, attempt_id: int) -> bool:
        """Whether one more call about this attempt is within bounds; counts it."""
        now = time.monotonic()
        with self._lock:
            if len(self._times) > 10_000:
                self._times.clear()
            times = self._times[attempt_id]
            while times and now - times[0] > 60:
                times.popleft()
            if len(times) >= ASKS_A_MINUTE:
                return False
            times.append(now)
            return True

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._times.clear()


asked = Asked()
