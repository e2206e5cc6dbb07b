"""Messages about signing in. Each tells what happened, and what to do when it was not you."""

import secrets
from datetime import date, datetime
from typing import Any

from shop.accounts.models import Account
from shop.core.devices import device_text
from shop.mail.messages import queue_mail


def _queue(message: str, *, to: str, language: str, at: datetime, person_id: str, **values: Any) -> None:
    queue_mail(
        message,
        key=f"{message}:{secrets.token_hex(12)}",  # each time it happens is a message of its own
        to=to,
        language=language,
        at=at,
        person_id=person_id,
        **values,
    )


def queue_code(
    purpose: str, code: str, *, to: str, language: str, at: datetime, person_id: str, is_plain: bool = False
) -> None:
    """The code that proves this mailbox, and what it is for."""
    told = {"purpose": purpose, "code": code, "is_plain": is_plain}
    _queue("account_code", to=to, language=language, at=at, person_id=person_id, **told)


def queue_account_exists(account: Account, language: str, at: datetime) -> None:
    """Somebody, probably its owner, tried to make an account that is there already."""
    _queue("account_exists", to=account.email, language=language, at=at, person_id=account.person_id)


def queue_password_changed(account: Account, language: str, at: datetime) -> None:
    """The password is another one now."""
    _queue("account_password_changed", to=account.email, language=language, at=at, person_id=account.person_id)


def queue_new_device(account: Account, language: str, device: str, at: datetime) -> None:
    """Somebody signed in from a device that had no session."""
    _queue(
        "account_new_device",
        to=account.email,
        language=language,
        at=at,
        person_id=account.person_id,
        device=device,
        device_text=device_text,
        signed_in_at=at,
    )


def queue_idle(account: Account, *, goes_on: date, at: datetime) -> None:
    """Nobody has signed in for two years: the account goes, unless somebody does."""
    _queue(
        "account_idle",
        to=account.email,
        language=account.person.language,
        at=at,
        person_id=account.person_id,
        goes_on=goes_on,
    )
