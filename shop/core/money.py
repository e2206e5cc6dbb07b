"""Money in whole cents, VAT included; the one rounding function and the one way to write an amount.

VAT percentages are given in hundredths of a percent ("basis points"): 21 % is 2100.
"""

from decimal import Decimal

MAX_CENTS = 1_000_000_000  # ten million euros: above this a number is a mistake


def divide_half_up(numerator: int, denominator: int) -> int:
    """A whole quotient, rounded half away from zero, as the tax office rounds a cent."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, remainder = divmod(abs(numerator), denominator)
    if 2 * remainder >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def vat_part_cents(gross_cents: int, rate_basis_points: int) -> int:
    """The VAT inside an amount that includes it: gross × rate / (100 % + rate), in cents."""
    return divide_half_up(gross_cents * rate_basis_points, 10_000 + rate_basis_points)


def as_decimal(cents: int) -> Decimal:
    """Cents as an amount with exactly two decimals, in euros."""
    return Decimal(cents).scaleb(-2)


def mollie_value(cents: int) -> str:
    """An amount as Mollie wants it: euros as text with two decimals, "12.50"."""
    return f"{as_decimal(cents):.2f}"


def cents_from_mollie_value(value: str) -> int:
    """The cents in an amount as Mollie writes it; ValueError when it is not a two-decimal amount."""
    euros, dot, rest = value.partition(".")
    if dot != "." or len(rest) != 2 or not (euros.lstrip("-").isascii() and euros.lstrip("-").isdigit()):
        raise ValueError("not an amount with two decimals")
    if not (rest.isascii() and rest.isdigit()):
        raise ValueError("not an amount with two decimals")
    sign = -1 if euros.startswith("-") else 1
    return sign * (abs(int(euros)) * 100 + int(rest))
