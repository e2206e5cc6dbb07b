"""What staff may decide about money, and noting who did.

Refunds are made in Mollie's dashboard for now: the choices say what is true, and the program never decides by itself.
"""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from shop.core.db import db
from shop.core.errors import Conflict
from shop.orders import actions
from shop.orders.queries import order_for_change
from shop.payments.models import AttentionItem
from shop.payments.rules import ATTENTION

CANCEL, REFUNDED = "cancel_order", "refunded_by_hand"

CHOICES: dict[str, Any] = {
    REFUNDED: _l("I paid it back in Mollie's dashboard"),
    "keep": _l("Leave it as it is"),
    "seen": _l("Seen"),
    CANCEL: _l("Cancel the order"),
}


def choices_for(kind: str, *, may_cancel: bool) -> dict[str, Any]:
    """What can be chosen about an item, the proposal first."""
    told = ATTENTION.get(kind)
    offered = [REFUNDED if choice == "refund" else choice for choice in told.choices] if told else ["seen"]
    if may_cancel:
        offered.append(CANCEL)
    return {choice: CHOICES[choice] for choice in offered if choice in CHOICES}


def text_of(kind: str) -> Any:
    """What happened, in words."""
    told = ATTENTION.get(kind)
    return told.text if told else kind


def decide(item: AttentionItem, choice: str, *, staff_id: int, at: datetime) -> None:
    """Note what a member of staff decided, once: Conflict when a colleague was first. The caller commits."""
    if choice == CANCEL:
        order = order_for_change(item.order_id)
        if order is None or not actions.cancel(order, at, staff_id):
            raise Conflict
    decided = db.session.execute(
        update(AttentionItem)
        .where(AttentionItem.id == item.id, AttentionItem.resolved_at.is_(None))
        .values(resolved_at=at, resolved_by=staff_id, choice=choice)
        .execution_options(synchronize_session=False)
    )
    if decided.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict
