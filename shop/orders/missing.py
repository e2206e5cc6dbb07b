"""A parcel that has not arrived: its customer says so, and a member of staff decides what is done about it."""

from datetime import datetime

from sqlalchemy import select

from shop.catalogue import stock
from shop.core.db import db
from shop.core.errors import NotFound
from shop.orders import actions, emails, queries, rules
from shop.orders.fulfilment import AlreadyDone
from shop.orders.models import (
    ARRIVED,
    COMPLETED,
    CONFIRMED,
    DELIVERED,
    GIVEN_UP,
    LOST,
    REFUND,
    RESEND,
    SHIPPED,
    WAIT,
    Order,
    OrderLine,
    ParcelReport,
    Shipment,
    ShipmentLine,
)
from shop.shipping.models import Carrier

DECISIONS = (WAIT, RESEND, REFUND, ARRIVED)
SENT_AGAIN = "sent_again"


def report(order_id: int, shipment_id: int, *, at: datetime) -> ParcelReport:
    """Note that a parcel of this order has not arrived; said twice is said once. The caller commits.

    From then on it is not taken as delivered until staff have decided.
    """
    order, shipment = _held(order_id, shipment_id)
    known = queries.open_reports(order_id).get(shipment_id)
    if known is not None:
        return known
    if not rules.may_be_missed(
        shipment.status, shipped_at=shipment.shipped_at, delivered_at=shipment.delivered_at, now=at
    ):
        raise AlreadyDone
    shipment.expected_by = None
    told = ParcelReport(shipment_id=shipment_id, reported_at=at)
    db.session.add(told)
    actions.note_event(order, "missed", at=at)
    db.session.flush()
    return told


def decide(report_id: int, decision: str, *, reason: str, staff_id: int | None, at: datetime) -> tuple[Order, Shipment]:
    """Decide about a parcel that was missed, once: of two colleagues the other is told. The caller commits.

    To send it again takes its pieces from stock once more (NotEnoughStock when they are not there). A refund is only
    proposed: whoever calls does that, in the same transaction.
    """
    told = db.session.get(ParcelReport, report_id)
    if told is None:
        raise NotFound
    order_id = db.session.scalar(select(Shipment.order_id).where(Shipment.id == told.shipment_id))
    assert order_id is not None
    order, shipment = _held(order_id, told.shipment_id)
    db.session.refresh(told)
    if told.decided_at is not None or decision not in DECISIONS:
        raise AlreadyDone
    told.decision, told.reason, told.decided_at, told.decided_by = decision, reason, at, staff_id
    actions.note_event(order, f"missed_{decision}", at=at, staff_id=staff_id)
    if decision == WAIT:
        _expect_again(shipment, at)
    elif decision == RESEND:
        _lose(order, shipment, at)
    elif decision == REFUND:
        shipment.status = GIVEN_UP
    elif shipment.status == SHIPPED:
        shipment.status, shipment.delivered_at = DELIVERED, at
    actions.complete_if_done(order, at, staff_id)
    emails.queue_parcel_decision(order, told, at)
    return order, shipment


def worth_cents(order: Order, shipment: Shipment) -> int:
    """What the pieces in a parcel cost, for an order that was read with lines."""
    prices = {line.id: line.unit_price_cents for line in order.lines}
    return sum(prices[piece.order_line_id] * piece.quantity for piece in shipment.lines)


def _held(order_id: int, shipment_id: int) -> tuple[Order, Shipment]:
    order = queries.order_for_change(order_id)
    shipment = db.session.scalar(
        select(Shipment)
        .where(Shipment.id == shipment_id, Shipment.order_id == order_id)
        .execution_options(populate_existing=True)
    )
    if order is None or shipment is None:
        raise NotFound
    if order.status not in (CONFIRMED, COMPLETED):
        raise AlreadyDone
    return order, shipment


def _expect_again(shipment: Shipment, at: datetime) -> None:
    if shipment.status != SHIPPED:
        return
    carrier = db.session.get(Carrier, shipment.carrier_id) if shipment.carrier_id is not None else None
    shipment.expected_by = at + rules.taken_as_delivered_after(carrier.usual_days if carrier else None)


def _lose(order: Order, shipment: Shipment, at: datetime) -> None:
    """Take the pieces of a lost parcel from stock once more: they are to be packed again."""
    shipment.status = LOST
    question = (
        select(ShipmentLine.id, ShipmentLine.quantity, OrderLine.variant_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment.id)
        .order_by(OrderLine.variant_id, ShipmentLine.id)
    )
    for piece in db.session.execute(question).all():
        if piece.variant_id is None:
            raise stock.NotEnoughStock(0, 0)
        stock.take(piece.variant_id, piece.quantity, reason=SENT_AGAIN, key=f"{SENT_AGAIN}:{piece.id}", at=at)
    actions.go_on(order)
