"""The sums of order lines, which Mollie checks to the cent."""

import re
from decimal import ROUND_HALF_UP, Decimal

from shop.payments.simulator import money
from shop.payments.simulator.money import Amount
from shop.payments.simulator.names import names
from shop.payments.simulator.problems import invalid

NAMES = names(
    "type description quantity quantityUnit unitPrice discountAmount totalAmount vatRate vatAmount sku categories"
    " imageUrl productUrl recurring"
)
TYPES = names("physical digital shipping_fee discount store_credit gift_card surcharge tip")
BELOW_ZERO = frozenset({"discount", "store_credit", "gift_card"})


def check(sent: object, total: Amount) -> None:
    """Refuse lines whose sums are off, or that do not add up to the payment's amount."""
    if not isinstance(sent, list) or not sent:
        raise invalid("The lines should be a list with at least one line", "lines")
    added = sum(_line_total(line, number, total.currency) for number, line in enumerate(sent))
    if added != total.minor:
        got = Amount(total.currency, added)
        raise invalid(
            "The amount of the order does not match the total amount from the order lines. Expected order amount to be"
            f" {_shown(got)} but got {_shown(total)}",
            "amount",
        )


def _line_total(line: object, number: int, currency: str) -> int:
    """Check one line and give what it adds."""
    field = f"lines.{number}"
    if not isinstance(line, dict):
        raise invalid(f"Line item {number + 1} is invalid. It should be an object", field)
    for name in line:
        if name not in NAMES:
            raise invalid(f'Non-existent body parameter "lines.{number}.{name}" for this API call', f"{field}.{name}")
    if not isinstance(line.get("description"), str) or not line["description"]:
        raise _off(number, "description", "is required")
    if line.get("type", "physical") not in TYPES:
        raise _off(number, "type", "is not a known type of line")
    quantity = line.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise _off(number, "quantity", "should be a whole number of at least 1")
    if len(str(line.get("sku") or "")) > 64:
        raise _off(number, "sku", "is longer than 64 characters")
    unit, total = (_amount(line, name, number, currency) for name in ("unitPrice", "totalAmount"))
    discount = _amount(line, "discountAmount", number, currency) if line.get("discountAmount") else 0
    if unit < 0 and line.get("type") not in BELOW_ZERO:
        raise _off(number, "unitPrice", "may not be negative for this type of line")
    if unit * quantity - discount != total:
        expected, got = Amount(currency, unit * quantity - discount), Amount(currency, total)
        raise _off(number, "totalAmount", f"is off. Expected to be {_shown(expected)}, got {_shown(got)}")
    _check_vat(line, number, total, currency)
    return total


def _check_vat(line: dict[str, object], number: int, total: int, currency: str) -> None:
    """The VAT of a line is its share of the total, rounded half up."""
    rate, sent = line.get("vatRate"), line.get("vatAmount")
    if rate is None and sent is None:
        return
    if not isinstance(rate, str) or not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", rate):
        raise _off(number, "vatRate", 'should be a text such as "21.00"')
    if sent is None:
        raise _off(number, "vatAmount", "is required with a vatRate")
    percent = Decimal(rate)
    expected = int((Decimal(total) * percent / (100 + percent)).quantize(Decimal(1), ROUND_HALF_UP))
    got = _amount(line, "vatAmount", number, currency)
    if got != expected:
        sum_shown = f"{_shown(Amount(currency, total))} × ({percent:.2f} / {100 + percent:.2f})"
        shown, answer = _shown(Amount(currency, expected)), _shown(Amount(currency, got))
        raise _off(number, "vatAmount", f"is off. Expected to be {shown} ({sum_shown}), got {answer}")


def _amount(line: dict[str, object], name: str, number: int, currency: str) -> int:
    amount = money.parse(line.get(name), f"lines.{number}.{name}", below_zero=True)
    if amount.currency != currency:
        raise _off(number, name, "has another currency than the payment")
    return amount.minor


def _off(number: int, name: str, what: str) -> Exception:
    return invalid(f"Line item {number + 1} is invalid. The '{name}' field {what}", f"lines.{number}.{name}")


def _shown(amount: Amount) -> str:
    return f"{amount.currency} {amount.text()}"
