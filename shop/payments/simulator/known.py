"""Payments that a demo shop says it has, remembered as if they had been made here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shop.payments.simulator.store import Store
from shop.payments.simulator.world import iso, new_id, profile_of


@dataclass(frozen=True)
class Known:
    """One paid payment of the demo, and the chargeback that a bank made of all of it, if one did."""

    id: str
    value: str
    description: str
    redirect_url: str
    webhook_url: str
    metadata: str
    method: str
    made_at: datetime
    paid_at: datetime
    chargeback_id: str | None = None


def remember(state_path: str | Path, key: str, payments: Iterable[Known]) -> int:
    """Write payments into a simulator's memory, each once; how many were new."""
    store, profile, new = Store(state_path), profile_of(key), 0
    try:
        with store.transaction():
            for one in payments:
                if store.find("payment", one.id) is None:
                    _write(store, profile, one)
                    new += 1
    finally:
        store.close()
    return new


def _write(store: Store, profile: str, one: Known) -> None:
    amount = {"currency": "EUR", "value": one.value}
    made = one.made_at.timestamp()
    sent = {
        "description": one.description,
        "redirectUrl": one.redirect_url,
        "webhookUrl": one.webhook_url,
        "metadata": one.metadata,
        "locale": "nl_NL",
    }
    payment = {
        "id": one.id,
        "profileId": profile,
        "created": made,
        "status": "paid",
        "amount": amount,
        "sent": sent,
        "method": one.method,
        "wanted": [one.method],
        "times": {"paidAt": iso(one.paid_at.timestamp())},
        "checkoutToken": new_id(""),
        "stateToken": new_id(""),
        "expires": made + 900,
        "altered": {},
        "removed": [],
    }
    store.add("payment", payment)
    if one.chargeback_id is not None:
        chargeback = {
            "id": one.chargeback_id,
            "profileId": profile,
            "paymentId": one.id,
            "createdAt": iso(one.paid_at.timestamp() + 600),
            "amount": amount,
            "reason": None,
            "reversedAt": None,
        }
        store.add("chargeback", chargeback, parent=one.id)
