"""Refunds as staff sees them: to decide about, on their way, done, not succeeded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, joinedload

from shop.core.db import db
from shop.orders.models import Order, OrderLine
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.refund_rules import DECLINED, LOST, ON_ITS_WAY, PROPOSED, REFUNDED
from shop.people.models import StaffMember

PAGE = 50

_IN_TAB: dict[str, ColumnElement[bool]] = {
    "proposed": Refund.status == PROPOSED,
    "on_its_way": Refund.status.in_(ON_ITS_WAY),
    "refunded": Refund.status == REFUNDED,
    "not_made": Refund.status.in_((*LOST, DECLINED)),
}
OLDEST_FIRST = ("proposed", "on_its_way")


@dataclass(frozen=True)
class RefundRow:
    """One refund in a list."""

    id: int
    number: str
    amount_cents: int
    status: str
    origin: str
    created_at: datetime
    settled_at: datetime | None
    decided_by: str | None


def refunds_in(tab: str, *, after: int | None = None) -> Sequence[RefundRow]:
    """The refunds of one tab: what waits, oldest first; what is over, newest first; one more than a page."""
    is_ascending = tab in OLDEST_FIRST
    question = (
        select(
            Refund.id,
            Order.number,
            Refund.amount_cents,
            Refund.status,
            Refund.origin,
            Refund.created_at,
            Refund.settled_at,
            StaffMember.name,
        )
        .join(Order, Order.id == Refund.order_id)
        .outerjoin(StaffMember, StaffMember.id == Refund.decided_by)
        .where(_IN_TAB[tab])
        .order_by(Refund.id if is_ascending else Refund.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        question = question.where(Refund.id > after if is_ascending else Refund.id < after)
    return [RefundRow(*row) for row in db.session.execute(question)]


@dataclass(frozen=True)
class RefundPage:
    """One refund with all that its page shows."""

    refund: Refund
    order: Order
    lines: tuple[Any, ...]
    payment: Any
    proposed_by: str | None
    decided_by: str | None
    canceled_by: str | None
    again: tuple[Refund, ...]  # proposed once more for the same cause
    parts: tuple[Refund, ...]  # of the same decision, from other payments


def refund_page(refund_id: int) -> RefundPage | None:
    """One refund, its order, its lines, and who proposed and decided it."""
    proposer, decider, canceler = aliased(StaffMember), aliased(StaffMember), aliased(StaffMember)
    question = (
        select(
            Refund,
            Order,
            PaymentAttempt,
            proposer.name.label("proposer"),
            decider.name.label("decider"),
            canceler.name.label("canceler"),
        )
        .join(Order, Order.id == Refund.order_id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .outerjoin(proposer, proposer.id == Refund.proposed_by)
        .outerjoin(decider, decider.id == Refund.decided_by)
        .outerjoin(canceler, canceler.id == Refund.cancel_asked_by)
        .options(joinedload(Refund.lines))
        .where(Refund.id == refund_id)
    )
    row = db.session.execute(question).unique().one_or_none()
    if row is None:
        return None
    refund = row.Refund
    names = select(OrderLine.id, OrderLine.name).where(OrderLine.order_id == refund.order_id)
    known = {line.id: line.name for line in db.session.execute(names)} if refund.lines else {}
    lines = tuple((line.quantity, known.get(line.order_line_id, ""), line.cents) for line in refund.lines)
    first = refund.first_part_id or refund.id
    related = db.session.scalars(
        select(Refund)
        .where(
            Refund.order_id == refund.order_id,
            Refund.id != refund.id,
            (Refund.id == first) | (Refund.first_part_id == first) | Refund.origin_key.like(f"%~{refund.id}"),
        )
        .order_by(Refund.id)
    ).all()
    again = tuple(one for one in related if one.origin_key.endswith(f"~{refund.id}"))
    parts = tuple(one for one in related if one not in again)
    return RefundPage(
        refund, row.Order, lines, row.PaymentAttempt, row.proposer, row.decider, row.canceler, again, parts
    )
