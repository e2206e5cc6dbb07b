"""Whole cents: nothing is lost, and rounding is what the tax office does."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import as_decimal, cents_from_mollie_value, divide_half_up, mollie_value, vat_part_cents

cents = st.integers(-(10**12), 10**12)
rates = st.sampled_from([0, 600, 700, 900, 1900, 2100])


@given(numerator=st.integers(), denominator=st.integers(1, 10**9))
def test_division_is_the_nearest_whole_number_and_half_goes_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    got = divide_half_up(numerator, denominator)
    assert abs(got - exact) <= Fraction(1, 2)
    if abs(got - exact) == Fraction(1, 2):
        assert abs(got) > abs(exact)
    assert divide_half_up(-numerator, denominator) == -got


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_denominator_must_be_positive(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        divide_half_up(1, denominator)


@given(gross=st.integers(0, 10**10), rate=rates)
def test_vat_is_what_decimal_says(gross: int, rate: int) -> None:
    exact = Decimal(gross) * rate / (10_000 + rate)
    assert vat_part_cents(gross, rate) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(gross=st.integers(0, 10**10), rate=rates)
def test_vat_is_never_more_than_the_amount(gross: int, rate: int) -> None:
    assert 0 <= vat_part_cents(gross, rate) <= gross


@given(cents)
def test_an_amount_for_mollie_comes_back_as_it_went(amount: int) -> None:
    text = mollie_value(amount)
    assert text == str(as_decimal(amount))
    assert cents_from_mollie_value(text) == amount


@given(st.text(max_size=12))
def test_what_is_no_amount_is_refused(text: str) -> None:
    try:
        amount = cents_from_mollie_value(text)
    except ValueError:
        return
    assert mollie_value(abs(amount)) == text.lstrip("-").lstrip("0").rjust(len(mollie_value(abs(amount))), "0")


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.", "1.0", "1.000", ".50", "1,50", "1.5x", "x.50", "--1.00", "1.-5", "1e3.00", "٣.00", "1.٣٣"],
)
def test_these_are_no_amounts(text: str) -> None:
    with pytest.raises(ValueError):
        cents_from_mollie_value(text)
