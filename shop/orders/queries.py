"""Questions about orders."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.accounts.models import Account
from shop.core.db import db
from shop.orders.models import (
    CANCELED,
    COLLECTED,
    CONFIRMED,
    DELIVERED,
    EXPIRED,
    GIVEN_UP,
    PLACED,
    READY,
    SHIPPED,
    Order,
    OrderLine,
    OrderLink,
    ParcelReport,
    Shipment,
    ShipmentLine,
)
from shop.orders.rules import GOODS, SERVICE
from shop.pricing.rules import PricedLine, VatPart, purchase_lines, vat_summary
from shop.shipping.models import Carrier
from shop.shipping.rules import tracking_link

PAGE = 20


@dataclass(frozen=True)
class Parcel:
    """A shipment as its customer sees it."""

    status: str
    carrier: str
    tracking_code: str
    tracking_url: str | None
    lines: tuple[tuple[str, int], ...]
    shipment_id: int = 0
    expected_by: datetime | None = None
    pickup_code: str = ""


@dataclass(frozen=True)
class LineState:
    """How much of an order line has still to be done."""

    kind: str
    quantity: int
    arrived: int
    given_up: int
    served_at: datetime | None
    not_sent: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether all of it is done: goods here or given up, a service held, a download on the order's page."""
        if self.kind == GOODS:
            return self.arrived + self.given_up + self.not_sent >= self.quantity
        return self.kind != SERVICE or self.served_at is not None or self.not_sent >= self.quantity


@dataclass(frozen=True)
class OrderRow:
    """An order in a list."""

    id: int
    number: str
    status: str
    placed_at: datetime
    total_cents: int
    pieces: int


def link_hash(token: str) -> str:
    """What is kept of the token in a mailed link."""
    return hashlib.sha256(token.encode()).hexdigest()


def order_for_change(order_id: int) -> Order | None:
    """An order as it is now, its row held until the transaction ends; whoever changes an order asks for it here."""
    return db.session.scalar(
        select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    )


def order_by_return_token(token: str) -> Order | None:
    """The order that the payment page leads back to."""
    return db.session.scalar(select(Order).where(Order.return_token == token))


def order_by_link(token: str) -> Order | None:
    """The order of a link that was mailed to its customer."""
    question = select(Order).join(OrderLink, OrderLink.order_id == Order.id)
    return db.session.scalar(question.where(OrderLink.token_hash == link_hash(token)))


def order_with_all(order_id: int) -> Order:
    """An order with its lines, addresses, events and shipments."""
    return db.session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .options(
            selectinload(Order.lines),
            selectinload(Order.addresses),
            selectinload(Order.events),
            selectinload(Order.shipments).selectinload(Shipment.lines),
        )
        .execution_options(populate_existing=True)
    ).one()


def order_of(person_id: str, number: str) -> Order | None:
    """One order of a customer, with all of it; None when it is not theirs."""
    found = db.session.scalar(select(Order.id).where(Order.person_id == person_id, Order.number == number))
    return order_with_all(found) if found is not None else None


def orders_of(person_id: str, *, before: int | None = None, limit: int = PAGE) -> list[OrderRow]:
    """A customer's orders, newest first; `before` continues where an earlier list ended."""
    question = select(Order).where(Order.person_id == person_id).order_by(Order.id.desc()).limit(limit)
    if before is not None:
        question = question.where(Order.id < before)
    return _rows(db.session.scalars(question).all())


def older_guest_orders(email: str, *, limit: int = PAGE) -> list[OrderRow]:
    """Orders that were made without an account with this e-mail address, newest first."""
    with_account = select(Account.id).where(Account.person_id == Order.person_id).exists()
    question = (
        select(Order)
        .where(Order.email.in_([email, email.lower()]), Order.person_id.is_not(None), ~with_account)
        .order_by(Order.id.desc())
        .limit(limit)
    )
    return _rows(db.session.scalars(question).all())


def order_to_find(number: str, email: str) -> int | None:
    """The order with this number, if it was made with this e-mail address."""
    question = select(Order.id).where(Order.number == number, func.lower(Order.email) == email.lower())
    return db.session.scalar(question)


def links_since(order_id: int, since: datetime) -> int:
    """How many links to an order were mailed since a moment."""
    question = select(func.count(OrderLink.id)).where(OrderLink.order_id == order_id, OrderLink.created_at >= since)
    return db.session.scalar(question) or 0


def due_to_expire(at: datetime, *, limit: int = 100) -> list[int]:
    """Orders that were not paid in time, the longest overdue first."""
    question = select(Order.id).where(Order.status == PLACED, Order.expires_at.is_not(None), Order.expires_at <= at)
    return list(db.session.scalars(question.order_by(Order.expires_at).limit(limit)))


