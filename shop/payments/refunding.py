"""Paying back: proposed by anybody with a cause, decided by a named member of staff, and never more than remains.

Whoever calls holds the order's row and commits. Nothing is sent from here: an accepted refund is a row in the outbox,
written in the same transaction, and `refund_flows` carries it out.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from shop.core import outbox
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.money import mollie_value
from shop.orders import actions as orders
from shop.orders import emails, fulfilment
from shop.orders.models import CONFIRMED, Order
from shop.orders.queries import order_for_change
from shop.payments import attention
from shop.payments.balance import balance_of, cash_left, received, room_in
from shop.payments.models import AttentionItem, PaymentAttempt, Refund, RefundLine
from shop.payments.refund_lines import (
    MoreThanRemains,
    PiecesPaidBack,
    pieces_left,
    refuse_pieces_paid_back,
    set_amount,
    share,
    share_over,
    shares_of,
    weights_of,
    worth_cents,
)
from shop.payments.refund_rules import (
    ALIVE,
    BY_CANCELLATION,
    BY_CHANGE,
    BY_MOLLIE,
    BY_STAFF,
    DECLINED,
    LOST,
    PROPOSED,
    QUEUED,
    REFUNDED,
    taken_from,
)
from shop.payments.signals import refund_declined, refund_settled

__all__ = ["MoreThanRemains", "PiecesPaidBack", "pieces_left", "worth_cents"]

OUTBOX_KIND = "refund"


SURPLUS = ("paid_twice", "paid_after_cancel", "paid_late_no_stock")
"""What the attention list says of a payment that came beyond what was due."""


def propose(
    order: Order,
    *,
    cents: int,
    origin: str,
    key: str,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    shipping_cents: int = 0,
    staff_id: int | None = None,
    attempt_id: int | None = None,
    ends_delivery: bool = False,
) -> Refund:
    """Propose to pay money back, once for each order, origin and key; never more than what remains of what was paid.

    The same proposal again gives the first one, as it is by now. MoreThanRemains when nothing remains at all. With
    `attempt_id` the money goes back from that payment and no other. With `ends_delivery` its pieces that were not
    sent stay here once it is accepted. The caller holds the order's row and commits.
    """
    earlier = refund_by_key(order.id, origin, key)
    if earlier is not None:
        return earlier
    available = balance_of(order).refundable_cents if attempt_id is None else room_in(order.id).get(attempt_id, 0)
    amount = min(cents, available)
    if amount <= 0:
        raise MoreThanRemains(available)
    refund = _new(order.id, origin, key, amount=amount, shipping=min(shipping_cents, amount), at=at)
    refund.attempt_id, refund.proposed_by, refund.ends_delivery = attempt_id, staff_id, ends_delivery
    left = pieces_left(order.id) if lines else {}
    refund.lines = [
        RefundLine(order_line_id=line, quantity=min(pieces, left.get(line, 0)), cents=0)
        for line, pieces in sorted((lines or {}).items())
        if min(pieces, left.get(line, 0)) > 0
    ]
    if lines and not refund.lines:
        refund.shipping_cents = 0
    share(refund, weights_of(order, refund.lines))
    db.session.add(refund)
    db.session.flush()
    orders.note_event(order, "refund_proposed", at=at, detail=_words(amount), is_for_customer=False, staff_id=staff_id)
    return refund


def propose_again(order: Order, refund_id: int, *, at: datetime, staff_id: int | None = None) -> Refund:
    """Propose once more what did not go back, for the same cause; the caller holds the order's row.

    Where it was proposed again before and that was lost too, the last of them is what is proposed.
    """
    lost = db.session.get_one(Refund, refund_id)
    while (later := refund_by_key(order.id, _origin_again(lost), _key_again(lost))) and later.status in LOST:
        lost = later
    again = propose(
        order,
        cents=lost.amount_cents,
        origin=_origin_again(lost),
        key=_key_again(lost),
        at=at,
        shipping_cents=lost.shipping_cents,
        staff_id=staff_id,
        attempt_id=lost.attempt_id,
        ends_delivery=lost.ends_delivery,
    )
    if again.status != PROPOSED or again.lines:
        return again
    question = select(RefundLine).where(RefundLine.refund_id == lost.id).order_by(RefundLine.id)
    again.lines = [
        RefundLine(order_line_id=line.order_line_id, quantity=line.quantity, cents=line.cents)
        for line in db.session.scalars(question)
    ]
    share(again, shares_of(order, again))
    db.session.flush()
    return again


def propose_anew(order: Order, *, origin: str, key: str, cents: int, at: datetime, **more: Any) -> Refund:
    """Propose for a cause, or once more what was proposed for it and did not go back."""
    lost = unreplaced(refunds_for(order.id, origin, key))
    if lost:
        return propose_again(order, lost[-1].id, at=at)
    return propose(order, cents=cents, origin=origin, key=key, at=at, **more)


def unreplaced(refunds: Sequence[Refund]) -> list[Refund]:
    """Those that did not go back and were not proposed again, of the refunds for one cause."""
    keys = {refund.origin_key for refund in refunds}
    return [refund for refund in refunds if refund.status in LOST and _key_again(refund) not in keys]


def cause_of(refund: Refund) -> str:
    """The key that a refund was proposed with, also of its further parts and of those that were proposed again."""
    return refund.origin_key.partition("~")[0].partition("#")[0]


def refunds_for(order_id: int, origin: str, key: str) -> list[Refund]:
    """All refunds for one cause, oldest first: its parts, and those that were proposed again."""
    question = select(Refund).where(Refund.order_id == order_id, Refund.origin == origin).order_by(Refund.id)
    return [refund for refund in db.session.scalars(question) if cause_of(refund) == key]


def decide(
    refund_id: int, *, accept: bool, reason: str, cents: int | None = None, staff_id: int, at: datetime
) -> Refund:
    """Accept a proposed refund, for `cents` if that is to be another amount, or decline it; once, with a name.

    Conflict when a colleague was first, MoreThanRemains when less than that is left by now. The caller commits.
    """
    order_id = db.session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    order = order_for_change(order_id) if order_id is not None else None
    refund = refund_for_change(refund_id)
    if order is None or refund is None:
        raise NotFound
    if refund.status != PROPOSED:
        raise Conflict
    refund.decided_by, refund.decided_at, refund.reason = staff_id, at, reason or None
    if refund.origin == BY_CANCELLATION:  # the list asked the same question
        choice = "refund" if accept else "keep"
        attention.clear(f"canceled:{order.id}", choice=choice, at=at, staff_id=staff_id, reason=reason)
    if not accept:
        refund.status, refund.settled_at = DECLINED, at
        db.session.flush()
        orders.note_event(order, "refund_declined", at=at, is_for_customer=False, staff_id=staff_id)
        refund_declined.send(refund=refund, at=at)
        return refund
    _accept(order, refund, refund.amount_cents if cents is None else cents, at=at)
    return refund


def refund_for_change(refund_id: int) -> Refund | None:
    """A refund as it is now with its lines, its row held until the transaction ends; the order's row is held first."""
    return db.session.scalar(
        select(Refund)
        .where(Refund.id == refund_id)
        .options(selectinload(Refund.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def refund_by_key(order_id: int, origin: str, key: str) -> Refund | None:
    """The refund that was proposed for this cause, if it was."""
    return db.session.scalar(
        select(Refund)
        .where(Refund.order_id == order_id, Refund.origin == origin, Refund.origin_key == key)
        .options(selectinload(Refund.lines))
    )


def settle(order: Order, refund: Refund, *, at: datetime) -> None:
    """Note that the money has gone back: the timeline, the customer's message and the news, once."""
    refund.status, refund.settled_at = REFUNDED, at
    db.session.flush()
    orders.note_event(order, "refunded", at=at, detail=_words(refund.amount_cents))
    emails.queue_order_refunded(order, at, refund_id=refund.id, cents=refund.amount_cents, reason=refund.reason or "")
    refund_settled.send(refund=refund, at=at)


def recount(attempt_id: int) -> None:
    """Count anew what refunds claim of a payment: all that are not lost; the caller holds the order's row.

    Money that went back beside us, in Mollie's dashboard, may have been claimed by us too: then no more than there is.
    """
    claimed = (
        select(func.coalesce(func.sum(Refund.amount_cents), 0))
        .where(Refund.attempt_id == attempt_id, Refund.status.in_(ALIVE))
        .scalar_subquery()
    )
    capped = func.min if db.engine.dialect.name == "sqlite" else func.least
    db.session.flush()
    db.session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .values(claimed_cents=capped(claimed, PaymentAttempt.amount_cents))
        .execution_options(synchronize_session=False)
    )
    db.session.expire(db.session.get_one(PaymentAttempt, attempt_id), ["claimed_cents"])


def _accept(order: Order, refund: Refund, cents: int, *, at: datetime) -> None:
    refuse_pieces_paid_back(order, refund)
    rooms = room_in(order.id)
    if refund.attempt_id is not None:
        rooms = {refund.attempt_id: rooms.get(refund.attempt_id, 0)}
    elif sum((of_sale := room_in(order.id, is_sale=True)).values()) >= cents:
        rooms = of_sale  # what came twice goes back by itself, not for something of the order
    cash = cash_left(order) if refund.attempt_id is None else 0
    if cash and not rooms:
        if not 0 < cents <= cash:
            raise MoreThanRemains(cash)
        set_amount(order, refund, cents)
        refund.is_by_hand = True
        orders.note_event(order, "refund_accepted", at=at, detail=_words(cents), staff_id=refund.decided_by)
        settle(order, refund, at=at)
        _end_delivery(order, refund, at=at)
        return
    parts = taken_from(cents, rooms) if cents > 0 else []
    if not parts:
        raise MoreThanRemains(sum(rooms.values()))
    for attempt_id, part in parts:
        _claim(attempt_id, part)
    orders.note_event(order, "refund_accepted", at=at, detail=_words(cents), staff_id=refund.decided_by)
    set_amount(order, refund, cents)
    _end_delivery(order, refund, at=at)
    ones = [refund, *(_further_part(refund, n, part, at=at) for n, (_from, part) in enumerate(parts) if n)]
    if len(ones) > 1:
        share_over(refund, ones, [part for _attempt, part in parts])
    for one, (attempt_id, _part) in zip(ones, parts, strict=True):
        one.attempt_id, one.status = attempt_id, QUEUED
        db.session.flush()
        outbox.put(OUTBOX_KIND, f"{OUTBOX_KIND}:{one.id}", at=at, reference=str(one.id))
    _close_what_went(order, refund, [attempt for attempt, _part in parts], at=at)


def _close_what_went(order: Order, refund: Refund, attempts: Sequence[int], *, at: datetime) -> None:
    """Take off the list that money came beyond what was due, once all of that goes back, with who decided."""
    db.session.flush()
    rooms = room_in(order.id)
    question = select(AttentionItem).where(AttentionItem.order_id == order.id, AttentionItem.resolved_at.is_(None))
    for item in db.session.scalars(question).all():
        is_back = item.attempt_id in attempts and item.attempt_id not in rooms
        if (
            (item.kind in SURPLUS and is_back)
            or (item.kind == "canceled_paid" and not balance_of(order).refundable_cents)
            or (item.kind == "paid_too_much" and _back_without_lines(order.id, item.created_at) >= item.amount_cents)
        ):
            attention.clear(item.key, choice="refund", at=at, staff_id=refund.decided_by, reason=refund.reason or "")


def _back_without_lines(order_id: int, since: datetime) -> int:
    """What goes back of an order since a moment that is for none of its lines, and not for delivery."""
    question = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.order_id == order_id,
        Refund.status.in_(ALIVE),
        Refund.decided_at >= since,
        Refund.shipping_cents == 0,
        Refund.origin.in_((BY_STAFF, BY_CHANGE)),
        ~select(RefundLine.id).where(RefundLine.refund_id == Refund.id).exists(),
    )
    return int(db.session.scalar(question) or 0)


def _end_delivery(order: Order, refund: Refund, *, at: datetime) -> None:
    """Keep here what a refund is for and was not sent, if that was chosen with it."""
    if not refund.ends_delivery or order.status != CONFIRMED:
        return
    unsent = fulfilment.unsent_pieces(order.id)
    pieces = {line.order_line_id: min(line.quantity, unsent.get(line.order_line_id, 0)) for line in refund.lines}
    if any(pieces.values()) and refund.decided_by is not None:
        fulfilment.leave_out(order.id, pieces, reason=refund.reason or "", staff_id=refund.decided_by, at=at)


def _claim(attempt_id: int, cents: int) -> None:
    """Claim money of a payment; the database says no when it is not there, whoever else claims at the same moment."""
    free = received() - PaymentAttempt.charged_back_cents
    claimed = db.session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.claimed_cents + cents <= free)
        .values(claimed_cents=PaymentAttempt.claimed_cents + cents)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise MoreThanRemains(0)
    db.session.expire(db.session.get_one(PaymentAttempt, attempt_id), ["claimed_cents"])


def _further_part(refund: Refund, number: int, cents: int, *, at: datetime) -> Refund:
    """The part of a decision that goes back from another payment than the first."""
    part = _new(refund.order_id, refund.origin, f"{refund.origin_key}#{number + 1}", amount=cents, shipping=0, at=at)
    part.first_part_id, part.proposed_by, part.reason = refund.id, refund.proposed_by, refund.reason
    part.decided_by, part.decided_at, part.lines = refund.decided_by, refund.decided_at, []
    db.session.add(part)
    return part


def _new(order_id: int, origin: str, key: str, *, amount: int, shipping: int, at: datetime) -> Refund:
    return Refund(
        order_id=order_id,
        origin=origin,
        origin_key=key,
        amount_cents=amount,
        shipping_cents=shipping,
        status=PROPOSED,
        token=secrets.token_urlsafe(24),
        idempotency_key=secrets.token_urlsafe(32),
        created_at=at,
    )


def _origin_again(lost: Refund) -> str:
    return BY_STAFF if lost.origin == BY_MOLLIE else lost.origin


def _key_again(lost: Refund) -> str:
    return f"{cause_of(lost)}~{lost.id}"


def _words(cents: int) -> str:
    return f"EUR {mollie_value(cents)}"
