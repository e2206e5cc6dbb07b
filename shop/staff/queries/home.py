"""What waits for somebody today, counted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from shop.aftersale.models import ChangeRequest, Withdrawal
from shop.contact.models import ContactThread
from shop.contact.rules import waits_too_long_before
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.orders.models import CONFIRMED, PACKED, READY, Order, ParcelReport, Shipment
from shop.payments.models import AttentionItem, Refund
from shop.payments.refund_rules import PROPOSED
from shop.privacy.models import Breach, RightsRequest
from shop.privacy.models.corrections import CorrectionTask
from shop.privacy.rules.requests import ALARM_BEFORE, CHILD
from shop.staff.queries.orders import is_to_do


@dataclass(frozen=True)
class Waiting:
    """How many orders, parcels and problems wait; counting stops at a thousand."""

    to_pack: int
    to_ship: int
    ready: int
    missed: int
    changes: int
    returns: int
    refunds: int
    messages: int
    overdue: int
    suspect: int
    attention: int
    failed: int
    pressing: int
    requests: int
    breaches: int
    corrections: int


MANY = 1000


def _up_to_many(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    rows = select(column).where(*conditions).limit(MANY).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def _is_of_open_order() -> ColumnElement[bool]:
    return exists().where(Order.id == Shipment.order_id, Order.status == CONFIRMED)


def _is_pressing() -> ColumnElement[bool]:
    """That a request about rights has two days left at most, or is about a child."""
    return or_(RightsRequest.due_on <= clock.today() + ALARM_BEFORE, RightsRequest.kind == CHILD)


def waiting() -> Waiting:
    """The counts of the first page, in one statement."""
    counts: list[ColumnElement[int]] = [
        _up_to_many(Order.id, is_to_do()),
        _up_to_many(Shipment.id, Shipment.status == PACKED, _is_of_open_order()),
        _up_to_many(Shipment.id, Shipment.status == READY, _is_of_open_order()),
        _up_to_many(ParcelReport.id, ParcelReport.decided_at.is_(None)),
        _up_to_many(ChangeRequest.id, ChangeRequest.decided_at.is_(None)),
        _up_to_many(Withdrawal.id, Withdrawal.ended_at.is_(None)),
        _up_to_many(Refund.id, Refund.status == PROPOSED),
        _up_to_many(ContactThread.id, ContactThread.waiting_since.is_not(None), ~ContactThread.is_suspect),
        _up_to_many(ContactThread.id, ContactThread.waiting_since < waits_too_long_before(clock.now())),
        _up_to_many(ContactThread.id, ContactThread.is_suspect.is_(True), ContactThread.closed_at.is_(None)),
        _up_to_many(AttentionItem.id, AttentionItem.resolved_at.is_(None)),
        _up_to_many(OutboxRow.id, OutboxRow.failed_at.is_not(None)),
        _up_to_many(RightsRequest.id, RightsRequest.decided_at.is_(None), _is_pressing()),
        _up_to_many(RightsRequest.id, RightsRequest.decided_at.is_(None), ~_is_pressing()),
        _up_to_many(Breach.id, Breach.decided_at.is_(None)),
        _up_to_many(CorrectionTask.id, CorrectionTask.done_at.is_(None)),
    ]
    return Waiting(*(int(number) for number in db.session.execute(select(*counts)).one()))
