"""The last day to withdraw, and what a withdrawal is worth: plain sums, without a database."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

PERIOD = timedelta(days=14)
MONTHS_MORE = 12
REFUND_WITHIN = timedelta(days=14)


@cache
def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian reckoning of Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The Dutch holidays of a year, as the Algemene termijnenwet counts them (art. 3)."""
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),  # Good Friday
            sunday,
            sunday + timedelta(days=1),
            kings_day if kings_day.weekday() != 6 else kings_day - timedelta(days=1),
            date(year, 5, 5),
            sunday + timedelta(days=39),  # Ascension Day
            sunday + timedelta(days=49),
            sunday + timedelta(days=50),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def is_working_day(day: date) -> bool:
    """Whether a day is neither Saturday, Sunday nor a Dutch holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def working_day_from(day: date) -> date:
    """The day itself, or the first working day after it (Regulation 1182/71, art. 3(4))."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


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