def expected_until(moment: datetime, *, limit: int = 100) -> list[int]:
    """Confirmed orders with a parcel on its way that was to be there by then, the longest overdue first."""
    question = (
        select(Order.id)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(Order.status == CONFIRMED, Shipment.status == SHIPPED, Shipment.expected_by <= moment)
        .group_by(Order.id)
        .order_by(func.min(Shipment.expected_by), Order.id)
    )
    return list(db.session.scalars(question.limit(limit)))


def line_states(order_id: int) -> list[LineState]:
    """How far each line of an order has come, asked from the database."""
    pieces = func.coalesce(func.sum(ShipmentLine.quantity), 0)

    def in_shipments(*statuses: str) -> Any:
        found = select(pieces).join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        found = found.where(ShipmentLine.order_line_id == OrderLine.id, Shipment.status.in_(statuses))
        return found.correlate(OrderLine).scalar_subquery()

    question = select(
        OrderLine.kind,
        OrderLine.quantity,
        in_shipments(DELIVERED, COLLECTED).label("arrived"),
        in_shipments(GIVEN_UP).label("given_up"),
        OrderLine.served_at,
        OrderLine.not_sent_quantity,
    ).where(OrderLine.order_id == order_id)
    return [LineState(*row) for row in db.session.execute(question)]


def open_reports(order_id: int) -> dict[int, ParcelReport]:
    """What a customer missed and nobody decided about yet, by parcel."""
    question = (
        select(ParcelReport)
        .join(Shipment, Shipment.id == ParcelReport.shipment_id)
        .where(Shipment.order_id == order_id, ParcelReport.decided_at.is_(None))
    )
    return {report.shipment_id: report for report in db.session.scalars(question)}


def reports_of(order_id: int) -> list[ParcelReport]:
    """All that was missed of an order, oldest first."""
    question = select(ParcelReport).join(Shipment, Shipment.id == ParcelReport.shipment_id)
    return list(db.session.scalars(question.where(Shipment.order_id == order_id).order_by(ParcelReport.id)))


def parcels(order: Order) -> list[Parcel]:
    """The shipments of an order that was read with all of it, each with where it can be followed."""
    carriers = {}
    wanted = {shipment.carrier_id for shipment in order.shipments if shipment.carrier_id is not None}
    if wanted:
        carriers = {c.id: c for c in db.session.scalars(select(Carrier).where(Carrier.id.in_(wanted)))}
    names = {line.id: line.name for line in order.lines}
    address = next((a for a in order.addresses if a.kind == "shipping"), None)
    found = []
    for shipment in order.shipments:
        carrier = carriers.get(shipment.carrier_id) if shipment.carrier_id is not None else None
        url = None
        if carrier is not None and shipment.tracking_code:
            postcode, country = (address.postcode, address.country) if address else ("", "")
            url = tracking_link(carrier.tracking_url, code=shipment.tracking_code, postcode=postcode, country=country)
        lines = tuple((names[line.order_line_id], line.quantity) for line in shipment.lines)
        found.append(
            Parcel(
                shipment.status,
                carrier.name if carrier else "",
                shipment.tracking_code or "",
                url,
                lines,
                shipment_id=shipment.id,
                expected_by=shipment.expected_by,
                pickup_code=(shipment.pickup_code or "") if shipment.status == READY else "",
            )
        )
    return found


def priced_lines(order: Order) -> list[PricedLine]:
    """The lines of an order as they are reckoned with, delivery as the last one, each with its share of a discount."""
    return purchase_lines(
        [PricedLine(line.quantity, line.unit_price_cents, line.vat_basis_points) for line in order.lines],
        shipping_cents=order.shipping_cents,
        shipping_vat_basis_points=order.shipping_vat_basis_points,
        discount_cents=order.discount_cents,
    )


def vat_of(order: Order) -> tuple[VatPart, ...]:
    """The VAT inside an order, rate by rate."""
    return vat_summary(priced_lines(order))


def kinds_in(order_id: int) -> set[str]:
    """Which kinds of things an order holds: goods, services, downloads."""
    return set(db.session.scalars(select(OrderLine.kind).where(OrderLine.order_id == order_id).distinct()))


def has_ended_unpaid(order: Order) -> bool:
    """Whether nothing can be paid for this order any more."""
    return order.status in (EXPIRED, CANCELED)


def _rows(orders: Sequence[Order]) -> list[OrderRow]:
    counts = _pieces([order.id for order in orders])
    return [OrderRow(o.id, o.number, o.status, o.placed_at, o.total_cents, counts.get(o.id, 0)) for o in orders]


def _pieces(order_ids: Collection[int]) -> dict[int, int]:
    if not order_ids:
        return {}
    question = (
        select(OrderLine.order_id, func.sum(OrderLine.quantity).label("pieces"))
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.order_id)
    )
    return {row.order_id: int(row.pieces) for row in db.session.execute(question)}
