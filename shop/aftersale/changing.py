"""Calling an order off, and asking for a change: what is still untouched at once, everything else through staff."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.aftersale.emails import queue_change_decided
from shop.aftersale.models import ACCEPTED, REFUSED, ChangeRequest, ChangeRequestLine
from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import Conflict, NotFound, ShopError
from shop.orders import actions as orders
from shop.orders import editing
from shop.orders.models import CONFIRMED, PLACED, Order, Shipment
from shop.orders.queries import order_for_change, order_with_all
from shop.orders.rules import DOWNLOAD, may_cancel
from shop.payments.calling_off import close_payments
from shop.payments.settling import settle_difference

CANCEL, ADDRESS, FEWER = "cancel", "address", "fewer"
DONE, ASKED, UNSURE = "canceled", "asked", "unsure"


class NotFewer(ShopError):
    """No line was made less, or more pieces were named than there are."""


def cancel_by_customer(order_id: int) -> str:
    """Call an order off for its customer: at once while nothing of it is touched, otherwise as a request to staff.

    Mollie is asked first, so that a payment just made is not lost from sight; UNSURE when it can't tell, and nothing
    changes. Conflict when the order is past it. Commits.
    """
    is_told = close_payments(order_id)
    with writing():
        now = clock.now()
        order = order_for_change(order_id)
        if order is None:
            raise NotFound
        if order.status == PLACED and not is_told:
            return UNSURE
        if order.status == PLACED or is_untouched(order_with_all(order_id)):
            if not orders.cancel(order, now):
                raise Conflict
            outcome = DONE
        else:
            ask(order, CANCEL, at=now)
            outcome = ASKED
        db.session.commit()
        return outcome


def change_now(
    order_id: int,
    wish: editing.Wish,
    *,
    oss_since: date | None,
    seen: int | None = None,
    shown_total: int | None = None,
    staff_id: int | None = None,
) -> str:
    """Change an order at once, for staff, or for its customer while it waits for its first payment.

    Mollie is asked first about such an order, and what can still be paid of the old amount is closed: UNSURE when it
    can't tell, and nothing changes. What was paid meanwhile is a confirmed order: a customer then asks for the change.
    Whatever `editing.change` refuses is refused before. Commits.
    """
    order = order_with_all(order_id)
    if order.status == PLACED:
        planned = editing.outcome_of(order, wish, oss_since=oss_since)
        if shown_total is not None and planned.total_cents != shown_total:
            raise editing.TotalDiffers(planned.total_cents)
        if not close_payments(order_id):
            return UNSURE
    db.session.rollback()
    with writing():
        now = clock.now()
        held = order_for_change(order_id)
        if held is None:
            raise NotFound
        if staff_id is None and held.status != PLACED:
            _ask_instead(held, wish, at=now)
            db.session.commit()
            return ASKED
        changed = editing.change(
            order_id, wish, seen=seen, shown_total=shown_total, oss_since=oss_since, staff_id=staff_id, at=now
        )
        settle_difference(changed, at=now, staff_id=staff_id)
        db.session.commit()
        return DONE


def _ask_instead(order: Order, wish: editing.Wish, *, at: datetime) -> None:
    if wish.address is not None:
        ask(order, ADDRESS, at=at, address=wish.address)
    else:
        ask(order, FEWER, at=at, quantities=wish.quantities)


def may_change_now(order: Order) -> bool:
    """Whether a customer can change an order at once, read with all of it: it waits for its first payment."""
    return order.status == PLACED and editing.may_change(order)


def fewer_of(order: Order, quantities: Mapping[int, int]) -> dict[int, int]:
    """How many pieces of each line of an order are kept; NotFewer when that is no less than were ordered."""
    ordered = {line.id: line.quantity for line in order.lines}
    wanted = {line: pieces for line, pieces in quantities.items() if line in ordered}
    if any(not 0 <= pieces <= ordered[line] for line, pieces in wanted.items()):
        raise NotFewer
    if all(pieces == ordered[line] for line, pieces in wanted.items()):
        raise NotFewer
    return wanted


def is_untouched(order: Order) -> bool:
    """Whether nothing of a confirmed order, read with all of it, is packed, held or opened yet."""
    has_file = order.express_request_at is not None and any(line.kind == DOWNLOAD for line in order.lines)
    return editing.may_change(order) and not has_file


def may_ask(order: Order) -> bool:
    """Whether a change of an order, read with all of it, can still be asked for: nothing has left."""
    return order.status == CONFIRMED and may_cancel(order.status, [one.status for one in order.shipments])


def ask(
    order: Order,
    kind: str,
    *,
    at: datetime,
    address: Mapping[str, str] | None = None,
    quantities: Mapping[int, int] | None = None,
) -> ChangeRequest:
    """Note what a customer asks for; the same kind again replaces what stands open. The caller holds the order.

    Conflict when something of the order has left. The caller commits.
    """
    shipped = db.session.scalars(select(Shipment.status).where(Shipment.order_id == order.id)).all()
    if order.status != CONFIRMED or not may_cancel(order.status, shipped):
        raise Conflict
    request = open_request(order.id, kind)
    if request is None:
        request = ChangeRequest(order_id=order.id, kind=kind, asked_at=at)
        request.lines = []
        db.session.add(request)
        orders.note_event(order, "change_asked", at=at)
    for name, value in (address or {}).items():
        setattr(request, name, value)
    known = {line.order_line_id: line for line in request.lines}
    for line_id, quantity in sorted((quantities or {}).items()):
        if line_id in known:
            known[line_id].quantity = quantity
        else:
            request.lines.append(ChangeRequestLine(order_line_id=line_id, quantity=quantity))
    db.session.flush()
    return request


def ask_for_fewer(order_id: int, quantities: Mapping[int, int], *, at: datetime) -> ChangeRequest:
    """Ask for fewer pieces of an order's lines. The caller commits."""
    held = order_for_change(order_id)
    if held is None:
        raise NotFound
    return ask(held, FEWER, at=at, quantities=fewer_of(order_with_all(order_id), quantities))


