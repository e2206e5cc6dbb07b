"""What the shop takes from Mollie's answers: a white-list. Names, account numbers and card data stop here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app

from shop.core.money import cents_from_mollie_value

ID = re.compile(r"^tr_[A-Za-z0-9]{4,64}$")
MOVEMENT_ID = re.compile(r"^(re|cpt)_[A-Za-z0-9]{1,60}$")

T = TypeVar("T")


@dataclass(frozen=True)
class Movement:
    """All that the shop takes from a refund or a capture of Mollie's."""

    id: str
    status: str
    cents: int
    created_at: datetime | None
    token: str | None


@dataclass(frozen=True)
class Chargeback:
    """All that the shop takes from a chargeback of Mollie's."""

    id: str
    cents: int
    is_reversed: bool


@dataclass(frozen=True)
class Answer:
    """All that the shop takes from a payment of Mollie's."""

    id: str
    status: str
    mode: str
    method: str | None
    amount_cents: int
    currency: str
    created_at: datetime | None
    expires_at: datetime | None
    paid_at: datetime | None
    token: str | None  # our own, from the metadata
    refunded_cents: int
    charged_back_cents: int
    checkout_url: str | None
    is_cancelable: bool
    is_captured_later: bool = False
    captured_cents: int = 0
    capture_before: datetime | None = None
    refunds: tuple[Movement, ...] | None = None  # None: not told with this answer
    captures: tuple[Movement, ...] | None = None
    chargebacks: tuple[Chargeback, ...] | None = None


def read_payment(raw: Mapping[str, Any]) -> Answer:
    """A payment as Mollie answers it."""
    found_id = raw["id"]
    if not isinstance(found_id, str) or not ID.match(found_id):
        raise ValueError("not an id of a payment")
    told = raw.get("_embedded") or {}
    chargebacks = _each(told, "chargebacks", read_chargeback)
    return Answer(
        id=found_id,
        status=short_text(raw["status"]),
        mode=short_text(raw["mode"]),
        method=short_text(raw["method"]) if raw.get("method") else None,
        amount_cents=read_cents(raw["amount"]),
        currency=short_text(raw["amount"]["currency"]),
        created_at=read_moment(raw.get("createdAt")),
        expires_at=read_moment(raw.get("expiresAt")),
        paid_at=read_moment(raw.get("paidAt")),
        token=_token(raw),
        refunded_cents=read_cents(raw.get("amountRefunded")),
        charged_back_cents=_charged_back(raw, chargebacks),
        is_captured_later=raw.get("captureMode") == "manual",
        captured_cents=read_cents(raw.get("amountCaptured")),
        capture_before=read_moment(raw.get("captureBefore")),
        checkout_url=_checkout_url(raw),
        is_cancelable=raw.get("isCancelable") is True,
        refunds=_each(told, "refunds", read_movement),
        captures=_each(told, "captures", read_movement),
        chargebacks=chargebacks,
    )


def read_movement(raw: Mapping[str, Any]) -> Movement:
    """A refund or a capture as Mollie answers it."""
    found_id = raw["id"]
    if not isinstance(found_id, str) or not MOVEMENT_ID.match(found_id):
        raise ValueError("not an id of a refund or a capture")
    return Movement(
        id=found_id,
        status=short_text(raw["status"]),
        cents=read_cents(raw["amount"]),
        created_at=read_moment(raw.get("createdAt")),
        token=_token(raw),
    )


def read_chargeback(raw: Mapping[str, Any]) -> Chargeback:
    """A chargeback as Mollie answers it."""
    return Chargeback(
        id=short_text(raw["id"]), cents=read_cents(raw["amount"]), is_reversed=raw.get("reversedAt") is not None
    )


def _each(told: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...] | None:
    """What was sent along under a name, read one by one; None when nothing was sent along."""
    found = told.get(name)
    return None if found is None else tuple(read(one) for one in found)


def _charged_back(raw: Mapping[str, Any], chargebacks: tuple[Chargeback, ...] | None) -> int:
    """What the bank has taken back and not returned; each chargeback says it better than the sum."""
    if chargebacks is None:
        return read_cents(raw.get("amountChargedBack"))
    return sum(one.cents for one in chargebacks if not one.is_reversed)


def _token(raw: Mapping[str, Any]) -> str | None:
    """Our own word in the metadata."""
    token = raw.get("metadata")
    return token if isinstance(token, str) else None


def read_cents(raw: Mapping[str, Any] | None) -> int:
    """An amount of Mollie's in cents; what is not there is nothing."""
    return cents_from_mollie_value(raw["value"]) if raw else 0


def short_text(value: object) -> str:
    """A word of Mollie's, if it is one."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > 80:
        raise ValueError("not a short text")
    return value


def read_moment(value: object) -> datetime | None:
    """A time as Mollie writes it, now with an offset, in older answers with a Z."""
    if not isinstance(value, str):
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _checkout_url(raw: Mapping[str, Any]) -> str | None:
    """Where the customer pays, if that is a page of Mollie's, or of the simulator that this shop talks to."""
    url = ((raw.get("_links") or {}).get("checkout") or {}).get("href")
    if not isinstance(url, str) or len(url) > 1023 or not url.isprintable():
        return None
    parts, own = urlsplit(url), urlsplit(current_app.config["MOLLIE_API_URL"])
    host = parts.hostname or ""
    if parts.scheme == "https" and (host == "mollie.com" or host.endswith(".mollie.com")):
        return url
    is_own = (parts.scheme, parts.netloc) == (own.scheme, own.netloc) and current_app.config[
        "ENVIRONMENT"
    ] != "production"
    is_live = current_app.config["MOLLIE_API_KEY"].startswith("live_")
    return url if is_own and not is_live else None
