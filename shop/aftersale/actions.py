"""What a customer sets in motion after the order; the caller commits."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from shop.accounts.models import Account
from shop.core import outbox
from shop.orders import actions as orders
from shop.orders import emails
from shop.orders.queries import links_since, older_guest_orders, order_for_change

LINK_KIND = "order_link"
LINKS_A_DAY = 5


def ask_for_link(order_id: int | None, at: datetime) -> None:
    """Ask the worker to mail a link to an order; for no order it asks the same, so that nobody can tell by the time."""
    outbox.put(LINK_KIND, f"{LINK_KIND}:{secrets.token_hex(16)}", at=at, reference=str(order_id or ""))


def mail_link(row_id: int, order_id: int, at: datetime) -> bool:
    """Mail a link to an order to its own address, a few times a day at most, and once for each time it was asked."""
    order = order_for_change(order_id)
    if order is None or links_since(order_id, at - timedelta(days=1)) >= LINKS_A_DAY:
        return False
    return emails.queue_order_link(order, at, key=f"order_link_mail:{row_id}")


def claim(order_ids: Collection[int], account: Account) -> int:
    """Make guest orders with the account's proven address the account's own; how many it took."""
    wanted = set(order_ids) & {row.id for row in older_guest_orders(account.email)}
    taken = 0
    for order_id in sorted(wanted):
        order = order_for_change(order_id)
        if order is not None and order.email is not None and order.email.lower() == account.email.lower():
            orders.take_over(order, account.person_id)
            taken += 1
    return taken
