"""A retention period ends on the right day: leap days, month ends, summer time and financial years included."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.clock import AMSTERDAM
from shop.core.personal_data import UNTIL_ERASED, Event, Keep

moments = st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2090, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


def utc(text: str) -> datetime:
    """A moment that is written in Dutch time."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def month_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month: written down once more, in another way."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@pytest.mark.parametrize(
    ("keep", "at", "cutoff"),
    [
        (Keep(Event.DELIVERED, days=30), "2026-03-31 12:00", "2026-03-01 12:00"),
        (Keep(Event.CREATED, months=6), "2026-08-31 12:00", "2026-03-01 00:00"),
        (Keep(Event.CREATED, months=1), "2026-03-29 12:00", "2026-03-01 00:00"),
        (Keep(Event.CREATED, months=1), "2028-03-29 12:00", "2028-02-29 12:00"),
        (Keep(Event.CREATED, months=12), "2028-02-29 12:00", "2027-03-01 00:00"),
        (Keep(Event.CREATED, months=12), "2029-02-28 12:00", "2028-02-28 12:00"),
        (Keep(Event.CREATED, years=1), "2029-01-15 12:00", "2028-01-15 12:00"),
        (Keep(Event.CREATED, months=1), "2027-01-31 12:00", "2026-12-31 12:00"),
        (Keep(Event.FINANCIAL_YEAR, years=7), "2026-01-01 00:30", "2019-01-01 00:00"),
        (Keep(Event.FINANCIAL_YEAR, years=7), "2025-12-31 23:30", "2018-01-01 00:00"),
        (Keep(Event.EXPIRED), "2026-05-05 12:00", "2026-05-05 12:00"),
        (Keep(Event.CREATED, days=1), "2026-03-29 12:00", "2026-03-28 12:00"),  # the night is an hour shorter
    ],
)
def test_cutoff(keep: Keep, at: str, cutoff: str) -> None:
    assert keep.cutoff(utc(at)) == utc(cutoff)


@given(happened=moments, at=moments, months=st.integers(0, 120))
def test_nothing_goes_before_its_months_are_over_and_everything_the_day_after(
    happened: datetime, at: datetime, months: int
) -> None:
    is_over = happened < Keep(Event.CREATED, months=months).cutoff(at)
    begun, now = happened.astimezone(AMSTERDAM), at.astimezone(AMSTERDAM)
    last_day = month_later(begun.date(), months)
    if now.date() < last_day:
        assert not is_over
    if now.date() > last_day:
        assert is_over


keeps = st.builds(Keep, st.just(Event.CREATED), months=st.integers(0, 40), days=st.integers(0, 99))


@given(at=moments, later=st.timedeltas(timedelta(0), timedelta(days=800)), keep=keeps)
def test_the_cutoff_never_goes_back(at: datetime, later: timedelta, keep: Keep) -> None:
    assert keep.cutoff(at) <= keep.cutoff(at + later)


@given(year=st.integers(2000, 2080), years=st.integers(0, 10), happened=moments)
def test_a_financial_year_is_kept_whole(year: int, years: int, happened: datetime) -> None:
    first_morning = datetime(year, 1, 1, 4, tzinfo=AMSTERDAM).astimezone(UTC)
    is_over = happened < Keep(Event.FINANCIAL_YEAR, years=years).cutoff(first_morning)
    assert is_over == (happened.astimezone(AMSTERDAM).year + years < year)


@pytest.mark.parametrize(
    ("keep", "dutch", "english"),
    [
        (Keep(), "tot je het verwijdert", "until you delete it"),
        (Keep(Event.DELIVERED, days=30), "30 dagen na de bezorging", "30 days after delivery"),
        (Keep(Event.DELIVERED, days=1), "1 dag na de bezorging", "1 day after delivery"),
        (Keep(Event.CREATED, months=12), "12 maanden na het vastleggen", "12 months after it was made"),
        (Keep(Event.EXPIRED), "meteen na het verlopen", "at once after it expired"),
        (
            Keep(Event.FINANCIAL_YEAR, years=7),
            "7 jaar na het einde van het boekjaar",
            "7 years after the end of the financial year",
        ),
    ],
)
@pytest.mark.usefixtures("app")
def test_a_period_is_told_in_both_languages(keep: Keep, dutch: str, english: str) -> None:
    from shop.core.i18n import speaking

    with speaking("nl"):
        assert str(keep.describe()) == dutch
    with speaking("en"):
        assert str(keep.describe()) == english


periods = st.builds(
    lambda event, days, months, years: Keep(event, days=days, months=months, years=years),
    st.sampled_from([Event.CREATED, Event.DELIVERED]),
    st.integers(0, 80),
    st.integers(0, 30),
    st.integers(0, 10),
) | st.builds(lambda years: Keep(Event.FINANCIAL_YEAR, years=years), st.integers(1, 10))


@given(periods, st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(AMSTERDAM)))
def test_the_last_day_is_the_last_on_which_a_value_is_kept(keep: Keep, moment: datetime) -> None:
    last = keep.last_day(moment)
    assert last is not None
    day = timedelta(days=1)
    noon = datetime.combine(last, time(12), AMSTERDAM)
    assert moment >= keep.cutoff(noon - day), "present the day before"
    assert moment < keep.cutoff(noon + 2 * day), "gone two days later, whatever the hour"


def test_what_is_kept_until_it_is_erased_has_no_last_day() -> None:
    assert UNTIL_ERASED.last_day(datetime(2026, 1, 1, tzinfo=UTC)) is None
