"""Amounts: text with exactly a currency's decimals on the outside, whole minor units inside."""

import re
from typing import NamedTuple

from shop.payments.simulator.names import names
from shop.payments.simulator.problems import invalid
from shop.payments.simulator.store import Doc

CURRENCIES = names(
    "AED AUD BGN BRL CAD CHF CZK DKK EUR GBP HKD HUF ILS ISK JPY MXN MYR NOK NZD PHP PLN RON RUB SEK SGD THB TWD USD"
    " ZAR"
)
WITHOUT_DECIMALS = frozenset({"JPY", "ISK"})
HIGHEST_MINOR = 100_000_000_00


class Amount(NamedTuple):
    """A sum of money in minor units."""

    currency: str
    minor: int

    def document(self) -> dict[str, str]:
        """The sum as the API writes it."""
        return {"currency": self.currency, "value": self.text()}

    def text(self) -> str:
        """The number with its decimals."""
        if self.currency in WITHOUT_DECIMALS:
            return str(self.minor)
        sign, minor = ("-" if self.minor < 0 else ""), abs(self.minor)
        return f"{sign}{minor // 100}.{minor % 100:02d}"


def parse(sent: object, field: str = "amount", *, below_zero: bool = False) -> Amount:
    """Read an amount that was sent; anything inexact is refused."""
    if not isinstance(sent, dict) or set(sent) - {"currency", "value"}:
        raise invalid(f"The {field} should be an object with a currency and a value", field)
    currency, value = sent.get("currency"), sent.get("value")
    if currency not in CURRENCIES:
        raise invalid(f"The {field} has no currency that is supported", field)
    decimals = "" if currency in WITHOUT_DECIMALS else r"\.[0-9]{2}"
    if not isinstance(value, str) or len(value) > 20 or not re.fullmatch(rf"-?[0-9]+{decimals}", value):
        raise invalid(f"The {field} contains an invalid value: a text with the currency's decimals is expected", field)
    amount = Amount(str(currency), int(value.replace(".", "")))
    if amount.minor < 0 and not below_zero:
        raise invalid("The amount is lower than the minimum", field)
    return amount


def parse_payable(sent: object, field: str = "amount") -> Amount:
    """Read an amount that somebody is to pay: above zero and not absurdly high."""
    amount = parse(sent, field)
    if amount.minor <= 0:
        raise invalid("The amount is lower than the minimum", field)
    if amount.minor > HIGHEST_MINOR:
        raise invalid("The amount is higher than the maximum", field)
    return amount


def of(document: Doc) -> Amount:
    """An amount the simulator itself wrote down."""
    return Amount(document["currency"], int(document["value"].replace(".", "")))
