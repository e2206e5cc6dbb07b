"""Decisions about payments: what Mollie's word changes, when it is asked again, and what staff may choose."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

OPEN, PENDING, AUTHORIZED = "open", "pending", "authorized"
PAID, FAILED, CANCELED, EXPIRED = "paid", "failed", "canceled", "expired"

RANK = {
    "creating": 0,
    "refused": 0,
    OPEN: 1,
    PENDING: 2,
    AUTHORIZED: 3,
    PAID: 4,
    FAILED: 4,
    CANCELED: 4,
    EXPIRED: 4,
}
WAITING = ("creating", OPEN, PENDING, AUTHORIZED)
"""Statuses that may still change by themselves."""
UNSETTLED = ("creating", OPEN, PENDING)
"""Statuses in which money may still come."""
SETTLING = (PAID, AUTHORIZED)
LOST = (FAILED, CANCELED, EXPIRED)

ASK_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=3)
STOCK_MARGIN = timedelta(minutes=5)
PENDING_HOLDS = timedelta(days=1)
KEY_LIFE = timedelta(minutes=55)  # Mollie keeps an idempotency key for an hour
LINK_MARGIN = timedelta(minutes=2)
WEBHOOK_OVERDUE = timedelta(minutes=30)
MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Needs:
    """What a way to pay asks of a shop; Mollie's description of a payment says so, method by method."""

    address: bool = False  # a billing address with an e-mail address
    lines: bool = False  # what was bought
    is_captured_later: bool = False  # set aside first, taken in when the goods leave
    is_loan: bool = False  # somebody else pays for the customer, who pays them later
    more: str = ""  # what else it asks for and this shop does not have: then it is not offered


LOAN = Needs(address=True, lines=True, is_loan=True)
SET_ASIDE = replace(LOAN, is_captured_later=True)
METHODS: Mapping[str, Needs] = {
    "klarna": SET_ASIDE,  # can be taken in at once, but its lender asks for it when goods leave
    "riverty": SET_ASIDE,  # Mollie refuses any other way
    "billie": replace(SET_ASIDE, more="a company that buys"),
    "billink": LOAN,
    "in3": LOAN,
    "alma": Needs(address=True, is_loan=True),
    "voucher": Needs(lines=True, more="categories of goods"),
    "giftcard": Needs(more="money that can't go back"),
    "pointofsale": Needs(more="a terminal"),
    "directdebit": Needs(more="a mandate"),
}
"""Ways to pay that ask for more than an amount; all others are paid at once and are told nothing about a person.

A card, Apple Pay among them, could be set aside too; here its money is taken in at once, as the terms say.
"""
CAPTURED_LATER = frozenset(name for name, needs in METHODS.items() if needs.is_captured_later)
"""Methods where money is set aside first and taken in when the goods leave."""
LOANS = frozenset(name for name, needs in METHODS.items() if needs.is_loan)
"""Methods for a whole order with its goods, and not for what it costs more later."""
WARNED_BEFORE = timedelta(days=3)
"""How long before Mollie lets go of what was set aside staff is told."""

NEEDS_ADDRESS = frozenset(name for name, needs in METHODS.items() if needs.address)
NEEDS_LINES = frozenset(name for name, needs in METHODS.items() if needs.lines)
NOT_OFFERED = frozenset(name for name, needs in METHODS.items() if needs.more)
"""Methods that ask for more than this shop has."""

OPTIONAL = ("locale", "webhookUrl")
"""What may be left out when Mollie refuses it: its page then speaks the browser's language; we ask, not hear."""

WHOLE_ORDER = "whole"
"""The key of the proposal to pay back all of an order that was canceled."""

SHOP_COUNTRIES = ("NL", "BE", "DE")


@dataclass(frozen=True)
class Attention:
    """Something that staff must decide: what it is, and what they may choose; the first choice is proposed."""

    text: Any
    choices: Mapping[str, Any]


_REFUND, _KEEP, _SEEN = _l("Pay the money back"), _l("Leave it as it is"), _l("Seen")
_BY_HAND = _l("I paid it back in Mollie's dashboard")
_DELIVER, _CAPTURE = _l("Deliver all the same"), _l("Take the money in now")
_MONEY_TOO_MUCH = {"refund": _REFUND, "keep": _KEEP}

