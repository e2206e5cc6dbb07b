"""Until when somebody can withdraw, and what they get back: the sums, without a database."""

from datetime import date

import pytest

from shop.aftersale import withdrawal_rules as rules
from shop.aftersale.withdrawal_rules import Bought
from shop.core import working_days


def on(day: str) -> date:
    return date.fromisoformat(day)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2027, "2027-03-28"), (2038, "2038-04-25")],
)
def test_easter_is_when_it_is(year: int, sunday: str) -> None:
    assert working_days.easter(year) == on(sunday)


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-04-03",  # Good Friday
        "2026-04-06",  # Easter Monday
        "2026-04-27",
        "2025-04-26",  # King's Day, for the 27th was a Sunday
        "2026-05-05",
        "2026-05-14",  # Ascension Day
        "2026-05-25",  # Whit Monday
        "2026-12-25",
    ],
)
def test_a_dutch_holiday_is_no_working_day(day: str) -> None:
    assert on(day).weekday() < 6
    assert not working_days.is_working_day(on(day))


def test_an_ordinary_day_is_one_and_a_weekend_is_not() -> None:
    assert working_days.is_working_day(on("2026-11-23"))
    assert not working_days.is_working_day(on("2026-11-21"))
    assert not working_days.is_working_day(on("2026-11-22"))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-09", "2026-11-23"),  # a Monday
        ("2026-11-07", "2026-11-23"),  # a Saturday
        ("2026-11-08", "2026-11-23"),  # a Sunday
        ("2026-12-11", "2026-12-28"),  # Christmas, Boxing Day, Sunday
        ("2026-12-18", "2027-01-04"),  # New Year on a Friday
        ("2026-03-20", "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-04-13", "2026-04-28"),  # King's Day
        ("2025-04-12", "2025-04-28"),  # King's Day on the Saturday before
        ("2026-04-21", "2026-05-06"),  # Liberation Day
        ("2026-04-30", "2026-05-15"),  # Ascension Day
        ("2026-05-09", "2026-05-26"),  # Whitsun
        ("2024-02-15", "2024-02-29"),  # a leap day
    ],
)
def test_fourteen_days_after_receipt_to_the_next_working_day(received: str, last: str) -> None:
    assert rules.last_day(on(received), informed_on=on(received)) == on(last)


@pytest.mark.parametrize(
    ("begins", "informed", "last"),
    [
        ("2026-03-02", None, "2027-03-16"),  # never told: twelve months more
        ("2026-03-02", "2026-03-01", "2026-03-16"),  # told before it began
        ("2026-03-02", "2026-06-01", "2026-06-15"),  # fourteen days from being told
        ("2026-03-02", "2027-03-10", "2027-03-16"),  # but never later than the twelve months
        ("2024-02-15", None, "2025-02-28"),  # there is no 29 February in 2025
        ("2026-12-11", None, "2027-12-27"),  # the twelve months end on Christmas Day
    ],
)
def test_who_was_not_told_has_longer(begins: str, informed: str | None, last: str) -> None:
    assert rules.last_day(on(begins), informed_on=on(informed) if informed else None) == on(last)


@pytest.mark.parametrize(
    ("kind", "received", "begins"),
    [
        ("goods", "2026-03-05", "2026-03-05"),
        ("goods", None, None),
        ("service", "2026-03-05", "2026-03-01"),
        ("service", None, "2026-03-01"),
        ("download", None, "2026-03-01"),
    ],
)
def test_goods_count_from_their_receipt_and_the_rest_from_the_contract(
    kind: str, received: str | None, begins: str | None
) -> None:
    found = rules.begins_on(kind, ordered_on=on("2026-03-01"), received_on=on(received) if received else None)
    assert found == (on(begins) if begins else None)


BOUGHT = Bought({1: (2, 1000), 2: (1, 500)}, discount_cents=0, shipping_cents=495)
REDUCED = Bought({1: (2, 1000), 2: (1, 500)}, discount_cents=100, shipping_cents=495)


@pytest.mark.parametrize(
    ("bought", "pieces", "earlier", "deduction", "paid", "cents"),
    [
        (BOUGHT, {1: 2, 2: 1}, {}, 0, 2995, 2995),  # all of it: also the delivery
        (BOUGHT, {1: 1}, {}, 0, 2995, 1000),
        (BOUGHT, {2: 1}, {1: 2}, 0, 2995, 995),  # the last of it, after the rest: the delivery now
        (BOUGHT, {1: 2, 2: 1}, {1: 1}, 0, 2995, 1995),  # a piece that was paid back before is not paid twice
        (BOUGHT, {1: 2, 2: 1}, {}, 1000, 2995, 1995),
        (BOUGHT, {2: 1}, {}, 9999, 2995, 0),
        (BOUGHT, {1: 2, 2: 1}, {}, 0, 0, 0),  # nothing was paid
        (BOUGHT, {1: 9}, {}, 0, 2995, 2000),  # never more pieces than were ordered
        (REDUCED, {1: 2, 2: 1}, {}, 0, 2895, 2895),
        (REDUCED, {1: 1}, {}, 0, 2895, 960),
        (REDUCED, {1: 1, 2: 1}, {1: 1}, 0, 2895, 1935),  # together exactly what was paid
    ],
)
def test_what_is_paid_back(
    bought: Bought, pieces: dict[int, int], earlier: dict[int, int], deduction: int, paid: int, cents: int
) -> None:
    found = rules.proposal(bought, pieces, earlier=earlier, deduction_cents=deduction, paid_cents=paid)
    assert found == cents


def test_the_money_is_due_fourteen_days_after_the_statement() -> None:
    assert rules.refund_due_on(on("2026-12-20")) == on("2027-01-03")
