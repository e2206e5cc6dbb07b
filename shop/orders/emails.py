"""The messages about an order, each in the order's own language and complete without following a link."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.core.db import db
from shop.core.i18n import public_url
from shop.core.outbox import OutboxRow
from shop.mail.messages import queue_mail
from shop.mail.rules import unlinked
from shop.orders import downloads, queries, rules
from shop.orders.models import CONFIRMED, Order, OrderAddress, OrderEvent, OrderLine, OrderLink, ParcelReport, Shipment

TYPED = ("given_name", "family_name", "street", "house_number", "addition", "postcode", "town", "country")


def typed_address(address: OrderAddress) -> dict[str, str]:
    """An address as a message repeats it: whoever typed it may have typed somebody else's e-mail address too."""
    return {name: unlinked(getattr(address, name) or "") for name in TYPED}


def new_link(order: Order, at: datetime) -> str:
    """The address of an order for its customer alone; the database keeps only a hash of the token in it."""
    token = secrets.token_urlsafe(32)
    db.session.add(OrderLink(order_id=order.id, token_hash=queries.link_hash(token), created_at=at))
    return public_url("aftersale.order", order.language, token=token)


def queue_order_confirmation(order: Order, at: datetime) -> bool:
    """Everything that was agreed, once for each order; with the files that may be downloaded at once."""
    files = _open_files(order, at)
    return _queue("order_confirmation", f"order_confirmation:{order.id}", order, at, files=files)


def queue_payment_failed(order: Order, at: datetime) -> bool:
    """The payment did not succeed and the order still waits for one; once for each order."""
    return _queue("payment_failed", f"payment_failed:{order.id}", order, at)


def queue_order_shipped(shipment: Shipment, at: datetime) -> bool:
    """A parcel is on its way, and where it can be followed; once for each shipment."""
    return _queue_about(shipment, "order_shipped", at)


def queue_order_ready(shipment: Shipment, at: datetime) -> bool:
    """A package waits to be picked up; once for each shipment."""
    return _queue_about(shipment, "order_ready", at)


def queue_order_refunded(order: Order, at: datetime, *, refund_id: int, cents: int, reason: str) -> bool:
    """Money has gone back, how much and why; once for each refund."""
    return _queue("order_refunded", f"order_refunded:{refund_id}", order, at, cents=cents, reason=reason)


def queue_order_not_sent(order: Order, at: datetime, *, pieces: list[tuple[int, str]], reason: str) -> bool:
    """What of an order will not be sent after all, and why; once for each time that this is decided."""
    key = f"order_not_sent:{order.id}:{at:%Y%m%d%H%M%S%f}"
    return _queue("order_not_sent", key, order, at, pieces=pieces, reason=reason)


def queue_service_planned(order: Order, line: OrderLine, at: datetime) -> bool:
    """The date that was agreed for a service; once for each date."""
    assert line.service_at is not None
    key = f"service_planned:{line.id}:{int(line.service_at.timestamp())}:{int(at.timestamp())}"
    return _queue("service_planned", key, order, at, line=line)


def queue_parcel_decision(order: Order, report: ParcelReport, at: datetime) -> bool:
    """What was decided about a parcel that did not arrive, and why; once for each decision."""
    return _queue("parcel_decision", f"parcel_decision:{report.id}", order, at, report=report)


def queue_order_canceled(order: Order, at: datetime) -> bool:
    """The order was called off, and what becomes of money that was paid; once for each order."""
    is_paid = order.confirmed_at is not None and order.pays_by == "mollie"
    is_set_aside = is_paid and _is_only_set_aside(order.id)
    key = f"order_canceled:{order.id}"
    return _queue("order_canceled", key, order, at, is_paid=is_paid and not is_set_aside, is_set_aside=is_set_aside)


def queue_order_changed(order: Order, at: datetime, *, due_cents: int, back_cents: int) -> bool:
    """What the order holds and costs now, and what is still to be paid; once for each change."""
    message = "order_difference" if due_cents else "order_changed"
    key = f"order_changed:{order.id}:{order.version}"
    return _queue(message, key, order, at, due_cents=due_cents, back_cents=back_cents)


def queue_order_link(order: Order, at: datetime, *, key: str) -> bool:
    """A new link to the order, for somebody who gave its number and its e-mail address."""
    return _queue("order_link", key, order, at)


def _is_only_set_aside(order_id: int) -> bool:
    """Whether a lender promised the money and none of it was taken in."""
    kinds = select(OrderEvent.kind).where(OrderEvent.order_id == order_id)
    found = set(db.session.scalars(kinds.where(OrderEvent.kind.in_(("set_aside", "captured", "paid")))))
    return found == {"set_aside"}


def _open_files(order: Order, at: datetime) -> list[tuple[str, str]]:
    """The names and addresses of the files that this order opens now."""
    opens_at = rules.downloads_open_at(CONFIRMED, placed_at=order.placed_at, asked_at=order.express_request_at)
    if opens_at is None or opens_at > at:
        return []
    lines = select(OrderLine.id, OrderLine.name).where(OrderLine.order_id == order.id, OrderLine.kind == rules.DOWNLOAD)
    return [
        (
            row.name,
            public_url(
                "aftersale.signed_download",
                order.language,
                signed=downloads.signed(row.id, until=at + downloads.FROM_MAIL),
            ),
        )
        for row in db.session.execute(lines.order_by(OrderLine.id))
    ]


def _queue_about(shipment: Shipment, message: str, at: datetime) -> bool:
    order = queries.order_with_all(shipment.order_id)
    db.session.flush()
    parcel = dict(zip((s.id for s in order.shipments), queries.parcels(order), strict=True)).get(shipment.id)
    return _queue(message, f"{message}:{shipment.id}", order, at, parcel=parcel)


def _queue(message: str, key: str, order: Order, at: datetime, **values: Any) -> bool:
    if order.email is None or db.session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
        return False
    db.session.flush()
    whole = queries.order_with_all(order.id)
    return queue_mail(
        message,
        key=key,
        to=order.email,
        language=order.language,
        at=at,
        person_id=order.person_id,
        order=whole,
        addresses={address.kind: typed_address(address) for address in whole.addresses},
        note=unlinked(whole.note or ""),
        vat=queries.vat_of(whole),
        link=new_link(order, at),
        **values,
    )
