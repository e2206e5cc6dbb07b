"""What staff may decide about money, and noting who did; a refund that is chosen here really goes back."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from shop.core.db import db
from shop.core.errors import Conflict
from shop.orders import actions
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments import capturing
from shop.payments.models import AttentionItem, Refund
from shop.payments.refund_rules import BY_ATTENTION, BY_CANCELLATION, PROPOSED
from shop.payments.refunding import decide as decide_refund
from shop.payments.refunding import propose_again, propose_anew, refunds_for
from shop.payments.rules import ATTENTION, WHOLE_ORDER

CANCEL, REFUND, KEEP, DELIVER, CAPTURE = "cancel_order", "refund", "keep", "deliver", "capture"
REVERSED = "reversed"
CANCEL_TEXT = _l("Cancel the order")

_BY_ITSELF: dict[str, Any] = {
    REVERSED: _l("The bank gave the money back; settled by itself"),
    CANCEL: CANCEL_TEXT,
    "seen": _l("Seen"),
}


def choices_for(kind: str, *, may_cancel: bool) -> dict[str, Any]:
    """What can be chosen about an item, the proposal first."""
    told = ATTENTION.get(kind)
    offered = dict(told.choices) if told else {"seen": _l("Seen")}
    return offered | ({CANCEL: CANCEL_TEXT} if may_cancel else {})


def choice_text(kind: str, choice: str) -> Any:
    """What was chosen about an item, in words."""
    return choices_for(kind, may_cancel=False).get(choice) or _BY_ITSELF.get(choice, choice)


def text_of(kind: str) -> Any:
    """What happened, in words."""
    told = ATTENTION.get(kind)
    return told.text if told else kind


def decide(item: AttentionItem, choice: str, *, reason: str = "", staff_id: int, at: datetime) -> None:
    """Do what a member of staff decided and note it, once: Conflict when a colleague was first. The caller commits.

    MoreThanRemains when a refund was chosen and less is left by now than it is about.
    """
    order = order_for_change(item.order_id)
    if order is None:
        raise Conflict
    decided = db.session.execute(
        update(AttentionItem)
        .where(AttentionItem.id == item.id, AttentionItem.resolved_at.is_(None))
        .values(resolved_at=at, resolved_by=staff_id, choice=choice, reason=reason or None)
        .execution_options(synchronize_session=False)
    )
    if decided.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict
    if choice == CANCEL and not actions.cancel(order, at, staff_id):
        raise Conflict
    if choice == DELIVER:
        actions.let_deliver(order, at, staff_id)
    if choice == CAPTURE:
        _capture(order, item, at=at)
    if choice == REFUND:
        refund = _proposal(order, item, at=at)
        decide_refund(refund.id, accept=True, reason=reason, staff_id=staff_id, at=at)
    if choice == KEEP and item.kind == "canceled_paid":
        for proposed in refunds_for(order.id, BY_CANCELLATION, WHOLE_ORDER):
            if proposed.status != PROPOSED:
                continue
            decide_refund(proposed.id, accept=False, reason=reason, staff_id=staff_id, at=at)


def _proposal(order: Order, item: AttentionItem, *, at: datetime) -> Refund:
    """The proposal that an item is about, made now where there is none yet."""
    if item.kind == "refund_failed":
        return propose_again(order, int(item.key.partition(":")[2]), at=at)
    if item.kind == "canceled_paid":
        return propose_anew(order, cents=item.amount_cents, origin=BY_CANCELLATION, key=WHOLE_ORDER, at=at)
    key, attempt = f"item:{item.id}", item.attempt_id
    return propose_anew(order, cents=item.amount_cents, origin=BY_ATTENTION, key=key, at=at, attempt_id=attempt)


def _capture(order: Order, item: AttentionItem, *, at: datetime) -> None:
    if item.kind == "capture_failed":
        capturing.capture_again(order, int(item.key.partition(":")[2]), at)
    else:
        capturing.capture_rest(order, at, key="lapsing")
