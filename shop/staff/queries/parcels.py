"""Parcels that did not arrive: what customers missed, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from shop.core.db import db
from shop.orders.models import Order, OrderLine, ParcelReport, Shipment
from shop.people.models import StaffMember
from shop.shipping.models import Carrier

PAGE = 50


@dataclass(frozen=True)
class MissedParcel:
    """A parcel that was missed, with its order, what is in it, and who decided if somebody did."""

    report: ParcelReport
    shipment: Shipment
    number: str
    person_id: str | None
    carrier: str
    pieces: tuple[tuple[int, str], ...]
    decided_by: str | None


def missed_parcels(*, is_open: bool, after: int | None = None) -> list[MissedParcel]:
    """Open ones, oldest first, or decided ones, newest first; one more than a page, if there are more."""
    question = _question().limit(PAGE + 1)
    if is_open:
        question = question.where(ParcelReport.decided_at.is_(None)).order_by(ParcelReport.id)
        question = question.where(ParcelReport.id > after) if after is not None else question
    else:
        question = question.where(ParcelReport.decided_at.is_not(None)).order_by(ParcelReport.id.desc())
        question = question.where(ParcelReport.id < after) if after is not None else question
    return _rows(db.session.execute(question).all())


def missed_parcel(report_id: int) -> MissedParcel | None:
    """One of them."""
    found = _rows(db.session.execute(_question().where(ParcelReport.id == report_id)).all())
    return found[0] if found else None


def _question() -> Select[*tuple[Any, ...]]:
    return (
        select(ParcelReport, Shipment, Order.number, Order.person_id, Carrier.name, StaffMember.name)
        .join(Shipment, Shipment.id == ParcelReport.shipment_id)
        .join(Order, Order.id == Shipment.order_id)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .outerjoin(StaffMember, StaffMember.id == ParcelReport.decided_by)
        .options(selectinload(Shipment.lines))
    )


def _rows(found: Sequence[Any]) -> list[MissedParcel]:
    wanted = {piece.order_line_id for row in found for piece in row[1].lines}
    names = dict(db.session.execute(select(OrderLine.id, OrderLine.name).where(OrderLine.id.in_(wanted))).all())
    return [
        MissedParcel(
            report,
            shipment,
            number,
            person_id,
            carrier or "",
            tuple((piece.quantity, names[piece.order_line_id]) for piece in shipment.lines),
            decided_by,
        )
        for report, shipment, number, person_id, carrier, decided_by in found
    ]
