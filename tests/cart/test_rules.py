"""How many pieces a line may hold, and which numbers are numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.cart.rules import (
    SOLD_OUT,
    TOO_MANY,
    UNAVAILABLE,
    TooMany,
    problem_with,
    quantity_after_adding,
    quantity_after_joining,
    read_number,
)


@given(st.integers(0, 99), st.integers(1, 10**18), st.none() | st.integers(0, 500))
def test_a_line_never_holds_more_than_there_is(in_cart, wanted, stock):
    most = 99 if stock is None else min(99, stock)
    if in_cart + wanted <= most:
        assert quantity_after_adding(in_cart, wanted, stock=stock) == in_cart + wanted
        return
    with pytest.raises(TooMany) as problem:
        quantity_after_adding(in_cart, wanted, stock=stock)
    assert problem.value.available in (99, stock)


@given(st.integers(0, 99), st.integers(1, 99), st.none() | st.integers(0, 500))
def test_joining_two_carts_stays_within_the_stock(mine, added, stock):
    found = quantity_after_joining(mine, added, stock=stock)
    assert 1 <= found <= 99
    assert stock is None or found <= max(stock, 1)


def test_why_a_line_cannot_be_ordered():
    assert problem_with(is_for_sale=False, stock=5, quantity=1) == UNAVAILABLE
    assert problem_with(is_for_sale=True, stock=0, quantity=1) == SOLD_OUT
    assert problem_with(is_for_sale=True, stock=2, quantity=3) == TOO_MANY
    assert problem_with(is_for_sale=True, stock=3, quantity=3) is None
    assert problem_with(is_for_sale=True, stock=None, quantity=99) is None


@pytest.mark.parametrize(("typed", "number"), [("0", 0), (" 7 ", 7), ("007", 7), ("99", 99)])
def test_ordinary_digits_are_a_number(typed, number):
    assert read_number(typed, largest=99) == number


@pytest.mark.parametrize(
    "typed", [None, "", "-1", "+1", "1.5", "1,5", "1e3", "٣", "²", "one", "0x10", "1_0", "100", "9" * 5000, "1 2"]
)
def test_anything_else_is_none(typed):
    assert read_number(typed, largest=99) is None


@given(st.text())
def test_whatever_is_sent_gives_a_small_number_or_none(typed):
    number = read_number(typed, largest=99)
    assert number is None or 0 <= number <= 99
