"""Working days as Dutch law counts them: no weekend, none of the holidays of the Algemene termijnenwet."""

from datetime import date, timedelta
from functools import cache


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


def working_days_later(day: date, days: int) -> date:
    """The day that comes so many working days after a day; that day itself is not counted."""
    while days > 0:
        day = working_day_from(day + timedelta(days=1))
        days -= 1
    return day
