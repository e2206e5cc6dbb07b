"""Services: a date that staff agree with the customer, and that they took place; each line in its own way."""

from datetime import datetime

from sqlalchemy import select

from shop.core.db import db
from shop.core.errors import NotFound, ShopError
from shop.orders import actions, emails, rules
from shop.orders.fulfilment import AlreadyDone, held
from shop.orders.models import CONFIRMED, Order, OrderLine


class InThePast(ShopError):
    """A date can only be agreed for later."""


def plan(line_id: int, starts_at: datetime, *, staff_id: int, at: datetime) -> OrderLine:
    """Note the date that was agreed for a service, and tell the customer; another replaces it. The caller commits."""
    order, line = _open_line(line_id)
    if starts_at <= at:
        raise InThePast
    if line.service_at == starts_at:
        return line
    line.service_at = starts_at
    db.session.flush()
    actions.note_event(order, "service_planned", at=at, staff_id=staff_id)
    emails.queue_service_planned(order, line, at)
    return line


def note_done(line_id: int, *, staff_id: int, at: datetime) -> None:
    """Note that one service of an order has taken place. The caller commits."""
    order, line = _open_line(line_id)
    line.served_at = at
    actions.note_event(order, "service_done", at=at, staff_id=staff_id)
    actions.complete_if_done(order, at, staff_id)


def note_all_done(order_id: int, *, staff_id: int, at: datetime) -> None:
    """Note that every service of an order has taken place. The caller commits."""
    order = held(order_id, CONFIRMED)
    left = select(OrderLine.id).where(
        OrderLine.order_id == order.id, OrderLine.kind == rules.SERVICE, OrderLine.served_at.is_(None)
    )
    lines = db.session.scalars(left.order_by(OrderLine.id)).all()
    if not lines:
        raise AlreadyDone
    for line_id in lines:
        note_done(line_id, staff_id=staff_id, at=at)


def _open_line(line_id: int) -> tuple[Order, OrderLine]:
    """A service that has still to take place, and its order held; AlreadyDone when it has."""
    order_id = db.session.scalar(select(OrderLine.order_id).where(OrderLine.id == line_id))
    if order_id is None:
        raise NotFound
    order = held(order_id, CONFIRMED)
    line = db.session.scalars(
        select(OrderLine).where(OrderLine.id == line_id).execution_options(populate_existing=True)
    ).one()
    if line.kind != rules.SERVICE or line.served_at is not None:
        raise AlreadyDone
    return order, line
