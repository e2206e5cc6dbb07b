"""What Mollie is told about an order: the least that a method needs (GDPR art. 5(1)(c))."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from shop.config import MOLLIE
from shop.core.i18n import LOCALES, public_url
from shop.orders.models import Order, OrderAddress
from shop.orders.queries import priced_lines
from shop.payments import rules
from shop.payments.models import PaymentAttempt
from shop.payments.mollie_gateway import amount
from shop.pricing.rules import PricedLine

PAYMENT_FIELDS = ("order_number", "amount")
"""What Mollie is told of every payment; noted in the ledger of disclosures, as all that follows."""
ADDRESS_FIELDS = (
    *("given_name", "family_name", "street", "house_number", "addition", "postcode", "town", "country", "email"),
)
"""What pay-later methods are told of a person."""
LINE_FIELDS = ("what_you_bought",)
"""What some of them are told of an order."""


def fields_told(method: str) -> tuple[str, ...]:
    """Which data of a person and their order a payment by this method tells Mollie."""
    return (
        *PAYMENT_FIELDS,
        *(ADDRESS_FIELDS if method in rules.NEEDS_ADDRESS else ()),
        *(LINE_FIELDS if method in rules.NEEDS_LINES else ()),
    )


def payment_body(order: Order, attempt: PaymentAttempt) -> dict[str, Any]:
    """The request for one payment; equal for the same order and attempt, so that it can be repeated with its key."""
    body: dict[str, Any] = {
        "amount": amount(attempt.amount_cents),
        "description": order.number,
        "redirectUrl": public_url("aftersale.order", order.language, token=order.return_token),
        "locale": LOCALES[order.language],
        "metadata": attempt.token,
    }
    if attempt.method:
        body["method"] = attempt.method
    if attempt.is_captured_later:
        body["captureMode"] = "manual"
    if can_be_called():
        body["webhookUrl"] = public_url("payments.webhook", "nl", token=attempt.token)
    if attempt.method in rules.NEEDS_ADDRESS:
        body["billingAddress"] = _address(order)
    if attempt.method in rules.NEEDS_LINES:
        body["lines"] = _lines(order)
    return without(body, attempt.left_out.split(","))


def without(body: dict[str, Any], parts: Collection[str]) -> dict[str, Any]:
    """A request without some of its parts."""
    return {name: value for name, value in body.items() if name not in parts}


def can_be_called() -> bool:
    """Whether the shop's address is one that Mollie accepts to call; the simulator on this machine accepts all."""
    if current_app.config["MOLLIE_API_URL"] != MOLLIE:
        return True
    return rules.is_reachable_from_outside(urlsplit(current_app.config["PUBLIC_URL"]).hostname or "")


def billing_address(order: Order) -> OrderAddress | None:
    """The address that papers carry: the billing address, or that of delivery."""
    found = {address.kind: address for address in order.addresses if address.street}
    return found.get("billing") or found.get("shipping")


def _address(order: Order) -> dict[str, str]:
    address = billing_address(order)
    if address is None or order.email is None:
        return {}
    return {
        "givenName": address.given_name,
        "familyName": address.family_name,
        "streetAndNumber": f"{address.street} {address.house_number}{address.addition}",
        "postalCode": address.postcode,
        "city": address.town,
        "country": address.country,
        "email": order.email,
    }


def _lines(order: Order) -> list[dict[str, Any]]:
    """The order's lines so that Mollie's sums hold to the cent."""
    priced = priced_lines(order)
    sold, delivery = priced[: len(order.lines)], priced[len(order.lines) :]
    lines = [
        {
            "type": "physical" if line.kind == "goods" else "digital",
            "description": line.name[:255],
            "sku": line.sku,
            **_price(one),
        }
        for line, one in zip(order.lines, sold, strict=True)
    ]
    fee = {"type": "shipping_fee", "description": (order.shipping_name or "-")[:255]}
    return lines + [{**fee, **_price(one)} for one in delivery]


def _price(line: PricedLine) -> dict[str, Any]:
    whole, rest = divmod(line.vat_basis_points, 100)
    discount = {"discountAmount": amount(line.discount_cents)} if line.discount_cents else {}
    return {
        "quantity": line.quantity,
        "unitPrice": amount(line.unit_price_cents),
        **discount,
        "totalAmount": amount(line.total_cents),
        "vatRate": f"{whole}.{rest:02d}",
        "vatAmount": amount(line.vat_cents),
    }
