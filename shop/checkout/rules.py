"""What the checkout decides without asking anybody."""

import hashlib
from dataclasses import dataclass

SERVICE, DOWNLOAD, GOODS = "service", "download", "goods"
ONLINE = "online"
"""The choice "pay online" when it is not known which methods Mollie offers: it asks that on its own page."""


@dataclass(frozen=True)
class PaymentChoice:
    """A way to pay: a method of Mollie's, or paying when picking up."""

    value: str
    name: str
    pays_by: str
    tells_address: bool = False  # Mollie is told name and address with this one


def placement_key(cart_id: int, version: int) -> str:
    """The key under which a cart becomes an order once, as long as it is not changed."""
    return hashlib.sha256(f"{cart_id}:{version}".encode()).hexdigest()


def needs_express_request(kinds: set[str]) -> bool:
    """Whether something could start within the withdrawal period, which only the customer may ask for (6:230p BW)."""
    return bool(kinds & {SERVICE, DOWNLOAD})
