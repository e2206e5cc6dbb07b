"""Decisions about orders: what may still change, when an order is done, and what its timeline says."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from flask_babel import lazy_gettext as _l

GOODS, SERVICE, DOWNLOAD = "goods", "service", "download"

SURELY_ARRIVED = timedelta(days=14)
"""After how long a parcel that nobody asked about is taken as delivered; carriers need a week at most in the EU."""
GRACE = timedelta(days=5)
"""How much longer than its carrier's usual days a parcel gets before it is taken as delivered."""
MISSED_WITHIN = timedelta(days=60)
"""How long after its delivery a customer can still say that a parcel never came (BW 7:23: two months are in time)."""
WITHDRAWAL = timedelta(days=14)
WITHDRAWABLE = ("placed", "confirmed", "completed")
"""In which states there is an agreement to withdraw from."""

EVENT_TEXTS: dict[str, Any] = {
    "address_corrected": _l("Address put right"),
    "placed": _l("Order placed"),
    "confirmed": _l("Order confirmed"),
    "paid": _l("Payment received"),
    "set_aside": _l("Payment approved: the money is taken in when your order leaves"),
    "paid_supplement": _l("The rest of your payment received"),
    "paid_again": _l("A second payment arrived; we are looking into it"),
    "paid_late": _l("Your payment arrived late; the order goes ahead"),
    "paid_too_late": _l("Your payment arrived after the order had ended; we are looking into it"),
    "payment_failed": _l("Payment failed"),
    "payment_canceled": _l("Payment canceled"),
    "payment_expired": _l("Payment not completed in time"),
    "refund_accepted": _l("Money is on its way back to you"),
    "refunded": _l("Money paid back"),
    "refund_failed": _l("Paying back did not succeed; we are looking into it"),
    "refund_canceled": _l("Paying back was canceled"),
    "not_sent": _l("Part of your order will not be sent"),
    "packed": _l("Packed"),
    "shipped": _l("Shipped"),
    "delivered": _l("Delivered"),
    "ready": _l("Ready for pick-up"),
    "collected": _l("Picked up"),
    "missed": _l("You told us that a parcel has not arrived"),
    "missed_wait": _l("We are looking for your parcel"),
    "missed_resend": _l("Your parcel is lost; we send it again"),
    "missed_refund": _l("Your parcel is lost; you get a proposal for your money back"),
    "missed_arrived": _l("Your parcel has arrived after all"),
    "service_planned": _l("A date was agreed for your service"),
    "service_done": _l("Service done"),
    "changed": _l("Order changed"),
    "change_asked": _l("You asked for a change"),
    "change_accepted": _l("The change that you asked for was made"),
    "change_refused": _l("The change that you asked for was not made"),
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
    return status in ("placed", "confirmed") and not bool(set(shipments) - {"packed", "ready"})


def completes_when_confirmed(kinds: Collection[str]) -> bool:
    """Whether nothing is left to do once an order is confirmed: it holds downloads only."""
    return bool(kinds) and set(kinds) == {DOWNLOAD}


def taken_as_delivered_after(usual_days: int | None) -> timedelta:
    """After how long a parcel counts as delivered: its carrier's usual days and a grace, or fourteen days."""
    return timedelta(days=usual_days) + GRACE if usual_days else SURELY_ARRIVED


def may_be_missed(status: str, *, shipped_at: datetime | None, delivered_at: datetime | None, now: datetime) -> bool:
    """Whether a customer can say that a parcel has not arrived: it left a day ago, or came not long ago."""
    if status == "shipped":
        return shipped_at is not None and now - shipped_at >= timedelta(days=1)
    return status == "delivered" and delivered_at is not None and now - delivered_at <= MISSED_WITHIN


def same_code(typed: str, code: str) -> bool:
    """Whether a typed code is the one asked for, however it was read aloud or written down."""
    read = "".join(typed.upper().replace("-", "").split()).translate(str.maketrans("OIL", "011"))
    return bool(code) and compare_digest(read.encode(), code.encode())


def downloads_open_at(status: str, *, placed_at: datetime, asked_at: datetime | None) -> datetime | None:
    """From when (UTC) an order's files may be downloaded; None while it is not confirmed or after it was called off.

    At once for who asked for that expressly and so gave up withdrawing (CRD art. 16(m)); otherwise when the fourteen
    days of withdrawal are over.
    """
    if status not in ("confirmed", "completed"):
        return None
    return asked_at or placed_at + WITHDRAWAL
