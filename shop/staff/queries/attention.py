"""What must be decided about money, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from shop.core.db import db
from shop.orders.models import Order, Shipment
from shop.orders.rules import may_cancel
from shop.payments.models import AttentionItem
from shop.people.models import StaffMember

PAGE = 50


@dataclass(frozen=True)
class AttentionRow:
    """An item with its order, and who decided if somebody did."""

    item: AttentionItem
    number: str
    person_id: str | None
    status: str
    shipments: tuple[str, ...]
    decided_by: str | None

    @property
    def may_cancel(self) -> bool:
        """Whether its order may still be called off."""
        return may_cancel(self.status, self.shipments)


def attention_items(*, is_open: bool, after: int | None = None) -> Sequence[AttentionRow]:
    """Open items, oldest first, or decided ones, newest first; one more than a page, if there are more."""
    question = (
        select(AttentionItem, Order.number, Order.person_id, Order.status, StaffMember.name)
        .join(Order, Order.id == AttentionItem.order_id)
        .outerjoin(StaffMember, StaffMember.id == AttentionItem.resolved_by)
        .limit(PAGE + 1)
    )
    if is_open:
        question = question.where(AttentionItem.resolved_at.is_(None)).order_by(AttentionItem.id)
        if after is not None:
            question = question.where(AttentionItem.id > after)
    else:
        question = question.where(AttentionItem.resolved_at.is_not(None)).order_by(AttentionItem.id.desc())
        if after is not None:
            question = question.where(AttentionItem.id < after)
    found = db.session.execute(question).all()
    shipments: dict[int, list[str]] = {}
    orders = {row.AttentionItem.order_id for row in found}
    statuses = select(Shipment.order_id, Shipment.status).where(Shipment.order_id.in_(orders))
    for shipment in db.session.execute(statuses):
        shipments.setdefault(shipment.order_id, []).append(shipment.status)
    return [
        AttentionRow(
            row.AttentionItem,
            row.number,
            row.person_id,
            row.status,
            tuple(shipments.get(row.AttentionItem.order_id, ())),
            row.name,
        )
        for row in found
    ]


def attention_item(item_id: int) -> AttentionItem | None:
    """One item."""
    return db.session.get(AttentionItem, item_id)
