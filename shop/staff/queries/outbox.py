"""What still has to go out, without what it says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import load_only

from shop.core.db import db
from shop.core.outbox import OutboxRow

PAGE = 50


def not_done(after: int | None = None) -> Sequence[OutboxRow]:
    """The rows that wait or have failed, oldest first, without their content; one more than a page, if there are."""
    shown = (
        OutboxRow.kind,
        OutboxRow.reference,
        OutboxRow.created_at,
        OutboxRow.due_at,
        OutboxRow.attempts,
        OutboxRow.failed_at,
        OutboxRow.last_error,
    )
    question = select(OutboxRow).options(load_only(*shown, raiseload=True)).where(OutboxRow.done_at.is_(None))
    if after is not None:
        question = question.where(OutboxRow.id > after)
    return db.session.scalars(question.order_by(OutboxRow.id).limit(PAGE + 1)).all()


def try_again(row_id: int, *, at: datetime) -> bool:
    """Put a row that failed or waits for its next try back in front; says whether there was such a row."""
    changed = db.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.done_at.is_(None))
        .where(or_(OutboxRow.failed_at.is_not(None), OutboxRow.due_at > at))
        .values(failed_at=None, due_at=at, leased_until=None)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]
