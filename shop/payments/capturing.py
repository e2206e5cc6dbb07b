"""Taking in what was set aside: as pieces leave the shop, delivery with the first parcel, the last cent with the last.

Whoever calls holds the order's row and commits; the calls themselves go through the outbox.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from shop.core import outbox
from shop.core.db import db
from shop.core.errors import Conflict
from shop.orders.models import COLLECTED, DELIVERED, SHIPPED, Order, OrderLine, Shipment, ShipmentLine
from shop.orders.rules import DOWNLOAD
from shop.payments import rules
from shop.payments.models import AppliedPayment, Capture, PaymentAttempt

CAPTURE_KIND, RELEASE_KIND = "capture", "release"
LEFT = (SHIPPED, DELIVERED, COLLECTED)


@dataclass(frozen=True)
class Parts:
    """What an order is made of, as far as money goes."""

    lines: Mapping[int, tuple[int, int]]  # pieces and price
    discount_cents: int
    shipping_cents: int
    total_cents: int


def worth(parts: Parts, gone: Mapping[int, int]) -> int:
    """What may be taken in once these pieces have gone: their price and the delivery, or all when all has gone."""
    counted = {line: min(gone.get(line, 0), pieces) for line, (pieces, _price) in parts.lines.items()}
    if all(counted[line] == pieces for line, (pieces, _price) in parts.lines.items()):
        return parts.total_cents
    if not any(counted.values()):
        return 0
    items = sum(pieces * price for pieces, price in parts.lines.values())
    part = sum(counted[line] * price for line, (_pieces, price) in parts.lines.items())
    discount = parts.discount_cents * part // items if items else 0
    return min(part - discount + parts.shipping_cents, parts.total_cents)


def set_aside(order_id: int) -> list[PaymentAttempt]:
    """The payments of an order that are taken in later, and still can be."""
    question = (
        select(PaymentAttempt)
        .join(AppliedPayment, AppliedPayment.attempt_id == PaymentAttempt.id)
        .where(
            PaymentAttempt.order_id == order_id,
            PaymentAttempt.is_captured_later.is_(True),
            PaymentAttempt.status.in_(rules.SETTLING),
            PaymentAttempt.released_at.is_(None),
            AppliedPayment.role != "surplus",
        )
    )
    return list(db.session.scalars(question.order_by(PaymentAttempt.id).execution_options(populate_existing=True)))


def capture_for_shipment(order: Order, shipment_id: int, at: datetime) -> None:
    """Take in what has left the shop by now, once for each shipment."""
    for attempt in set_aside(order.id):
        cents = worth(_parts(order), _gone(order.id)) - attempt.capturing_cents
        _ask(attempt, f"shipment:{shipment_id}:{attempt.id}", cents, at)


def capture_rest(order: Order, at: datetime, *, key: str = "completed") -> None:
    """Take in all that an order costs and that was not taken in yet, and give up what is beyond it."""
    for attempt in set_aside(order.id):
        _ask(attempt, f"{key}:{attempt.id}", order.total_cents - attempt.capturing_cents, at)
        db.session.refresh(attempt)
        if key == "completed" and attempt.capturing_cents < attempt.amount_cents:
            release(attempt, at)


def capture_again(order: Order, capture_id: int, at: datetime) -> None:
    """Try once more to take in what failed; Conflict when that payment can't be taken in any more."""
    failed = db.session.get_one(Capture, capture_id)
    attempt = next((one for one in set_aside(order.id) if one.id == failed.attempt_id), None)
    if attempt is None or not _ask(attempt, f"again:{capture_id}", failed.amount_cents, at):
        raise Conflict


def release_all(order: Order, at: datetime) -> None:
    """Give up what was set aside for an order that was called off."""
    for attempt in set_aside(order.id):
        release(attempt, at)


def release(attempt: PaymentAttempt, at: datetime) -> None:
    """Give up what was set aside and not taken in; Mollie says later that it is done."""
    attempt.released_at = at
    outbox.put(RELEASE_KIND, f"{RELEASE_KIND}:{attempt.id}", at=at, reference=str(attempt.id))


def _ask(attempt: PaymentAttempt, key: str, cents: int, at: datetime) -> bool:
    """Write down one capture and put it in the outbox, once for each key; never more than was set aside."""
    cents = min(cents, attempt.amount_cents - attempt.capturing_cents)
    if cents <= 0 or db.session.scalar(select(Capture.id).where(Capture.key == key)) is not None:
        return False
    asked = db.session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.capturing_cents + cents <= PaymentAttempt.amount_cents)
        .values(capturing_cents=PaymentAttempt.capturing_cents + cents)
        .execution_options(synchronize_session=False)
    )
    if asked.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict
    db.session.expire(attempt, ["capturing_cents"])
    capture = Capture(
        order_id=attempt.order_id,
        attempt_id=attempt.id,
        key=key,
        amount_cents=cents,
        status="queued",
        token=secrets.token_urlsafe(24),
        idempotency_key=secrets.token_urlsafe(32),
        created_at=at,
    )
    db.session.add(capture)
    db.session.flush()
    outbox.put(CAPTURE_KIND, f"{CAPTURE_KIND}:{capture.id}", at=at, reference=str(capture.id))
    return True


def _parts(order: Order) -> Parts:
    question = select(OrderLine.id, OrderLine.quantity, OrderLine.unit_price_cents).where(
        OrderLine.order_id == order.id
    )
    lines = {row.id: (row.quantity, row.unit_price_cents) for row in db.session.execute(question)}
    return Parts(lines, order.discount_cents, order.shipping_cents, order.total_cents)


def _gone(order_id: int) -> dict[int, int]:
    """How many pieces of each line have left; downloads left when the order was confirmed."""
    sent = (
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity).label("pieces"))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.status.in_(LEFT))
        .group_by(ShipmentLine.order_line_id)
    )
    gone = {row.order_line_id: int(row.pieces) for row in db.session.execute(sent)}
    downloads = select(OrderLine.id, OrderLine.quantity).where(
        OrderLine.order_id == order_id, OrderLine.kind == DOWNLOAD
    )
    return gone | {row.id: row.quantity for row in db.session.execute(downloads)}