ATTENTION: dict[str, Attention] = {
    "paid_twice": Attention(_l("The order was paid a second time"), _MONEY_TOO_MUCH),
    "paid_late_no_stock": Attention(_l("Paid after the order had expired; its stock is gone"), _MONEY_TOO_MUCH),
    "paid_after_cancel": Attention(_l("Paid after the order was canceled"), _MONEY_TOO_MUCH),
    "canceled_paid": Attention(_l("The order was canceled after it had been paid"), _MONEY_TOO_MUCH),
    "paid_too_much": Attention(_l("An older, higher amount was paid after the order had changed"), _MONEY_TOO_MUCH),
    "paid_old_amount": Attention(
        _l("An older, lower amount was paid after the order had changed; delivery waits for the rest"),
        {"seen": _l("Wait for the rest"), "deliver": _DELIVER},
    ),
    "wrong_amount": Attention(
        _l("Mollie names another amount or currency than was asked for"), {"seen": _SEEN, "refunded_by_hand": _BY_HAND}
    ),
    "test_payment_in_live": Attention(_l("A payment was made in another mode than the shop is in"), {"seen": _SEEN}),
    "authorization_lost": Attention(_l("An authorized payment was lost before the money arrived"), {"seen": _SEEN}),
    "chargeback": Attention(
        _l("The customer's bank took the money back; what was not sent yet is not sent"),
        {"seen": _l("Keep it stopped"), "deliver": _DELIVER},
    ),
    "refund_failed": Attention(
        _l("A refund did not succeed; the customer did not get the money"),
        {"refund": _l("Pay it back once more"), "refunded_by_hand": _l("I paid it back in another way")},
    ),
    "capture_failed": Attention(
        _l("Money that was set aside could not be taken in"), {"capture": _l("Try once more"), "seen": _SEEN}
    ),
    "capture_lapsing": Attention(
        _l("Money that was set aside lapses soon; part of the order has not been sent"),
        {"capture": _CAPTURE, "seen": _l("Let it lapse")},
    ),
    "webhook_silent": Attention(
        _l("Mollie's webhook does not reach the shop; payments are found by asking"), {"seen": _SEEN}
    ),
}


def next_status(known: str, told: str) -> str:
    """The status after Mollie's word: forward only, but money always counts, and unknown words change nothing."""
    if told not in RANK or told in ("creating", "refused"):
        return known
    if told == PAID or RANK[told] > RANK[known]:
        return told
    return known


def next_ask(asks: int, *, now: datetime, made_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When Mollie is asked again about a payment that is not final: ever less often, until three days after expiry."""
    last = (expires_at or made_at) + GIVE_UP_AFTER
    if now >= last:
        return None
    planned = now + ASK_AFTER[min(asks, len(ASK_AFTER) - 1)]
    if expires_at is not None and now < expires_at < planned:
        planned = expires_at + LINK_MARGIN
    return min(planned, last)


def next_look_at_authorized(now: datetime, *, capture_before: datetime | None) -> datetime | None:
    """When Mollie is asked again about money that is set aside: until some days after it lapses."""
    if capture_before is not None and now > capture_before + GIVE_UP_AFTER:
        return None
    return now + ASK_AFTER[-1]


def holds_until(status: str, *, now: datetime, expires_at: datetime | None) -> datetime | None:
    """Until when an unpaid order's stock is kept for a payment that may still come."""
    if status == PENDING:
        return max(now + PENDING_HOLDS, expires_at + STOCK_MARGIN if expires_at else now)
    if status == OPEN and expires_at is not None:
        return expires_at + STOCK_MARGIN
    return None


def is_usable(checkout_url: str | None, status: str, *, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a customer can be sent to this payment's page."""
    if checkout_url is None or status != OPEN:
        return False
    return expires_at is None or expires_at > now + LINK_MARGIN


def fits(cents: int, *, min_cents: int, max_cents: int | None) -> bool:
    """Whether a method takes an amount."""
    return cents > 0 and min_cents <= cents and (max_cents is None or cents <= max_cents)


def is_reachable_from_outside(host: str) -> bool:
    """Whether Mollie could call this host; it refuses payments with an address that it cannot."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith((".local", ".localhost", ".internal", ".test", ".invalid", ".example"))


def optional_field(field: str | None, sent: Sequence[str]) -> str | None:
    """The part of the request that Mollie did not like, if it can be left out."""
    part = (field or "").partition(".")[0]
    return part if part in OPTIONAL and part in sent else None
