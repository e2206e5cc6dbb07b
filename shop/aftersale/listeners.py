"""Effects on the outside world that this room carries out."""

from shop.aftersale.actions import LINK_KIND, mail_link
from shop.aftersale.withdrawing import MATCH_KIND, match
from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow, carries_out


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
