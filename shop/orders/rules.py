"""Decisions about orders: what may still change, when an order is done, and what its timeline says."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

GOODS, SERVICE, DOWNLOAD = "goods", "service", "download"

SURELY_ARRIVED = timedelta(days=14)
"""After how long a parcel that nobody asked about is taken as delivered; carriers need a week at most in the EU."""
WITHDRAWABLE = ("placed", "confirmed", "completed")
"""In which states there is an agreement to withdraw from."""

EVENT_TEXTS: dict[str, Any] = {
    "placed": _l("Order placed"),
    "confirmed": _l("Order confirmed"),
    "paid": _l("Payment received"),
    "paid_again": _l("A second payment arrived; we are looking into it"),
    "paid_late": _l("Your payment arrived late; the order goes ahead"),
    "paid_too_late": _l("Your payment arrived after the order had ended; we are looking into it"),
    "payment_failed": _l("Payment failed"),
    "payment_canceled": _l("Payment canceled"),
    "payment_expired": _l("Payment not completed in time"),
    "refund_accepted": _l("Money is on its way back to you"),
    "refunded": _l("Money paid back"),
    "refund_failed": _l("Paying back did not succeed; we are looking into it"),
    "packed": _l("Packed"),
    "shipped": _l("Shipped"),
    "delivered": _l("Delivered"),
    "ready": _l("Ready for pick-up"),
    "collected": _l("Picked up"),
    "completed": _l("Order completed"),
    "expired": _l("Order expired: it was not paid in time"),
    "canceled": _l("Order canceled"),
    "reopened": _l("Order goes ahead after all"),
    "withdrawal_declared": _l("You withdrew from the order"),
    "withdrawal_received": _l("Your return has arrived"),
    "withdrawal_accepted": _l("Your withdrawal was accepted; you get your money back"),
    "withdrawal_refused": _l("Your withdrawal was looked at and not accepted"),
}
"""What the customer reads in the timeline; a kind that is not here is for staff alone."""


def may_cancel(status: str, shipments: Collection[str]) -> bool:
    """Whether an order may still be called off: nothing of it has left the shop."""
    return status in ("placed", "confirmed") and not set(shipments) & {"shipped", "delivered", "collected"}


def is_delivered(wanted: Mapping[int, int], arrived: Mapping[int, int]) -> bool:
    """Whether of every line with goods at least the ordered quantity has arrived."""
    return all(arrived.get(line, 0) >= quantity for line, quantity in wanted.items())


def completes_when_confirmed(kinds: Collection[str]) -> bool:
    """Whether nothing is left to do once an order is confirmed: it holds downloads only."""
    return bool(kinds) and set(kinds) == {DOWNLOAD}
