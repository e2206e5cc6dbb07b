"""Letting time move on after a history, until neither Mollie nor the shop has anything left to do."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.orders.models import PLACED, Order
from shop.payments.models import PaymentAttempt
from shop.payments.rules import WAITING
from shop.payments.simulator import payments, refunds
from tests.histories.story import Story

LOOKED_AROUND = timedelta(hours=6)
AFTER_LAST_MOVE = timedelta(hours=13)
MANY = 250


def settle(story: Story) -> bool:
    """Run worker and Mollie until it is quiet; whether it became quiet at all."""
    bank = story.bank
    bank.faults.clear()
    bank.webhooks("normal")
    bank.world.store.set_setting("refund_start", "pending")
    for refund in bank.objects("refund"):
        if refund["status"] == "queued":
            bank.change(refunds.move, refund, "pending")
    for payment in bank.objects("payment"):
        if payment["status"] == "pending":  # banks decide some day
            bank.change(payments.move, payment, "failed")
    last_move = clock.now()
    for turn in range(MANY):
        story.step(bank.turn)
        story.run_due()
        story.step(bank.turn)
        due = _next(story)
        looks = clock.now() + LOOKED_AROUND if clock.now() < last_move + AFTER_LAST_MOVE else None
        if due is None and looks is None:
            return True
        following = min(moment for moment in (due, looks) if moment is not None)
        story.pass_time(max(following - clock.now(), least_jump(turn)) + timedelta(seconds=1))
    return False


def least_jump(turn: int) -> timedelta:
    """How much time passes at least: what is asked about four times a day for a month is asked less often here."""
    return timedelta(0) if turn < 12 else timedelta(hours=5) if turn < 20 else timedelta(days=4)


def _next(story: Story) -> datetime | None:
    """When something is due next, at Mollie's or in the shop; a bank that may return money is not waited for."""
    at_mollie = story.bank.next_due()
    with story.app.app_context():
        open_rows = select(OutboxRow.due_at, OutboxRow.leased_until).where(
            OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None)
        )
        asks = select(func.min(PaymentAttempt.next_ask_at)).where(
            (PaymentAttempt.charged_back_cents == 0) | PaymentAttempt.status.in_(WAITING)
        )
        ends = select(func.min(Order.expires_at)).where(Order.status == PLACED)
        moments = [db.session.scalar(question) for question in (asks, ends)]
        moments += [max(row.due_at, row.leased_until or row.due_at) for row in db.session.execute(open_rows)]
    if at_mollie is not None:
        moments.append(datetime.fromtimestamp(at_mollie, UTC))
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None
