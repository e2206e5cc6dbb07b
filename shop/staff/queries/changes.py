"""Changes that customers ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from shop.aftersale.models import ChangeRequest
from shop.core.db import db
from shop.orders.models import Order
from shop.people.models import StaffMember
from shop.shipping.models import ShippingMethod

PAGE = 50


@dataclass(frozen=True)
class AskedChange:
    """A request with its order, and who decided if somebody did."""

    request: ChangeRequest
    number: str
    order_id: int
    person_id: str | None
    status: str
    decided_by: str | None


def asked_changes(*, is_open: bool, after: int | None = None) -> list[AskedChange]:
    """Open ones, oldest first, or decided ones, newest first; one more than a page, if there are more."""
    question = _question().limit(PAGE + 1)
    if is_open:
        question = question.where(ChangeRequest.decided_at.is_(None)).order_by(ChangeRequest.id)
        question = question.where(ChangeRequest.id > after) if after is not None else question
    else:
        question = question.where(ChangeRequest.decided_at.is_not(None)).order_by(ChangeRequest.id.desc())
        question = question.where(ChangeRequest.id < after) if after is not None else question
    return _rows(db.session.execute(question).all())


def asked_change(request_id: int) -> AskedChange | None:
    """One of them."""
    found = _rows(db.session.execute(_question().where(ChangeRequest.id == request_id)).all())
    return found[0] if found else None


def methods_by_id(language: str) -> dict[int, str]:
    """The ways of delivery on offer, by their numbers."""
    found = db.session.scalars(
        select(ShippingMethod).where(ShippingMethod.is_active.is_(True)).order_by(ShippingMethod.position)
    )
    return {method.id: method.name_nl if language == "nl" else method.name_en for method in found}


def _question() -> Select[*tuple[Any, ...]]:
    return (
        select(ChangeRequest, Order.number, Order.id, Order.person_id, Order.status, StaffMember.name)
        .join(Order, Order.id == ChangeRequest.order_id)
        .outerjoin(StaffMember, StaffMember.id == ChangeRequest.decided_by)
        .options(selectinload(ChangeRequest.lines))
    )


def _rows(found: Sequence[Any]) -> list[AskedChange]:
    return [AskedChange(*row) for row in found]
