"""The returns desk: what came back, in which state, and what is decided; each step once, of two colleagues one wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.aftersale import queries, withdrawing
from shop.aftersale import withdrawal_rules as rules
from shop.aftersale.models import ACCEPTED, REFUSED, Withdrawal
from shop.catalogue import stock
from shop.core.db import db
from shop.core.errors import Conflict, NotFound, ShopError
from shop.core.money import mollie_value
from shop.orders.actions import note_event
from shop.orders.models import COLLECTED, DELIVERED, SHIPPED, Order, OrderLine, Shipment
from shop.orders.queries import order_for_change, order_with_all
from shop.payments.models import Refund
from shop.payments.refund_rules import BY_WITHDRAWAL, ON_ITS_WAY, PROPOSED, REFUNDED
from shop.payments.refunding import MoreThanRemains, cause_of, propose, refunds_for, unreplaced

LEFT = (SHIPPED, DELIVERED, COLLECTED)
RETURNED = "returned"


class NoSuchOrder(ShopError):
    """No order has the number that staff gave for a withdrawal."""


class NotThatMany(ShopError):
    """More pieces were named than there are, or none at all."""


@dataclass(frozen=True)
class Arrived:
    """What came back of one line."""

    quantity: int
    condition: str = ""


def match_by_hand(withdrawal_id: int, number: str) -> Withdrawal:
    """Say which order an unknown withdrawal is from; it stays the data of whoever stated it. The caller commits."""
    found = db.session.scalar(select(Order.id).where(Order.number == "".join(number.split()).upper()[:20]))
    withdrawal, _order = _held(withdrawal_id)
    if withdrawal.order_id is not None:
        raise Conflict
    order = order_for_change(found) if found is not None else None
    if order is None:
        raise NoSuchOrder
    withdrawing.attach(withdrawal, order)
    return withdrawal


def choose_pieces(withdrawal_id: int, quantities: Mapping[int, int]) -> None:
    """Put into lines what a withdrawal says in words. The caller commits."""
    withdrawal, order = _held(withdrawal_id)
    if order is None or withdrawal.lines:
        raise Conflict
    ordered = withdrawing.everything_of(order.id)
    chosen = {line: pieces for line, pieces in quantities.items() if pieces > 0}
    if not chosen or any(pieces > ordered.get(line, 0) for line, pieces in chosen.items()):
        raise NotThatMany
    withdrawing.set_pieces(withdrawal, chosen)


def receive(withdrawal_id: int, arrived: Mapping[int, Arrived], *, staff_id: int, at: datetime) -> None:
    """Note what came back of each line, by the line's own number, and in which state. The caller commits."""
    withdrawal, order = _held(withdrawal_id)
    if order is None or withdrawal.received_at is not None or not has_left(order.id):
        raise Conflict
    if not any(one.quantity for one in arrived.values()):
        raise NotThatMany
    for line in withdrawal.lines:
        came = arrived.get(line.id, Arrived(0))
        if not 0 <= came.quantity <= line.quantity:
            raise NotThatMany
        line.received_quantity, line.condition = came.quantity, came.condition or None
    withdrawal.received_at = at
    note_event(order, "withdrawal_received", at=at, staff_id=staff_id)


def put_back(withdrawal_id: int, line_id: int, quantity: int, *, at: datetime) -> None:
    """Put pieces that came back in good state in stock again; once for each line. The caller commits."""
    withdrawal = queries.withdrawal_for_change(withdrawal_id)
    line = next((line for line in withdrawal.lines if line.id == line_id), None) if withdrawal else None
    if withdrawal is None or withdrawal.order_id is None or line is None:
        raise NotFound
    order_for_change(withdrawal.order_id)  # stock is given back by whoever holds the order
    if not 1 <= quantity <= line.received_quantity:
        raise NotThatMany
    variant = db.session.scalar(select(OrderLine.variant_id).where(OrderLine.id == line.order_line_id))
    key = f"withdrawal:{line.id}"
    if variant is None or not stock.give_back(variant, quantity, reason=RETURNED, key=key, at=at):
        raise Conflict
    line.put_back_quantity = quantity


