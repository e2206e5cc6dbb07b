"""Effects on the outside world that this room carries out, and answers to news about money that went back."""

from datetime import datetime
from typing import Any

from shop.aftersale import needs
from shop.aftersale.actions import LINK_KIND, mail_link
from shop.aftersale.returns import follow_money
from shop.aftersale.withdrawing import MATCH_KIND, match
from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow, carries_out
from shop.payments.models import Refund
from shop.payments.refund_rules import BY_WITHDRAWAL
from shop.payments.signals import refund_declined, refund_failed, refund_settled


@carries_out(LINK_KIND)
def send_order_link(row: OutboxRow) -> None:
    """Mail the link that somebody asked for, if there is such an order."""
    if not row.reference:
        return
    with writing():
        mail_link(row.id, int(row.reference), clock.now())
        db.session.commit()


@carries_out(MATCH_KIND)
def match_withdrawal(row: OutboxRow) -> None:
    """Find the order that a withdrawal names, out of sight of whoever sent it."""
    with writing():
        match(int(row.reference))
        db.session.commit()


def follow_withdrawal(_sender: Any, *, refund: Refund, at: datetime) -> None:
    """The refund of a withdrawal went back, was lost or was declined: the withdrawal is over, or open again."""
    if refund.origin == BY_WITHDRAWAL:
        follow_money(refund, at=at)


for _news in (refund_settled, refund_failed, refund_declined):
    _news.connect(follow_withdrawal)

__all__ = ["needs"]
