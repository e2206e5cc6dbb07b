"""A statement of withdrawal: always taken, at its own moment, whatever it names; which order it is comes afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shop.aftersale import emails, queries
from shop.aftersale.models import Withdrawal, WithdrawalLine
from shop.core import outbox
from shop.core.db import db
from shop.orders.actions import note_event
from shop.orders.models import Order, OrderLine
from shop.orders.queries import order_for_change
from shop.people.actions import merge_person, new_person

MATCH_KIND = "withdrawal_match"


@dataclass(frozen=True)
class Statement:
    """What somebody states; with an order that they opened themselves, also by line."""

    name: str
    reference: str
    email: str
    language: str
    what: str = ""
    order_id: int | None = None
    person_id: str | None = None
    quantities: Mapping[int, int] | None = None


def declare(statement: Statement, *, receipt: str, is_mailed: bool, at: datetime) -> Withdrawal:
    """Take a statement and mail its receipt; the same `receipt` twice is one statement. The caller commits.

    For a typed order number nothing is looked up here: whoever sends the form can tell nothing by the time it takes.
    """
    hashed = queries.receipt_hash(receipt)
    earlier = db.session.scalar(select(Withdrawal).where(Withdrawal.receipt_hash == hashed))
    if earlier is not None:
        return earlier
    withdrawal = Withdrawal(
        receipt_hash=hashed,
        person_id=statement.person_id or new_person(statement.language, at=at).id,
        is_guest=statement.person_id is None,
        language=statement.language,
        name=statement.name,
        order_reference=statement.reference,
        email=statement.email,
        what=statement.what or None,
        is_by_line=statement.quantities is not None,
        is_mailed=is_mailed,
        submitted_at=at,
        lines=[],
    )
    db.session.add(withdrawal)
    db.session.flush()
    if statement.order_id is not None:
        order = order_for_change(statement.order_id)
        assert order is not None
        attach(withdrawal, order, quantities=statement.quantities)
    else:
        outbox.put(MATCH_KIND, f"{MATCH_KIND}:{withdrawal.id}", at=at, reference=str(withdrawal.id))
    if is_mailed:
        emails.queue_withdrawal_receipt(withdrawal)
    return withdrawal


def attach(withdrawal: Withdrawal, order: Order, *, quantities: Mapping[int, int] | None = None) -> None:
    """Say which order a withdrawal is from; without quantities or words of its own it is from all of it.

    The caller holds the order's row and commits.
    """
    withdrawal.order_id = order.id
    if quantities is not None or withdrawal.what is None:
        set_pieces(withdrawal, everything_of(order.id) if quantities is None else quantities)
    note_event(order, "withdrawal_declared", at=withdrawal.submitted_at)
    db.session.flush()


def set_pieces(withdrawal: Withdrawal, quantities: Mapping[int, int]) -> None:
    """Say how many pieces of each order line a withdrawal is from, where none were said yet."""
    chosen = {line: pieces for line, pieces in sorted(quantities.items()) if pieces > 0}
    withdrawal.lines = [WithdrawalLine(order_line_id=line, quantity=pieces) for line, pieces in chosen.items()]
    db.session.flush()


def match(withdrawal_id: int) -> bool:
    """Find the order that a statement names and make the statement its customer's own; whether this call did it.

    Only a statement with the order's own e-mail address is matched by itself; staff look at the others.
    """
    withdrawal = queries.withdrawal_for_change(withdrawal_id)
    if withdrawal is None or withdrawal.order_id is not None or withdrawal.email is None:
        return False
    found = queries.order_of_statement(withdrawal.order_reference or "", withdrawal.email)
    order = order_for_change(found) if found is not None else None
    if order is None:
        return False
    attach(withdrawal, order)
    own, owner = withdrawal.person_id, order.person_id
    if withdrawal.is_guest and own is not None and owner is not None and own != owner:
        merge_person(own, into=owner)
    return True


def everything_of(order_id: int) -> dict[int, int]:
    """The ordered pieces of every line."""
    question = select(OrderLine.id, OrderLine.quantity).where(OrderLine.order_id == order_id)
    return {row.id: row.quantity for row in db.session.execute(question)}