def ask_for_address(order_id: int, address: Mapping[str, str], *, at: datetime) -> ChangeRequest:
    """Ask to send an order elsewhere. The caller commits."""
    held = order_for_change(order_id)
    if held is None:
        raise NotFound
    return ask(held, ADDRESS, at=at, address=address)


def open_request(order_id: int, kind: str) -> ChangeRequest | None:
    """What a customer asked for of one kind and nobody decided about yet."""
    return db.session.scalar(
        select(ChangeRequest)
        .where(ChangeRequest.order_id == order_id, ChangeRequest.kind == kind, ChangeRequest.decided_at.is_(None))
        .options(selectinload(ChangeRequest.lines))
    )


def requests_of(order_id: int) -> list[ChangeRequest]:
    """All that a customer asked to change about an order, oldest first."""
    question = select(ChangeRequest).where(ChangeRequest.order_id == order_id).order_by(ChangeRequest.id)
    return list(db.session.scalars(question.options(selectinload(ChangeRequest.lines))))


def decide(
    request_id: int, decision: str, *, reason: str, oss_since: date | None, staff_id: int, at: datetime
) -> ChangeRequest:
    """Make the change that a customer asked for, or refuse it; once, with a reason and a name. The caller commits.

    Conflict when a colleague was first or something of the order has left; what is packed has to be unpacked first.
    """
    order_id = db.session.scalar(select(ChangeRequest.order_id).where(ChangeRequest.id == request_id))
    order = order_for_change(order_id) if order_id is not None else None
    request = db.session.scalar(
        select(ChangeRequest)
        .where(ChangeRequest.id == request_id)
        .options(selectinload(ChangeRequest.lines))
        .execution_options(populate_existing=True)
    )
    if order is None or request is None:
        raise NotFound
    if request.decided_at is not None or decision not in (ACCEPTED, REFUSED):
        raise Conflict
    request.decision, request.reason, request.decided_at, request.decided_by = decision, reason, at, staff_id
    db.session.flush()
    if decision == ACCEPTED:
        _carry_out(order, request, oss_since=oss_since, staff_id=staff_id, at=at)
    orders.note_event(order, f"change_{decision}", at=at, staff_id=staff_id)
    queue_change_decided(order, request, at)
    return request


def _carry_out(order: Order, request: ChangeRequest, *, oss_since: date | None, staff_id: int, at: datetime) -> None:
    if request.kind == CANCEL:
        if not orders.cancel(order, at, staff_id):
            raise Conflict
        return
    names = ("given_name", "family_name", "street", "house_number", "addition", "postcode", "town", "country")
    wish = (
        editing.Wish(address={name: getattr(request, name) or "" for name in names})
        if request.kind == ADDRESS
        else editing.Wish(quantities={line.order_line_id: line.quantity for line in request.lines})
    )
    changed = editing.change(order.id, wish, seen=None, shown_total=None, oss_since=oss_since, staff_id=staff_id, at=at)
    settle_difference(changed, at=at, staff_id=staff_id)
