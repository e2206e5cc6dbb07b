"""The receipt of a withdrawal, on a durable medium (Directive 2023/2673, art. 11a(4)): text alone, no link in it; and
what was decided about a change."""

from datetime import datetime

from shop.aftersale.models import ChangeRequest, Withdrawal
from shop.aftersale.queries import pieces_of
from shop.mail.messages import queue_mail
from shop.mail.rules import unlinked
from shop.orders.emails import new_link
from shop.orders.models import Order


def queue_withdrawal_receipt(withdrawal: Withdrawal) -> bool:
    """What was stated and when, once for each withdrawal; says the same whether there is such an order or not."""
    if withdrawal.email is None:
        return False
    return queue_mail(
        "withdrawal_receipt",
        key=f"withdrawal_receipt:{withdrawal.id}",
        to=withdrawal.email,
        language=withdrawal.language,
        at=withdrawal.submitted_at,
        person_id=withdrawal.person_id,
        is_plain=True,
        withdrawal=withdrawal,
        name=unlinked(withdrawal.name or ""),
        reference=unlinked(withdrawal.order_reference or ""),
        what=unlinked(withdrawal.what or ""),
        pieces=pieces_of(withdrawal.id) if withdrawal.is_by_line else [],
    )


def queue_change_decided(order: Order, request: ChangeRequest, at: datetime) -> bool:
    """What was decided about a change that the customer asked for, and why; once for each request."""
    if order.email is None:
        return False
    return queue_mail(
        "change_decided",
        key=f"change_decided:{request.id}",
        to=order.email,
        language=order.language,
        at=at,
        person_id=order.person_id,
        order=order,
        request=request,
        link=new_link(order, at),
    )
