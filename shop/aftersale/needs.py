"""What an erasure leaves alone for now: orders that have not ended, and withdrawals that are not settled."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shop.aftersale.models import Withdrawal
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.core.personal_data import Needed, register
from shop.orders.models import CONFIRMED, PLACED, Order, Shipment


@register.needs("open orders")
def open_orders(person_id: str) -> Iterator[Needed]:
    """Orders to be paid, packed or brought, with the messages about them that were or will be sent."""
    question = select(Order.id, Order.number, Order.status).where(
        Order.person_id == person_id, Order.status.in_([PLACED, CONFIRMED])
    )
    for order_id, number, status in db.session.execute(question.order_by(Order.id)).all():
        yield Needed(
            "orders",
            (order_id,),
            _l("Order %(number)s", number=number),
            _l("not paid yet") if status == PLACED else _l("not ended yet: we need your details to bring it"),
            "aftersale.account_order",
            {"number": number},
        )
        yield from _messages_about(order_id)


@register.needs("open withdrawals")
def open_withdrawals(person_id: str) -> Iterator[Needed]:
    """Withdrawals that somebody has still to judge or to pay back."""
    question = select(Withdrawal.id, Withdrawal.submitted_at).where(
        Withdrawal.person_id == person_id, Withdrawal.ended_at.is_(None)
    )
    for withdrawal_id, _submitted_at in db.session.execute(question.order_by(Withdrawal.id)).all():
        yield Needed(
            "withdrawals",
            (withdrawal_id,),
            _l("Your withdrawal"),
            _l("not settled yet: we need your details to pay you back"),
        )


def _messages_about(order_id: int) -> Iterator[Needed]:
    shipments = db.session.scalars(select(Shipment.id).where(Shipment.order_id == order_id)).all()
    keys = [f"{message}:{order_id}" for message in ("order_confirmation", "payment_failed")]
    keys += [f"{message}:{shipment}" for shipment in shipments for message in ("order_shipped", "order_ready")]
    for row_id in db.session.scalars(select(OutboxRow.id).where(OutboxRow.key.in_(keys)).order_by(OutboxRow.id)):
        yield Needed("outbox", (row_id,))
