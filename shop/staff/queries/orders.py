"""Orders as the warehouse looks for them: what is to be done, oldest first, and by number, name or postcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from shop.aftersale.models import ChangeRequest, Withdrawal
from shop.core.db import db
from shop.orders import numbers
from shop.orders.models import (
    CANCELED,
    COMPLETED,
    CONFIRMED,
    EXPIRED,
    LOST,
    PACKED,
    PLACED,
    READY,
    SHIPPED,
    Order,
    OrderAddress,
    OrderLine,
    ParcelReport,
    Shipment,
    ShipmentLine,
)
from shop.orders.rules import GOODS, SERVICE
from shop.payments.models import AttentionItem, PaymentAttempt, Refund
from shop.payments.queries import refunds_of

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABS = ("todo", "packed", "shipped", "ready", "done", "unpaid", "ended")
OLDEST_FIRST = ("todo", "packed", "ready")


def is_to_do() -> ColumnElement[bool]:
    """Confirmed, and not all of its pieces are in a shipment yet, or its service has still to take place."""
    handled = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == OrderLine.id, Shipment.status != LOST)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    wanted = OrderLine.quantity - OrderLine.not_sent_quantity
    has_goods = exists().where(OrderLine.order_id == Order.id, OrderLine.kind == GOODS, wanted > handled)
    has_service = exists().where(
        OrderLine.order_id == Order.id, OrderLine.kind == SERVICE, OrderLine.served_at.is_(None), wanted > 0
    )
    return and_(Order.status == CONFIRMED, or_(has_goods, has_service))


def _has_shipment(status: str) -> ColumnElement[bool]:
    return and_(Order.status == CONFIRMED, exists().where(Shipment.order_id == Order.id, Shipment.status == status))


def _in_tab(tab: str) -> ColumnElement[bool]:
    if tab == "todo":
        return is_to_do()
    if tab in (PACKED, SHIPPED, READY):
        return _has_shipment(tab)
    if tab == "done":
        return Order.status == COMPLETED
    if tab == "unpaid":
        return Order.status == PLACED
    return Order.status.in_((EXPIRED, CANCELED))


@dataclass(frozen=True)
class OrderRow:
    """One order in a list."""

    number: str
    placed_at: datetime
    status: str
    pays_by: str
    shipping_name: str
    shipping_kind: str
    name: str
    postcode: str
    town: str
    pieces: int
    total_cents: int
    order_id: int


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, and where the next one begins."""

    rows: Sequence[OrderRow]
    next_after: str | None


def orders_in(tab: str, after: str | None = None) -> OrderPage:
    """The orders of one tab; what is to be done comes oldest first, what is over newest first."""
    is_ascending = tab in OLDEST_FIRST
    question = _rows().where(_in_tab(tab))
    key = tuple_(Order.placed_at, Order.id)
    if (start := _read_key(after)) is not None:
        question = question.where(key > start if is_ascending else key < start)
    order_by = (Order.placed_at, Order.id) if is_ascending else (Order.placed_at.desc(), Order.id.desc())
    return _page(question.order_by(*order_by))


def orders_found(text: str) -> OrderPage:
    """The newest orders with a number, a name or the beginning of a postcode as was typed.

    A number may come without its year; of a name the beginning of any of its words is enough: "vries" finds "de Vries".
    """
    typed = " ".join(text.split())
    postcode = "".join(typed.split()).upper()
    name = _escaped(typed.lower())
    whole_name = func.lower(OrderAddress.given_name + " " + OrderAddress.family_name)
    conditions: list[ColumnElement[bool]] = [whole_name.like(f"{start}{name}%", escape="\\") for start in ("", "% ")]
    conditions.append(Order.number == postcode)
    if len(postcode) == numbers.LENGTH:
        conditions.append(Order.number.like(f"__-{_escaped(postcode)}", escape="\\"))
    if len(postcode) >= 4:
        spaced = f"{postcode[:4]} {postcode[4:]}".strip()
        conditions += [_starts_with(OrderAddress.postcode, postcode), _starts_with(OrderAddress.postcode, spaced)]
    return _page(_rows().where(or_(*conditions)).order_by(Order.placed_at.desc(), Order.id.desc()))


