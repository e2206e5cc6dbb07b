"""Taking back a refund that was accepted and is not with the bank yet: with a name and a reason, through the outbox."""

from datetime import datetime

from sqlalchemy import select

from shop.core import outbox
from shop.core.db import db, writing
from shop.core.errors import Conflict, NotFound
from shop.orders import actions as orders
from shop.orders.queries import order_for_change
from shop.payments.models import Refund
from shop.payments.moves import lose_refund
from shop.payments.refund_rules import CANCELABLE, CANCELED, QUEUED
from shop.payments.refunding import refund_for_change

CANCEL_KIND = "refund_cancel"


class TooLate(Conflict):
    """The refund is past the point where it can be taken back, or somebody was first."""


def may_cancel(refund: Refund) -> bool:
    """Whether a refund can still be taken back: Mollie has not passed it on, and nobody took it back before."""
    return refund.status in CANCELABLE and refund.attempt_id is not None and not refund.is_being_canceled


def cancel_refund(refund_id: int, *, reason: str, staff_id: int, at: datetime) -> Refund:
    """Take a refund back, once, with a name and a reason. The caller commits.

    At once when Mollie was never asked for it; otherwise Mollie is asked, and it may be too late there. TooLate when
    it is past that by now.
    """
    order_id = db.session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    order = order_for_change(order_id) if order_id is not None else None
    refund = refund_for_change(refund_id)
    if order is None or refund is None:
        raise NotFound
    if not may_cancel(refund):
        raise TooLate
    refund.cancel_asked_at, refund.cancel_asked_by, refund.cancel_reason = at, staff_id, reason or None
    refund.cancel_refused_at = None
    db.session.flush()
    if refund.status == QUEUED and refund.mollie_id is None and refund.sent_at is None:
        lose_refund(order, refund, CANCELED, at=at)
        return refund
    orders.note_event(order, "refund_cancel_asked", at=at, is_for_customer=False, staff_id=staff_id)
    outbox.put(CANCEL_KIND, f"{CANCEL_KIND}:{refund.id}:{at:%Y%m%d%H%M%S%f}", at=at, reference=str(refund.id))
    return refund


def note_refused(refund_id: int, *, at: datetime) -> None:
    """Commit that Mollie did not let go of a refund, unless what it said meanwhile has told more."""
    with writing():
        order_id = db.session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
        order = order_for_change(order_id) if order_id is not None else None
        refund = refund_for_change(refund_id)
        if order is None or refund is None or not refund.is_being_canceled:
            return
        refund.cancel_refused_at = at
        orders.note_event(order, "refund_not_canceled", at=at, is_for_customer=False)
        db.session.commit()