def judge(
    withdrawal_id: int, decision: str, *, reason: str, deduction_cents: int = 0, staff_id: int, at: datetime
) -> Withdrawal:
    """Accept or refuse a withdrawal, with a reason and a name; accepted, what is to be paid back is proposed.

    Nothing is paid by this: the refund waits for its own decision. What can be refused without an order is a statement
    about none of ours.
    """
    withdrawal, order = _held(withdrawal_id)
    if decision == ACCEPTED and (order is None or not withdrawal.lines):
        raise Conflict
    withdrawal.judged_at, withdrawal.judged_by = at, staff_id
    withdrawal.decision, withdrawal.reason = decision, reason
    if decision == ACCEPTED:
        withdrawal.deduction_cents = deduction_cents
        assert order is not None
        cents = proposed_cents(withdrawal, deduction_cents=deduction_cents)
        withdrawal.proposed_cents = _propose(withdrawal, order, cents, staff_id=staff_id, at=at) if cents else 0
    if not withdrawal.proposed_cents:
        withdrawal.ended_at = at
    if order is not None:
        kind = "withdrawal_refused" if decision == REFUSED else "withdrawal_accepted"
        detail = f"EUR {mollie_value(withdrawal.proposed_cents)}" if decision == ACCEPTED else ""
        note_event(order, kind, at=at, detail=detail, staff_id=staff_id)
    return withdrawal


def refunds_of(withdrawal: Withdrawal) -> list[Refund]:
    """The refunds for a withdrawal, oldest first: its parts, and those that were proposed again."""
    if withdrawal.order_id is None:
        return []
    return refunds_for(withdrawal.order_id, BY_WITHDRAWAL, str(withdrawal.id))


def follow_money(refund: Refund, *, at: datetime) -> None:
    """Bring a withdrawal up to where its refunds stand: over when all went back, open again when one was lost."""
    withdrawal = queries.withdrawal_for_change(int(cause_of(refund)))
    if withdrawal is None or withdrawal.decision != ACCEPTED:
        return
    refunds = refunds_of(withdrawal)
    went = sum(one.amount_cents for one in refunds if one.status == REFUNDED)
    is_waiting = any(one.status in (PROPOSED, *ON_ITS_WAY) for one in refunds)
    is_lost = bool(unreplaced(refunds)) and went < withdrawal.proposed_cents
    is_over = not is_waiting and not is_lost
    withdrawal.ended_at = (withdrawal.ended_at or at) if is_over else None


def proposed_cents(withdrawal: Withdrawal, *, deduction_cents: int = 0) -> int:
    """What is to be paid back for a withdrawal from a known order, after those that were accepted before it."""
    assert withdrawal.order_id is not None
    order = order_with_all(withdrawal.order_id)
    return rules.proposal(
        queries.bought(order),
        {line.order_line_id: line.quantity for line in withdrawal.lines},
        earlier=queries.accepted_before(withdrawal),
        deduction_cents=deduction_cents,
        paid_cents=queries.paid_cents(order),
    )


def _propose(withdrawal: Withdrawal, order: Order, cents: int, *, staff_id: int, at: datetime) -> int:
    """Propose to pay back for a withdrawal; how much it is, for no more than remains can go back."""
    pieces = {line.order_line_id: line.quantity for line in withdrawal.lines}
    goods = queries.worth_of_pieces(order_with_all(order.id), pieces)
    try:
        refund = propose(
            order,
            cents=cents,
            origin=BY_WITHDRAWAL,
            key=str(withdrawal.id),
            at=at,
            lines=pieces,
            shipping_cents=min(order.shipping_cents, max(0, cents + withdrawal.deduction_cents - goods)),
            staff_id=staff_id,
        )
    except MoreThanRemains:
        return 0
    refund.reason = withdrawal.reason
    return refund.amount_cents


def has_left(order_id: int) -> bool:
    """Whether anything of an order has left the shop, so that it can come back."""
    question = select(Shipment.id).where(Shipment.order_id == order_id, Shipment.status.in_(LEFT)).limit(1)
    return db.session.scalar(question) is not None


def _held(withdrawal_id: int) -> tuple[Withdrawal, Order | None]:
    """A withdrawal that nobody has judged yet, and its order if that is known; both rows held, the order's first."""
    order_id = db.session.scalar(select(Withdrawal.order_id).where(Withdrawal.id == withdrawal_id))
    order = order_for_change(order_id) if order_id is not None else None
    withdrawal = queries.withdrawal_for_change(withdrawal_id)
    if withdrawal is None:
        raise NotFound
    if withdrawal.judged_at is not None or withdrawal.order_id != order_id:
        raise Conflict
    return withdrawal, order