def _starts_with(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.like(f"{_escaped(text)}%", escape="\\")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows() -> Select[*tuple[Any, ...]]:
    pieces = (
        select(func.coalesce(func.sum(OrderLine.quantity), 0))
        .where(OrderLine.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    return (
        select(
            Order.number,
            Order.placed_at,
            Order.status,
            Order.pays_by,
            Order.shipping_name,
            Order.shipping_kind,
            OrderAddress.given_name,
            OrderAddress.family_name,
            OrderAddress.postcode,
            OrderAddress.town,
            pieces.label("pieces"),
            Order.total_cents,
            Order.id,
        )
        .outerjoin(OrderAddress, and_(OrderAddress.order_id == Order.id, OrderAddress.kind == "shipping"))
        .limit(PAGE + 1)
    )


def _page(question: Select[*tuple[Any, ...]]) -> OrderPage:
    found = [
        OrderRow(
            number=row.number,
            placed_at=row.placed_at,
            status=row.status,
            pays_by=row.pays_by,
            shipping_name=row.shipping_name,
            shipping_kind=row.shipping_kind,
            name=f"{row.given_name or ''} {row.family_name or ''}".strip(),
            postcode=row.postcode or "",
            town=row.town or "",
            pieces=row.pieces,
            total_cents=row.total_cents,
            order_id=row.id,
        )
        for row in db.session.execute(question)
    ]
    shown = found[:PAGE]
    return OrderPage(shown, _write_key(shown[-1]) if len(found) > PAGE else None)


def _write_key(row: OrderRow) -> str:
    return f"{(row.placed_at - EPOCH) // timedelta(microseconds=1)}-{row.order_id}"


def _read_key(text: str | None) -> tuple[datetime, int] | None:
    """The moment and number that a page begins after; None for what is no such thing."""
    moment, _dash, number = (text or "").partition("-")
    if not (moment.isdecimal() and number.isdecimal() and len(moment) <= 16 and len(number) <= 9):
        return None
    return EPOCH + timedelta(microseconds=int(moment)), int(number)


def order_by_number(number: str) -> Order | None:
    """One order with its lines, addresses, events and shipments."""
    return (
        db.session.scalars(
            select(Order)
            .where(Order.number == number[:20])
            .options(
                joinedload(Order.addresses),
                joinedload(Order.lines),
                selectinload(Order.events),
                selectinload(Order.shipments).joinedload(Shipment.lines),
            )
        )
        .unique()
        .one_or_none()
    )


def money_of(order_id: int) -> tuple[list[PaymentAttempt], list[Refund]]:
    """The tries to pay an order, newest first, and its refunds, oldest first, in one question where there are both."""
    question = (
        select(PaymentAttempt, Refund)
        .outerjoin(Refund, Refund.order_id == PaymentAttempt.order_id)
        .where(PaymentAttempt.order_id == order_id)
        .order_by(PaymentAttempt.id.desc(), Refund.id)
        .limit(500)
    )
    rows = db.session.execute(question).all()
    attempts = dict.fromkeys(row.PaymentAttempt for row in rows)
    refunds = dict.fromkeys(row.Refund for row in rows if row.Refund is not None)
    return list(attempts), list(refunds) if attempts else refunds_of(order_id)


@dataclass(frozen=True)
class Waits:
    """What waits for a decision about an order: a withdrawal, a change, a missed parcel, a question about money."""

    kind: str
    id: int
    shipment_id: int
    at: datetime
    about: str = ""


def waiting_for(order_id: int) -> list[Waits]:
    """What waits for a decision about an order, in one question."""
    nothing, unsaid = literal(0), literal("")
    withdrawals = select(literal("withdrawal"), Withdrawal.id, nothing, Withdrawal.submitted_at, unsaid).where(
        Withdrawal.order_id == order_id, Withdrawal.ended_at.is_(None)
    )
    changes = select(literal("change"), ChangeRequest.id, nothing, ChangeRequest.asked_at, unsaid).where(
        ChangeRequest.order_id == order_id, ChangeRequest.decided_at.is_(None)
    )
    reports = (
        select(literal("report"), ParcelReport.id, ParcelReport.shipment_id, ParcelReport.reported_at, unsaid)
        .join(Shipment, Shipment.id == ParcelReport.shipment_id)
        .where(Shipment.order_id == order_id, ParcelReport.decided_at.is_(None))
    )
    money = select(
        literal("money"), AttentionItem.id, nothing, AttentionItem.created_at, AttentionItem.kind.label("about")
    ).where(AttentionItem.order_id == order_id, AttentionItem.resolved_at.is_(None))
    return [Waits(*row) for row in db.session.execute(union_all(withdrawals, changes, reports, money))]
