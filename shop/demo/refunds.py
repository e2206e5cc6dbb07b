"""Money after the sale in the demo: a refund to decide about, one on its way, and an order whose bank took it back."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from shop.core.db import db
from shop.core.i18n import public_url
from shop.core.money import mollie_value
from shop.orders.actions import stop_delivery
from shop.orders.models import COMPLETED, CONFIRMED, Order, OrderLine
from shop.payments import attention
from shop.payments.models import AppliedPayment, PaymentAttempt, Refund
from shop.payments.refund_rules import BY_STAFF
from shop.payments.refunding import decide, propose
from shop.payments.simulator.known import Known, remember
from shop.people.models import StaffMember

PROPOSED, ON_ITS_WAY, TAKEN_BACK = "demo-proposed", "demo-on-its-way", "chb_demo1"


def load_refunds(*, at: datetime) -> None:
    """Let money of three orders move; the worker carries out what was accepted, at the simulator."""
    db.session.flush()
    owner, packer = member("eigenaar@"), member("magazijn@")
    completed, confirmed = _paid_orders(COMPLETED), _paid_orders(CONFIRMED)
    if completed:
        broken = completed[0]
        refund = _one_piece(broken, key=ON_ITS_WAY, staff_id=packer, at=at)
        decide(refund.id, accept=True, reason="Beschadigd aangekomen", staff_id=owner, at=at)
    if len(completed) > 1:
        _one_piece(completed[1], key=PROPOSED, staff_id=packer, at=at)
    if confirmed:
        _charge_back(confirmed[0], at=at - timedelta(hours=5))


def tell_simulator() -> None:
    """Let the Mollie simulator know the payments of the demo, so that they can be paid back there."""
    if not current_app.config["USES_SIMULATOR"]:
        return
    question = (
        select(PaymentAttempt, Order)
        .join(Order, Order.id == PaymentAttempt.order_id)
        .where(PaymentAttempt.status == "paid", PaymentAttempt.mollie_id.like("tr_demo%"))
        .order_by(PaymentAttempt.created_at)  # Mollie lists payments as they were made
    )
    rows = db.session.execute(question).all()
    known = [_known(row.PaymentAttempt, row.Order) for row in rows]
    db.session.rollback()
    state = current_app.config["INSTANCE_PATH"] / "mollie-simulator.sqlite"
    remember(state, current_app.config["MOLLIE_API_KEY"], known)


def _known(attempt: PaymentAttempt, order: Order) -> Known:
    return Known(
        id=str(attempt.mollie_id),
        value=mollie_value(attempt.amount_cents),
        description=order.number,
        redirect_url=public_url("aftersale.order", order.language, token=order.return_token),
        webhook_url=public_url("payments.webhook", "nl", token=attempt.token),
        metadata=attempt.token,
        method=attempt.method or "ideal",
        made_at=attempt.created_at,
        paid_at=attempt.paid_at or attempt.created_at,
        chargeback_id=TAKEN_BACK if attempt.charged_back_cents else None,
    )


def member(beginning: str) -> int:
    """The member of the demo's staff with an address that begins like this."""
    return db.session.scalars(select(StaffMember.id).where(StaffMember.email.like(f"{beginning}%"))).one()


def _paid_orders(status: str) -> list[Order]:
    """The newest orders that were paid once through Mollie and stand where is asked."""
    settled = select(AppliedPayment.order_id).where(AppliedPayment.role == "settles")
    surplus = select(AppliedPayment.order_id).where(AppliedPayment.role == "surplus")
    question = select(Order).where(Order.status == status, Order.id.in_(settled), Order.id.not_in(surplus))
    return list(db.session.scalars(question.order_by(Order.id.desc()).limit(2)))


def _one_piece(order: Order, *, key: str, staff_id: int, at: datetime) -> Refund:
    """Propose to pay one piece of an order's first line back."""
    first = select(OrderLine.id, OrderLine.unit_price_cents).where(OrderLine.order_id == order.id)
    line = db.session.execute(first.order_by(OrderLine.id).limit(1)).one()
    return propose(
        order, cents=line.unit_price_cents, origin=BY_STAFF, key=key, at=at, lines={line.id: 1}, staff_id=staff_id
    )


def _charge_back(order: Order, *, at: datetime) -> None:
    attempt = db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id)).first()
    if attempt is None:
        return
    attempt.charged_back_cents = attempt.amount_cents
    key = f"chargeback:{TAKEN_BACK}"
    attention.flag(order, "chargeback", key=key, at=at, attempt=attempt, cents=attempt.amount_cents)
    stop_delivery(order, at)
