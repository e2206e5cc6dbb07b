"""Questions about payments."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from shop.core.db import db
from shop.core.i18n import language
from shop.orders.models import COMPLETED, CONFIRMED, PLACED, Order
from shop.payments import rules
from shop.payments.balance import Balance, balance_of
from shop.payments.models import (
    CREATING,
    AppliedPayment,
    AttentionItem,
    OfferedMethods,
    PaymentAttempt,
    Refund,
    RefundLine,
)
from shop.payments.refund_rules import ALIVE, ON_ITS_WAY

__all__ = ["Balance", "balance_of"]


@dataclass(frozen=True)
class OfferedMethod:
    """A way to pay that Mollie offers for an amount in a country."""

    id: str
    name: str
    image_url: str | None = None
    needs_address: bool = False  # Mollie is then told name and address


def offered_methods(country: str, amount_cents: int, *, is_difference: bool = False) -> list[OfferedMethod]:
    """The ways to pay an amount in a country, as Mollie last told; empty when it never did or takes no such amount.

    What an order costs more since it was changed (`is_difference`) is not lent to anybody.
    """
    content = db.session.scalar(select(OfferedMethods.content).where(OfferedMethods.country == country))
    return [
        OfferedMethod(
            id=method["id"],
            name=method[f"name_{language()}"],
            needs_address=method["id"] in rules.NEEDS_ADDRESS,
        )
        for method in json.loads(content or "[]")
        if method["id"] not in rules.NOT_OFFERED
        and not (is_difference and method["id"] in rules.LOANS)
        and rules.fits(amount_cents, min_cents=method["min_cents"], max_cents=method["max_cents"])
    ]


def methods_known() -> dict[str, datetime]:
    """The countries whose methods are known, and since when."""
    question = select(OfferedMethods.country, OfferedMethods.fetched_at)
    return {row.country: row.fetched_at for row in db.session.execute(question)}


def attempt_for_change(attempt_id: int) -> PaymentAttempt | None:
    """An attempt as it is now, its row held until the transaction ends; the order's row is held first."""
    return db.session.scalar(
        select(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def attempt_by_token(token: str) -> PaymentAttempt | None:
    """The attempt whose webhook has this address."""
    return db.session.scalar(select(PaymentAttempt).where(PaymentAttempt.token == token))


def attempts_of(order_id: int) -> list[PaymentAttempt]:
    """All tries to pay an order, newest first."""
    question = select(PaymentAttempt).where(PaymentAttempt.order_id == order_id)
    return list(db.session.scalars(question.order_by(PaymentAttempt.id.desc()).limit(rules.MAX_ATTEMPTS)))


def newest_attempt(order_id: int) -> PaymentAttempt | None:
    """The last try to pay an order."""
    return next(iter(attempts_of(order_id)), None)


def unsettled_attempts(order_id: int) -> list[int]:
    """The tries to pay an order by which money may still come."""
    question = select(PaymentAttempt.id).where(
        PaymentAttempt.order_id == order_id, PaymentAttempt.status.in_(rules.UNSETTLED)
    )
    return list(db.session.scalars(question.order_by(PaymentAttempt.id)))


def due_attempts(at: datetime, *, limit: int = 100) -> list[int]:
    """The tries about which Mollie is to be asked now, the longest overdue first."""
    question = select(PaymentAttempt.id).where(PaymentAttempt.next_ask_at <= at)
    return list(db.session.scalars(question.order_by(PaymentAttempt.next_ask_at).limit(limit)))


def waiting_attempts(*, after: int, limit: int = 100) -> list[int]:
    """All tries of which money may still move, by their ids, in portions."""
    moving = select(Refund.attempt_id).where(Refund.status.in_(ON_ITS_WAY), Refund.attempt_id.is_not(None))
    is_waiting = or_(
        PaymentAttempt.status.in_(rules.WAITING),
        PaymentAttempt.charged_back_cents > 0,
        PaymentAttempt.id.in_(moving),
    )
    question = select(PaymentAttempt.id).where(is_waiting, PaymentAttempt.id > after)
    return list(db.session.scalars(question.order_by(PaymentAttempt.id).limit(limit)))


def payable_cents(order: Order) -> int:
    """What a customer can pay for an order online now: all of it, or what it costs more since it was changed."""
    if order.status == PLACED:
        return order.total_cents if order.pays_by == "mollie" else 0
    if order.status in (CONFIRMED, COMPLETED) and order.pays_by != "pickup":
        return balance_of(order).due_cents
    return 0


def settling_payment(order_id: int) -> AppliedPayment | None:
    """The money that paid an order."""
    return db.session.scalar(
        select(AppliedPayment).where(AppliedPayment.order_id == order_id, AppliedPayment.role == "settles")
    )


def is_applied(attempt_id: int) -> bool:
    """Whether the money of an attempt has been applied already."""
    return db.session.scalar(select(AppliedPayment.id).where(AppliedPayment.attempt_id == attempt_id)) is not None


def is_held(order_id: int) -> bool:
    """Whether staff must first look at a payment that does not fit the order."""
    question = select(AttentionItem.id).where(
        AttentionItem.order_id == order_id, AttentionItem.kind == "wrong_amount", AttentionItem.resolved_at.is_(None)
    )
    return db.session.scalar(question.limit(1)) is not None


def open_attention(*, limit: int = 50) -> list[AttentionItem]:
    """What staff must decide, oldest first."""
    question = select(AttentionItem).where(AttentionItem.resolved_at.is_(None))
    return list(db.session.scalars(question.order_by(AttentionItem.created_at, AttentionItem.id).limit(limit)))


def attention_of(order_id: int) -> list[AttentionItem]:
    """What staff decided or must decide about one order, oldest first."""
    question = select(AttentionItem).where(AttentionItem.order_id == order_id)
    return list(db.session.scalars(question.order_by(AttentionItem.id).limit(50)))


def repeatable_attempt(order_id: int, method: str, *, amount_cents: int, mode: str) -> PaymentAttempt | None:
    """The last try with this method and amount to go on with: open, or its making not known to have worked."""
    question = select(PaymentAttempt).where(
        PaymentAttempt.order_id == order_id,
        PaymentAttempt.method == method if method else PaymentAttempt.method.is_(None),
        PaymentAttempt.amount_cents == amount_cents,
        PaymentAttempt.mode == mode,
        PaymentAttempt.status.in_([CREATING, rules.OPEN]),
    )
    return db.session.scalar(question.order_by(PaymentAttempt.id.desc()).limit(1))


def has_surplus(order_id: int) -> bool:
    """Whether more money came for an order than was due."""
    question = select(AppliedPayment.id).where(AppliedPayment.order_id == order_id, AppliedPayment.role == "surplus")
    return db.session.scalar(question.limit(1)) is not None


def refunds_of(order_id: int) -> list[Refund]:
    """All refunds of an order with their lines, proposed ones too, oldest first."""
    question = select(Refund).where(Refund.order_id == order_id).options(joinedload(Refund.lines))
    return list(db.session.scalars(question.order_by(Refund.id).limit(100)).unique())


def refunded_pieces(order_id: int) -> dict[int, int]:
    """For how many pieces of each order line money went back or is on its way."""
    question = (
        select(RefundLine.order_line_id, func.sum(RefundLine.quantity).label("pieces"))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.order_id == order_id, Refund.status.in_(ALIVE))
        .group_by(RefundLine.order_line_id)
    )
    return {row.order_line_id: int(row.pieces) for row in db.session.execute(question)}


def lapsing_attempts(before: datetime, *, limit: int = 100) -> list[int]:
    """Payments that were set aside and lapse before a moment though not all of them was taken in."""
    question = select(PaymentAttempt.id).where(
        PaymentAttempt.is_captured_later.is_(True),
        PaymentAttempt.status.in_(rules.SETTLING),
        PaymentAttempt.released_at.is_(None),
        PaymentAttempt.capture_before < before,
        PaymentAttempt.capturing_cents < PaymentAttempt.amount_cents,
    )
    return list(db.session.scalars(question.order_by(PaymentAttempt.capture_before).limit(limit)))


def attempts_by_mollie_id(mollie_ids: Collection[str]) -> list[int]:
    """Our attempts with these ids of Mollie's."""
    question = select(PaymentAttempt.id).where(PaymentAttempt.mollie_id.in_(sorted(mollie_ids)[:500]))
    return list(db.session.scalars(question.order_by(PaymentAttempt.id)))


def known_moves(mollie_ids: Sequence[str]) -> dict[str, str]:
    """How we know refunds and chargebacks with these ids of Mollie's, in its words; what we don't know is not there."""
    found: dict[str, str] = {}
    for begin in range(0, len(mollie_ids), 500):
        some = mollie_ids[begin : begin + 500]
        refunds = select(Refund.mollie_id, Refund.status).where(Refund.mollie_id.in_(some))
        found |= {row.mollie_id: row.status for row in db.session.execute(refunds)}
        keys = {f"chargeback:{one}": one for one in some}
        told = select(AttentionItem.key, AttentionItem.choice).where(AttentionItem.key.in_(keys))
        for row in db.session.execute(told):
            found[keys[row.key]] = row.choice if row.choice == "reversed" else ""
    return found
