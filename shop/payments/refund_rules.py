"""Decisions about money that goes back: how it is split, and where a refund may still go. Plain values in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PROPOSED, QUEUED, PENDING, PROCESSING = "proposed", "queued", "pending", "processing"
REFUNDED, FAILED, CANCELED, DECLINED = "refunded", "failed", "canceled", "declined"

ON_ITS_WAY = (QUEUED, PENDING, PROCESSING)
"""Accepted, and not final yet."""
ALIVE = (*ON_ITS_WAY, REFUNDED)
"""What counts against the money of a payment."""
LOST = (FAILED, CANCELED)
CANCELABLE = (QUEUED, PENDING)
"""Where Mollie still lets go of a refund: until its bank has it, about two hours."""

BY_WITHDRAWAL, BY_CANCELLATION, BY_CHANGE = "withdrawal", "cancellation", "change"
BY_ATTENTION, BY_STAFF, BY_MOLLIE = "attention", "staff", "mollie"

RETRY_DUPLICATE_AFTER = timedelta(minutes=61)
"""Mollie refuses a second refund of the same amount on the same payment within an hour."""


def next_status(known: str, told: str) -> str:
    """The status after Mollie's word; what was lost stays lost, and a word nobody knows changes nothing."""
    if told not in (*ON_ITS_WAY, *LOST, REFUNDED) or known in LOST:
        return known
    if known == REFUNDED and told in ON_ITS_WAY:
        return known
    return told


def shared_out(cents: int, weights: Sequence[int]) -> list[int]:
    """An amount in parts after their weights, to the cent: the parts always add up to the whole."""
    total = sum(weights)
    if total <= 0:
        return [cents, *[0] * (len(weights) - 1)] if weights else []
    found, given, seen = [], 0, 0
    for weight in weights:
        seen += weight
        part = cents * seen // total - given
        given += part
        found.append(part)
    return found


def taken_from(cents: int, rooms: Mapping[int, int]) -> list[tuple[int, int]]:
    """From which payments an amount goes back: one that holds all of it if there is one, the tightest first.

    Otherwise from as few as possible. Empty when all of them together do not hold it.
    """
    fitting = sorted((room, payment) for payment, room in rooms.items() if room >= cents)
    if fitting:
        return [(fitting[0][1], cents)]
    found, left = [], cents
    for room, payment in sorted(((room, payment) for payment, room in rooms.items() if room > 0), reverse=True):
        part = min(room, left)
        found.append((payment, part))
        left -= part
        if not left:
            return found
    return []


@dataclass(frozen=True)
class Share:
    """What one part of a refund is for: pieces and cents of each line, and delivery."""

    lines: tuple[tuple[int, int], ...]
    shipping_cents: int


def in_parts(lines: Sequence[tuple[int, int]], shipping_cents: int, parts: Sequence[int]) -> list[Share]:
    """What each part of a refund is for, the lines first and delivery last; all add up, to the piece and to the cent.

    A piece counts with the part that completes it: until then the line has money in a part, but no piece of it.
    """
    found, begins = [], 0
    for number, part in enumerate(parts):
        ends = begins + part
        is_last, at, shares = number == len(parts) - 1, 0, []
        for pieces, cents in lines:
            before, after = (min(max(moment - at, 0), cents) for moment in (begins, ends))
            shares.append(
                (_pieces(pieces, cents, after, is_last) - _pieces(pieces, cents, before, False), after - before)
            )
            at += cents
        before, after = (min(max(moment - at, 0), shipping_cents) for moment in (begins, ends))
        found.append(Share(tuple(shares), after - before))
        begins = ends
    return found


def _pieces(pieces: int, cents: int, paid: int, is_last: bool) -> int:
    """How many pieces of a line are paid for with a part of its money; what costs nothing goes with the last part."""
    if cents == 0:
        return pieces if is_last else 0
    return pieces * paid // cents


def next_look(*, decided_at: datetime, now: datetime) -> datetime:
    """When Mollie is asked again about a refund on its way: ever less often, and until it is final."""
    age = now - decided_at
    if age < timedelta(hours=1):
        return now + timedelta(minutes=10)
    return now + (timedelta(hours=1) if age < timedelta(days=1) else timedelta(hours=6))
