"""Something on every list of staff: changes asked for, withdrawals in each state, money that did not go back."""

from datetime import datetime, timedelta

from shop.accounts.models import Account
from shop.aftersale import changing, returns, withdrawing
from shop.aftersale.withdrawing import Statement
from shop.core.db import db
from shop.demo.history import GUESTS, History, Story
from shop.demo.papers import book_orders
from shop.demo.refunds import member
from shop.orders.actions import cancel
from shop.orders.models import CONFIRMED, DELIVERED, Order
from shop.orders.queries import order_with_all
from shop.orders.rules import GOODS
from shop.payments.moves import lose_refund
from shop.payments.queries import attempts_of
from shop.payments.refund_rules import BY_STAFF, FAILED
from shop.payments.refunding import decide, propose
from shop.payments.taking_back import cancel_refund

TWO = (GOODS, GOODS)


def load_desk(account: Account, *, at: datetime) -> int:
    """Let customers ask, call off and send back; how many orders that took."""
    db.session.flush()
    history = History(account, at=at, seed=20261129)
    fewer = history.tell(Story(1, 0.7, CONFIRMED, TWO))
    moved = history.tell(Story(5, 0.5, CONFIRMED))
    called_off = history.tell(Story(0, 0.4, CONFIRMED))
    awaited = history.tell(Story(3, 8, DELIVERED, TWO))
    returned = history.tell(Story(-1, 9, DELIVERED, TWO))
    failed = history.tell(Story(2, 16, DELIVERED))
    declined = history.tell(Story(4, 22, DELIVERED))
    db.session.flush()
    book_orders()
    _ask(fewer, moved, at=at)
    cancel(called_off, at - timedelta(hours=2))
    _send_back(awaited, returned, account, at=at)
    _money(failed, declined, at=at)
    db.session.flush()
    return 7


def _ask(fewer: Order, moved: Order, *, at: datetime) -> None:
    lines = order_with_all(fewer.id).lines
    changing.ask_for_fewer(fewer.id, {lines[0].id: 0}, at=at - timedelta(hours=4))
    address = {
        "given_name": "Tom",
        "family_name": "Visser",
        "street": "Prinsengracht",
        "house_number": "1",
        "addition": "",
        "postcode": "1015 DK",
        "town": "Amsterdam",
        "country": "NL",
    }
    changing.ask_for_address(moved.id, address, at=at - timedelta(hours=1))


def _send_back(awaited: Order, returned: Order, account: Account, *, at: datetime) -> None:
    """One withdrawal of which the goods are awaited, one of which they came, and one that names no order of ours."""
    guest = GUESTS[3]
    withdrawing.declare(
        Statement(
            f"{guest.given_name} {guest.family_name}", awaited.number, guest.email, "nl",
            order_id=awaited.id, person_id=awaited.person_id,
        ),
        receipt="demo-awaited", is_mailed=True, at=at - timedelta(days=1),
    )  # fmt: skip
    first = order_with_all(returned.id).lines[0]
    came = withdrawing.declare(
        Statement(
            "Sanne de Vries", returned.number, account.email, "nl",
            order_id=returned.id, person_id=returned.person_id, quantities={first.id: 1},
        ),
        receipt="demo-returned", is_mailed=True, at=at - timedelta(days=4),
    )  # fmt: skip
    arrived = {line.id: returns.Arrived(line.quantity, "Verpakking open, verder als nieuw") for line in came.lines}
    returns.receive(came.id, arrived, staff_id=member("magazijn@"), at=at - timedelta(hours=20))
    withdrawing.declare(
        Statement("Lotte van den Berg", "26-000000", GUESTS[2].email, "nl", what="De blauwe vaas"),
        receipt="demo-unknown", is_mailed=True, at=at - timedelta(hours=30),
    )  # fmt: skip


def _money(failed: Order, declined: Order, *, at: datetime) -> None:
    """A refund that the customer's bank did not take, one that the owner would not make, and one taken back in time."""
    owner, packer = member("eigenaar@"), member("magazijn@")
    refund = propose(failed, cents=500, origin=BY_STAFF, key="demo-failed", at=at - timedelta(days=3), staff_id=packer)
    refund.decided_by, refund.decided_at = owner, at - timedelta(days=3)
    refund.reason, refund.sent_at = "Kras op het deksel", at - timedelta(days=3)
    refund.attempt_id = attempts_of(failed.id)[0].id
    lose_refund(failed, refund, FAILED, at=at - timedelta(days=1))
    other = propose(
        declined, cents=1000, origin=BY_STAFF, key="demo-declined", at=at - timedelta(days=5), staff_id=packer
    )
    decide(other.id, accept=False, reason="Al omgeruild voor een nieuwe", staff_id=owner, at=at - timedelta(days=4))
    hasty = propose(declined, cents=250, origin=BY_STAFF, key="demo-hasty", at=at - timedelta(days=2), staff_id=packer)
    decide(hasty.id, accept=True, reason="Deksel ontbrak", staff_id=owner, at=at - timedelta(days=2))
    cancel_refund(hasty.id, reason="Het deksel zat in de doos", staff_id=owner, at=at - timedelta(days=2))
