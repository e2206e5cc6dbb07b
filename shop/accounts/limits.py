"""How often somebody may try: by typed address, by visitor, and by all together.

Nobody is ever locked out: waiting grows with the tries (several windows at once), what one visitor does to an
address counts against that visitor first, and a reset by code stays open while signing in is being attacked.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from shop.accounts.rules import normalise_email
from shop.accounts.users import current_session
from shop.core.access import View
from shop.core.security import limit_key, limit_key_of, limiter

Limit = Callable[[View], View]


def _typed_address() -> str:
    typed = request.form.get("email", "")
    try:
        return limit_key_of(normalise_email(typed))
    except ValueError:
        return limit_key_of(typed.strip().casefold()[:300])


def _typed_address_here() -> str:
    return limit_key_of(_typed_address() + limit_key())


def _person() -> str:
    return limit_key_of(current_session().person_id or "")


def _was_wrong(response: Response) -> bool:
    return response.status_code == 422


def _was_mailed(response: Response) -> bool:
    return response.status_code == 200


def _limits(scope: str, *windows: tuple[Callable[[], str], str], counts: Callable[[Response], bool]) -> Limit:
    def guard(view: View) -> View:
        options: dict[str, Any] = {"methods": ["POST"], "deduct_when": counts}
        for number, (key, allowed) in enumerate(windows):
            view = limiter.shared_limit(allowed, scope=f"{scope}-{number}", key_func=key, **options)(view)
        return view

    return guard


limit_sign_in = _limits(
    "sign-in",
    (_typed_address_here, "5 per 5 minutes; 10 per 30 minutes; 20 per 3 hours; 40 per day"),
    (_typed_address, "20 per 30 minutes; 60 per 6 hours"),
    (limit_key, "20 per 15 minutes; 60 per 3 hours; 200 per day"),
    (lambda: "all", "600 per minute"),
    counts=_was_wrong,
)
"""Wrong passwords: those of one visitor for one account, for one account, of one visitor, of all."""

limit_mails = _limits(
    "account-mails",
    (_typed_address, "5 per hour; 10 per day"),
    (limit_key, "20 per hour; 60 per day"),
    (lambda: "all", "120 per minute"),
    counts=_was_mailed,
)
"""Messages that anybody can have sent to an address: codes, and "you already have an account"."""

limit_codes = _limits(
    "account-codes",
    (_typed_address_here, "15 per hour; 40 per day"),
    (limit_key, "40 per hour; 150 per day"),
    counts=_was_wrong,
)
"""Wrong codes, besides the five tries that each code has."""

limit_own_mails = _limits(
    "own-mails",
    (_person, "5 per hour; 10 per day"),
    (lambda: "all", "120 per minute"),
    counts=_was_mailed,
)
"""Codes that somebody inside a session has sent to the address that is theirs."""

limit_own_codes = _limits(
    "own-codes",
    (_person, "15 per hour; 40 per day"),
    counts=_was_wrong,
)
"""Wrong codes inside a session."""

limit_downloads = limiter.shared_limit(
    "5 per hour; 10 per day",
    scope="downloads",
    key_func=_person,
    deduct_when=_was_mailed,
)
"""Downloads of all of somebody's data."""

limit_current_password = _limits(
    "current-password",
    (_person, "5 per 5 minutes; 10 per 30 minutes; 20 per 3 hours"),
    counts=_was_wrong,
)
"""Wrong current passwords inside a session."""
