"""What a password, an e-mail address and a code must be."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from email_validator import EmailNotValidError, validate_email

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256  # in code points; every sign is allowed
LONGEST_EMAIL = 254
SHORTEST_WORD = 4  # shorter words about the shop or the customer may be part of a password

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without 0, 1, I, L, O and U: read wrongly, or making words
CODE_LENGTH = 8

MOST_ADDRESSES = 20
MOST_SESSIONS = 10

_SWAPS = str.maketrans("013457@$!€|", "oieastasiei")


class PasswordProblem(Enum):
    """Why a password is refused."""

    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    GUESSABLE = "holds the shop's name or the e-mail address"
    COMMON = "used by too many people"


def normalise_email(text: str) -> str:
    """An e-mail address as the shop keeps it, in small letters without spaces; ValueError when it is none."""
    typed = unicodedata.normalize("NFC", text.strip())
    if len(typed) > LONGEST_EMAIL:
        raise ValueError("too long for an e-mail address")
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise ValueError("not an e-mail address") from problem
    return (found.ascii_email or found.normalized).lower()


def _letters(text: str) -> str:
    """A text without what people put in to vary it: capitals, digits for letters, signs between."""
    swapped = unicodedata.normalize("NFKC", text).casefold().translate(_SWAPS)
    return "".join(sign for sign in swapped if sign.isalnum())


def leans_on(password: str, words: Iterable[str]) -> bool:
    """Whether a password holds one of these words in a simple disguise, as in "S0-Sera2026!!" for "So Sera"."""
    bare = "".join(sign for sign in password.casefold() if sign.isalnum())
    disguised = _letters(password)
    for word in words:
        plain = "".join(sign for sign in word.casefold() if sign.isalnum())
        if len(plain) >= SHORTEST_WORD and (plain in bare or _letters(word) in disguised):
            return True
    return False


def words_of(email: str, *names: str) -> list[str]:
    """What somebody would guess first: the names of the shop, and what stands before the @."""
    local = email.partition("@")[0]
    return [*names, local, local.partition("+")[0]]


def password_problem(password: str, *, words: Iterable[str], is_common: bool) -> PasswordProblem | None:
    """Why a password cannot be chosen, or None when it can."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordProblem.TOO_SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordProblem.TOO_LONG
    if is_common:
        return PasswordProblem.COMMON
    return PasswordProblem.GUESSABLE if leans_on(password, words) else None


def new_code() -> str:
    """A code to be mailed and typed: eight signs that cannot be taken for one another (39 bits)."""
    return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """A code as a person reads it: "ABCD-2345"."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """A code as it was mailed, from what somebody typed: in any case, with or without dash and spaces."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())[:40]


def is_new_device(device: str, known: Iterable[str], *, account_made_at: datetime, at: datetime) -> bool:
    """Whether a sign-in is worth a mail: from a device without a session, by an account that is not of today."""
    return device not in set(known) and at - account_made_at > timedelta(days=1)
