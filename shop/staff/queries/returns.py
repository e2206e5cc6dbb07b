"""Withdrawals as the returns desk sees them: awaited, come back, judged, settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import selectinload

from shop.aftersale.models import Withdrawal, WithdrawalLine
from shop.aftersale.queries import accepted_before, bought, last_days, paid_cents
from shop.aftersale.returns import has_left, refunds_of
from shop.aftersale.withdrawal_rules import proposal, refund_due_on
from shop.catalogue.models import Product, Variant
from shop.catalogue.rules import EXCLUSIONS
from shop.core import clock
from shop.core.db import db
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.payments.models import Refund
from shop.people.models import StaffMember

PAGE = 50

_IN_TAB: dict[str, ColumnElement[bool]] = {
    "awaited": and_(Withdrawal.judged_at.is_(None), Withdrawal.received_at.is_(None)),
    "received": and_(Withdrawal.judged_at.is_(None), Withdrawal.received_at.is_not(None)),
    "judged": and_(Withdrawal.judged_at.is_not(None), Withdrawal.ended_at.is_(None)),
    "settled": Withdrawal.ended_at.is_not(None),
}


@dataclass(frozen=True)
class ReturnRow:
    """One withdrawal in a list."""

    id: int
    number: str | None
    pieces: int
    submitted_at: datetime
    decision: str
    proposed_cents: int

    @property
    def due_on(self) -> date:
        """The last day to pay back."""
        return refund_due_on(clock.local_date(self.submitted_at))


def withdrawals_in(tab: str, *, after: int | None = None) -> Sequence[ReturnRow]:
    """The withdrawals of one tab: what waits, oldest first; what is settled, newest first; one more than a page."""
    is_ascending = tab != "settled"
    pieces = (
        select(func.coalesce(func.sum(WithdrawalLine.quantity), 0))
        .where(WithdrawalLine.withdrawal_id == Withdrawal.id)
        .correlate(Withdrawal)
        .scalar_subquery()
    )
    question = (
        select(
            Withdrawal.id,
            Order.number,
            pieces.label("pieces"),
            Withdrawal.submitted_at,
            Withdrawal.decision,
            Withdrawal.proposed_cents,
        )
        .outerjoin(Order, Order.id == Withdrawal.order_id)
        .where(_IN_TAB[tab])
        .order_by(Withdrawal.id if is_ascending else Withdrawal.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        question = question.where(Withdrawal.id > after if is_ascending else Withdrawal.id < after)
    return [
        ReturnRow(row.id, row.number, int(row.pieces), row.submitted_at, row.decision, row.proposed_cents)
        for row in db.session.execute(question)
    ]


@dataclass(frozen=True)
class ReturnLine:
    """One line of a withdrawal, with what the desk has to know about it."""

    line: WithdrawalLine
    name: str
    ordered: int
    has_stock: bool
    exclusion: tuple[Any, str] | None
    last_day: date | None
    is_late: bool


@dataclass(frozen=True)
class ReturnPage:
    """A withdrawal with its order, if that is known, and what is proposed."""

    withdrawal: Withdrawal
    order: Order | None
    lines: tuple[ReturnLine, ...]
    judged_by: str | None
    proposed_cents: int
    paid_cents: int
    has_left: bool
    refunds: tuple[Refund, ...] = ()

    @property
    def due_on(self) -> date:
        """The last day to pay back."""
        return refund_due_on(clock.local_date(self.withdrawal.submitted_at))

    @property
    def is_everything(self) -> bool:
        """Whether this one withdrawal takes every piece of its order."""
        taken = {one.line.order_line_id: one.line.quantity for one in self.lines}
        return self.order is not None and taken == {line.id: line.quantity for line in self.order.lines}


def withdrawal_page(withdrawal_id: int) -> ReturnPage | None:
    """One withdrawal with all that its page shows."""
    withdrawal = db.session.scalar(
        select(Withdrawal)
        .where(Withdrawal.id == withdrawal_id)
        .options(selectinload(Withdrawal.lines))
        .execution_options(populate_existing=True)
    )
    if withdrawal is None:
        return None
    judged_by = None
    if withdrawal.judged_by is not None:
        judged_by = db.session.scalar(select(StaffMember.name).where(StaffMember.id == withdrawal.judged_by))
    if withdrawal.order_id is None:
        return ReturnPage(withdrawal, None, (), judged_by, 0, 0, has_left=False)
    order = order_with_all(withdrawal.order_id)
    pieces = {line.order_line_id: line.quantity for line in withdrawal.lines}
    paid = paid_cents(order)
    proposed = withdrawal.proposed_cents
    if withdrawal.judged_at is None:
        earlier = accepted_before(withdrawal)
        proposed = proposal(bought(order), pieces, earlier=earlier, deduction_cents=0, paid_cents=paid)
    lines = _lines(withdrawal, order)
    refunds = tuple(refunds_of(withdrawal)) if withdrawal.judged_at is not None else ()
    has_gone = has_left(order.id)
    return ReturnPage(withdrawal, order, lines, judged_by, proposed, paid, has_left=has_gone, refunds=refunds)


def _lines(withdrawal: Withdrawal, order: Order) -> tuple[ReturnLine, ...]:
    ordered, days = {line.id: line for line in order.lines}, last_days(order)
    variants = {line.variant_id for line in order.lines if line.variant_id is not None}
    question = (
        select(Variant.id, Variant.stock, Product.withdrawal_exclusion)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(variants))
    )
    known = {row.id: row for row in db.session.execute(question)}
    stated_on = clock.local_date(withdrawal.submitted_at)
    found = []
    for line in withdrawal.lines:
        bought_line, last = ordered[line.order_line_id], days[line.order_line_id]
        variant = known.get(bought_line.variant_id)
        found.append(
            ReturnLine(
                line,
                name=bought_line.name,
                ordered=bought_line.quantity,
                has_stock=variant is not None and variant.stock is not None,
                exclusion=EXCLUSIONS.get(variant.withdrawal_exclusion) if variant is not None else None,
                last_day=last,
                is_late=last is not None and stated_on > last,
            )
        )
    return tuple(found)
