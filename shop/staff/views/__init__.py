"""Screens of the back office, by subject."""

from shop.staff.audit import init_audit
from shop.staff.views import (
    analytics,
    attention,
    books,
    changes,
    collections,
    corrections,
    fulfilment,
    home,
    ledgers,
    message_templates,
    messages,
    orders,
    parcels,
    products,
    reconciliation,
    refunds,
    retention,
    returns,
    shipping,
    signing_in,
    team,
    variants,
    words,
)
from shop.staff.views.blueprint import bp

init_audit(bp)

__all__ = [
    "analytics",
    "attention",
    "books",
    "bp",
    "changes",
    "collections",
    "corrections",
    "fulfilment",
    "home",
    "ledgers",
    "message_templates",
    "messages",
    "orders",
    "parcels",
    "products",
    "reconciliation",
    "refunds",
    "retention",
    "returns",
    "shipping",
    "signing_in",
    "team",
    "variants",
    "words",
]
