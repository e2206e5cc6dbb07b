"""Sums of prices and VAT, whatever the prices are."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shop.pricing.rules import PricedLine, shipping_vat_basis_points, totals, vat_country, vat_summary

rates = st.sampled_from([0, 600, 700, 900, 1900, 2100])
lines = st.lists(st.builds(PricedLine, st.integers(1, 99), st.integers(0, 100_000_000), rates), min_size=1, max_size=50)
shipping = st.integers(0, 100_000)


@given(lines, shipping)
def test_the_total_is_the_sum_of_lines_and_delivery(bought, cents):
    found = totals(bought, cents)
    assert found.items_cents == sum(line.quantity * line.unit_price_cents for line in bought)
    assert found.total_cents == found.items_cents + cents
    assert all(isinstance(number, int) for number in (found.total_cents, found.vat_cents))


@given(lines, shipping)
def test_the_vat_summary_accounts_for_every_cent(bought, cents):
    found = totals(bought, cents)
    assert sum(part.gross_cents for part in found.vat) == found.total_cents
    assert sum(part.net_cents + part.vat_cents for part in found.vat) == found.total_cents
    assert 0 <= found.vat_cents <= found.total_cents


@given(lines)
def test_each_line_holds_its_vat_to_the_nearest_cent(bought):
    for line in bought:
        exact = Fraction(line.total_cents * line.vat_basis_points, 10_000 + line.vat_basis_points)
        assert abs(line.vat_cents - exact) <= Fraction(1, 2)


@given(lines)
def test_rates_are_named_once_and_highest_first(bought):
    named = [part.basis_points for part in vat_summary(bought)]
    assert named == sorted(set(named), reverse=True)


@given(lines, st.randoms())
def test_the_order_of_lines_changes_nothing(bought, random):
    mixed = list(bought)
    random.shuffle(mixed)
    assert totals(mixed, 495) == totals(bought, 495)


@given(lines)
def test_delivery_follows_the_largest_share(bought):
    rate = shipping_vat_basis_points(bought)
    share = {
        r: sum(line.total_cents for line in bought if line.vat_basis_points == r) for r in (0, 600, 900, 2100, rate)
    }
    assert all(share[rate] >= other for other in share.values())


def test_of_equal_shares_delivery_follows_the_highest_rate():
    assert shipping_vat_basis_points([PricedLine(1, 1000, 900), PricedLine(1, 1000, 2100)]) == 2100


def test_a_known_sum():
    found = totals([PricedLine(2, 1250, 2100), PricedLine(1, 1090, 900)], 495)
    assert (found.items_cents, found.total_cents, found.shipping_vat_basis_points) == (3590, 4085, 2100)
    assert [(part.basis_points, part.gross_cents, part.vat_cents) for part in found.vat] == [
        (2100, 2995, 434 + 86),
        (900, 1090, 90),
    ]


def test_free_delivery_has_no_vat_of_its_own():
    found = totals([PricedLine(1, 6000, 2100)], 0)
    assert found.shipping_vat_basis_points == 0
    assert found.vat_cents == 1041


def test_whose_vat_applies():
    assert vat_country("goods", sent_to="BE", is_sent=True) == "BE"
    assert vat_country("goods", sent_to="BE", is_sent=False) == "NL"
    assert vat_country("service", sent_to="DE", is_sent=True) == "NL"
    assert vat_country("download", sent_to="DE", is_sent=False) == "DE"
