"""The list of what staff must decide about money: each thing is told once, and cleared when it settles by itself."""

from datetime import datetime

from sqlalchemy import select, update

from shop.core.db import db
from shop.orders import actions as orders
from shop.orders.models import Order
from shop.payments.models import AttentionItem, PaymentAttempt


def flag(
    order: Order, kind: str, *, key: str, at: datetime, attempt: PaymentAttempt | None = None, cents: int = 0
) -> bool:
    """Put something on the list of what staff must decide, once for each key."""
    if db.session.scalar(select(AttentionItem.id).where(AttentionItem.key == key)) is not None:
        return False
    db.session.add(
        AttentionItem(
            order_id=order.id,
            attempt_id=attempt.id if attempt else None,
            key=key,
            kind=kind,
            amount_cents=cents,
            created_at=at,
        )
    )
    orders.note_event(order, kind, at=at, is_for_customer=kind == "refund_failed")
    return True


def clear(key: str, *, choice: str, at: datetime, staff_id: int | None = None, reason: str = "") -> bool:
    """Take something off the list that settled by itself, or was decided elsewhere; whether it stood there."""
    cleared = db.session.execute(
        update(AttentionItem)
        .where(AttentionItem.key == key, AttentionItem.resolved_at.is_(None))
        .values(resolved_at=at, choice=choice, resolved_by=staff_id, reason=reason or None)
        .execution_options(synchronize_session=False)
    )
    return bool(cleared.rowcount)  # type: ignore[attr-defined]


def reopen(key: str, *, choice: str) -> bool:
    """Put something on the list again because what was chosen about it did not come to pass; whether it was off it."""
    opened = db.session.execute(
        update(AttentionItem)
        .where(AttentionItem.key == key, AttentionItem.choice == choice, AttentionItem.resolved_at.is_not(None))
        .values(resolved_at=None, choice="", resolved_by=None, reason=None)
        .execution_options(synchronize_session="fetch")
    )
    return bool(opened.rowcount)  # type: ignore[attr-defined]
