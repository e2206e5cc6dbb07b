"""The last day to withdraw, and what a withdrawal is worth: plain sums, without a database."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shop.core.working_days import working_day_from

PERIOD = timedelta(days=14)
MONTHS_MORE = 12
REFUND_WITHIN = timedelta(days=14)


def last_day(begins_on: date, *, informed_on: date | None) -> date:
    """The last day to withdraw; `begins_on` itself is not counted (Regulation 1182/71, art. 3(1)).

    Who was not told about the right has twelve months more, or fourteen days from the day they were told (BW 6:230o
    lid 2, Directive 2011/83 art. 10).
    """
    ends_on = begins_on + PERIOD
    if informed_on is None or informed_on > begins_on:
        latest = _months_later(ends_on, MONTHS_MORE)
        ends_on = latest if informed_on is None else min(informed_on + PERIOD, latest)
    return working_day_from(ends_on)


def begins_on(kind: str, *, ordered_on: date, received_on: date | None) -> date | None:
    """The day from which the period runs; None while the last piece of the goods has still to arrive.

    A service or a download runs from the contract, goods from the receipt of the order's last piece.
    """
    return received_on if kind == "goods" else ordered_on


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Bought:
    """What an order cost: pieces and price of each line, the discount on them, and their delivery."""

    lines: Mapping[int, tuple[int, int]]
    discount_cents: int
    shipping_cents: int


def _worth(bought: Bought, pieces: Mapping[int, int]) -> int:
    counted = {line: min(pieces.get(line, 0), quantity) for line, (quantity, _price) in bought.lines.items()}
    items = sum(quantity * price for quantity, price in bought.lines.values())
    part = sum(counted[line] * price for line, (_quantity, price) in bought.lines.items())
    if all(counted[line] == quantity for line, (quantity, _price) in bought.lines.items()):
        return items - bought.discount_cents + bought.shipping_cents
    return part - (bought.discount_cents * part // items if items else 0)


def proposal(
    bought: Bought, pieces: Mapping[int, int], *, earlier: Mapping[int, int], deduction_cents: int, paid_cents: int
) -> int:
    """What is to be paid back: the lines, and with the last of them also the delivery; never more than was paid."""
    together = {line: earlier.get(line, 0) + pieces.get(line, 0) for line in bought.lines}
    due = min(_worth(bought, together), paid_cents) - min(_worth(bought, earlier), paid_cents)
    return max(0, due - deduction_cents)


def refund_due_on(submitted_on: date) -> date:
    """The last day to pay back (BW 6:230r lid 1); waiting for the goods may make it later."""
    return submitted_on + REFUND_WITHIN
