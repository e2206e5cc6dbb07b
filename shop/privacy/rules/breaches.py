"""The clock of a breach: 72 hours from becoming aware, weekends and holidays included (GDPR art. 33(1))."""

from datetime import datetime, timedelta

from shop.core.errors import ShopError

WITHIN = timedelta(hours=72)
WARN_BEFORE = timedelta(hours=24)
REPORTED, NOT_REPORTED = "reported", "not_reported"


class NoReason(ShopError):
    """That a breach is not reported needs a reason (GDPR art. 33(5))."""


class AlreadyDecided(ShopError):
    """Somebody has decided about it already."""


def report_by(aware_at: datetime) -> datetime:
    """The last moment to report to the authority."""
    return aware_at + WITHIN


def tone(aware_at: datetime, at: datetime, *, is_decided: bool) -> str:
    """How pressing a breach is: "good" once decided, "bad" when too late, "warn" in the last day, else "wait"."""
    if is_decided:
        return "good"
    left = report_by(aware_at) - at
    return "bad" if left < timedelta() else "warn" if left <= WARN_BEFORE else "wait"


def hours_left(aware_at: datetime, at: datetime) -> int:
    """Whole hours until the last moment; below zero when it has passed."""
    return (report_by(aware_at) - at) // timedelta(hours=1)


def check_decision(decision: str, *, reason: str, is_decided: bool) -> None:
    """A decision is made once; silence tells why."""
    if is_decided:
        raise AlreadyDecided
    if decision not in (REPORTED, NOT_REPORTED):
        raise ValueError(decision)
    if not reason.strip():
        raise NoReason
