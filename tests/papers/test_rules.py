"""Sums that always add up, numbers that follow time, texts that do no harm."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.papers import rules
from shop.papers.rules import DateWentBack, Line, NothingToCredit, as_data, from_data
from shop.pricing.rules import spread
from tests.papers.paper import BUSINESS, THREE_RATES, lines_of, make_paper

RATES = st.sampled_from([2100, 900, 0])
BOUGHT = st.lists(st.tuples(st.integers(1, 99), st.integers(0, 20_000), RATES), min_size=1, max_size=8)


@st.composite
def purchases(draw):
    """Quantities, three rates, delivery, and a discount of at most what it is taken from."""
    bought = draw(BOUGHT)
    items = sum(quantity * price for quantity, price, _rate in bought)
    shipping = draw(st.sampled_from([0, 495, 895]))
    return lines_of(bought, shipping_cents=shipping, discount_cents=draw(st.integers(0, items)))


@given(st.integers(-10_000, 10_000), st.lists(st.integers(0, 5_000), max_size=8))
def test_what_is_spread_adds_up_and_nobody_bears_more_than_a_cent_too_much(cents, weights):
    parts = spread(cents, weights)
    assert sum(parts) == (cents if sum(weights) else 0)
    if sum(weights):
        assert all(
            abs(part * sum(weights) - cents * weight) <= sum(weights)
            for part, weight in zip(parts, weights, strict=True)
        )


@settings(max_examples=80)
@given(purchases())
def test_a_paper_adds_up_by_line_by_rate_and_in_all(lines):
    paper = make_paper(lines=lines)
    assert paper.total_cents == sum(part.gross_cents for part in paper.vat)
    assert paper.vat_cents == sum(part.vat_cents for part in paper.vat)
    assert paper.total_cents == paper.net_cents + paper.vat_cents
    assert all(line.gross_cents >= line.vat_cents >= 0 for line in lines), "a discount takes no more than there is"
    assert from_data(as_data(paper)) == paper


@settings(max_examples=60, deadline=None)
@given(purchases(), st.data())
def test_whatever_is_credited_in_however_many_parts_ends_at_nothing_left(lines, data):
    left = rules.parts_of(lines)
    while (whole := sum(part.gross_cents for part in left)) > 0:
        cents = data.draw(st.one_of(st.integers(1, whole), st.just(whole)))
        wanted = [line for line in lines if line.kind == "item" and data.draw(st.booleans())]
        note = rules.credit_lines(left, cents, wanted, name="deel")
        assert sum(line.gross_cents for line in note) == cents
        left = rules.less(left, rules.parts_of(note))
        assert all(part.gross_cents >= 0 for part in left)
    assert all((part.gross_cents, part.vat_cents) == (0, 0) for part in left)


@settings(max_examples=50, deadline=None)
@given(purchases(), st.data())
def test_whatever_goes_back_over_countries_and_rates_ends_at_nothing_left(lines, data):
    left = {}
    for line in lines:
        bucket = ("BE" if line.basis_points == 900 else "NL", line.basis_points)
        gross, vat = left.get(bucket, (0, 0))
        left[bucket] = (gross + line.gross_cents, vat + line.vat_cents)
    while (whole := sum(gross for gross, _vat in left.values())) > 0:
        cents = data.draw(st.one_of(st.integers(1, whole), st.just(whole)))
        shared = rules.share_out(left, cents)
        assert sum(gross for gross, _vat in shared.values()) == cents
        for bucket, (gross, vat) in shared.items():
            left[bucket] = (left[bucket][0] - gross, left[bucket][1] - vat)
    assert set(left.values()) <= {(0, 0)}


def test_credited_pieces_are_named_and_the_rest_of_the_amount_is_shared():
    left = rules.parts_of(THREE_RATES)
    pot = Line("item", "Theepot, zand (groot)", 1, 1250, 217, 2100)
    note = rules.credit_lines(left, 1750, [pot], name="Deel van factuur")
    assert note[0] == pot
    assert [(line.kind, line.basis_points) for line in note[1:]] == [("correction", r) for r in (2100, 900, 0)]
    assert sum(line.gross_cents for line in note) == 1750


def test_no_more_is_credited_than_is_left():
    left = rules.parts_of(THREE_RATES)
    whole = sum(part.gross_cents for part in left)
    for cents in (0, -1, whole + 1):
        with pytest.raises(NothingToCredit):
            rules.credit_lines(left, cents, [], name="")


NOON = datetime(2026, 11, 29, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "last", "carries"),
    [
        (NOON, None, NOON),
        (NOON, NOON - timedelta(hours=1), NOON),
        (NOON, NOON + timedelta(hours=2), NOON + timedelta(hours=2)),  # the same day: the later moment
        (  # waited for the number over midnight
            datetime(2026, 11, 29, 22, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 29, 23, 0, 1, tzinfo=UTC),
            datetime(2026, 11, 29, 23, 0, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_paper_carries_a_moment_that_is_not_before_the_last_one(at, last, carries):
    assert rules.moment_to_issue(at, last) == carries


def test_a_clock_that_is_a_day_behind_issues_nothing():
    with pytest.raises(DateWentBack):
        rules.moment_to_issue(NOON, NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("issued", "is_oss", "held", "last"),
    [
        (date(2026, 1, 1), False, None, date(2033, 12, 31)),
        (date(2026, 12, 31), False, None, date(2033, 12, 31)),
        (date(2026, 12, 31), True, None, date(2036, 12, 31)),
        (date(2026, 5, 1), False, date(2035, 3, 4), date(2035, 3, 4)),
        (date(2026, 5, 1), False, date(2030, 3, 4), date(2033, 12, 31)),
    ],
)
def test_the_last_day_of_a_document(issued, is_oss, held, last):
    assert rules.last_day(issued, is_oss=is_oss, held_until=held) == last


def test_a_sale_of_leap_day_under_oss_counts_from_three_years_later():
    found = rules.counts_from(datetime(2028, 2, 29, 12, tzinfo=UTC), is_oss=True)
    assert (found.year, found.month) == (2031, 2)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31)])
def test_every_day_is_in_its_quarter(day):
    first, after = rules.days_of(*rules.quarter_of(day))
    assert first <= day < after
    assert rules.quarter_of(after - timedelta(days=1)) == rules.quarter_of(day) != rules.quarter_of(after)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nl 8609.99.002.b01", "NL860999002B01"),
        ("BE 0411.905.847", "BE0411905847"),
        ("DE136695976", "DE136695976"),
        ("NL860999003B02", None),
        ("NL123456789B01", None),
        ("860999868B01", None),
        ("US123", None),
        ("", None),
        ("=cmd()", None),
    ],
)
def test_a_vat_number_has_its_form_and_its_check_digit(typed, found):
    assert rules.vat_number(typed) == found


def test_what_nobody_sees_is_left_out_of_names():
    assert rules.seen_text("Jan\u202e\u2066\u200b\x00 \n de  Vries\ufeff") == "Jan de Vries"
    assert rules.seen_text("x" * 500) == "x" * 120
    assert rules.party_of(name="محمد", street="", postcode="", town="", country="NL").name == "محمد"


def test_a_business_on_paper_has_no_email_and_no_telephone():
    assert set(as_data(make_paper(buyer=BUSINESS))["buyer"]) == {
        "name",
        "company",
        "street",
        "postcode",
        "town",
        "country",
        "vat_number",
        "kvk",
    }
