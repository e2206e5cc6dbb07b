"""Values in the place of somebody's: plainly invented, and the same each time for the same value within one copy.

Which value stands for which is drawn with a key that is made for one copy and kept nowhere: nobody can go back.
"""

import base64
import hashlib
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, LargeBinary, String

from shop.core.personal_data import Category, Declaration

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
MOLLIE = re.compile(r"(tr|re|cpt|chb|ord)_\w{4,}")
SHORT = 20  # signs: postcodes, house numbers and the like keep their shape, not their signs
WORDS = {
    Category.NAME: "Verzonnen",
    Category.PROVIDED: "Verzonnen tekst",
    Category.LOCATION: "Verzonnen plek",
    Category.ACTIVITY: "Verzonnen spoor",
    Category.DEVICE: "Verzonnen browser",
}


@dataclass
class Inventor:
    """Invents the values of one copy."""

    known: Mapping[str, str] = field(default_factory=dict)  # what else people call a row by: its number
    password_hash: str = ""
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    earlier: timedelta = field(default_factory=lambda: timedelta(days=1 + secrets.randbelow(27)))

    def root(self, key: str) -> str:
        """The key of a person or browser."""
        return self._digest(f"key:{key}").hex()[:32]

    def moment(self, value: Any) -> Any:
        """A moment or day: all of them so much earlier, so that order and distances stay."""
        return value - self.earlier

    def number(self, value: str, turn: int = 0) -> str:
        """What stands for a number by which people call a row: of the same shape, and its beginning kept."""
        head, dash, tail = value.partition("-")
        return f"{head}-{self._shaped(tail, turn)}" if dash and len(tail) >= 5 else self._shaped(value, turn)

    def plain(self, value: Any) -> Any:
        """A value that says nothing about a person by itself; not so when it is a number known elsewhere."""
        if not isinstance(value, str):
            return value
        found = MOLLIE.fullmatch(value)
        return f"{found[1]}_copy{self.tag(value, 16)}" if found else self.known.get(value, value)

    def personal(self, column: Column[Any], declared: Declaration, value: Any) -> Any:
        """What stands in the place of a personal value; sums and codes of the shop's own stay as they are."""
        if isinstance(value, date):
            return self.moment(value)
        if isinstance(column.type, LargeBinary):
            return None if column.nullable else b""
        if not isinstance(value, str) or not value:
            return value
        if declared.category is not Category.DEVICE and declared.words and declared.words(value) is not None:
            return value
        return self._text(column, declared, value)

    def secret(self, column: Column[Any], value: Any) -> Any:
        """What stands in the place of a secret: nothing where it may be empty, otherwise what opens nothing."""
        if value is None or (column.nullable and not column.primary_key):
            return None
        if isinstance(value, str):
            if value.startswith("$argon2"):
                return self.password_hash
            length = column.type.length if isinstance(column.type, String) else None
            return "{}" if value.startswith("{") else secrets.token_hex(32)[: min(length or 64, 64)] if value else ""
        return b"" if isinstance(value, bytes) else 0

    def tag(self, value: str, length: int) -> str:
        """Some signs that are always the same for one value."""
        told = base64.b32encode(self._digest(value.casefold())).decode().lower()
        return told[:length]

    def _text(self, column: Column[Any], declared: Declaration, value: str) -> str:
        most = column.type.length if isinstance(column.type, String) else None
        if declared.category is Category.EMAIL or ADDRESS.fullmatch(value):
            return f"verzonnen-{self.tag(value, 12)}@example.com"
        if declared.category is Category.TELEPHONE:
            return f"+31600{int.from_bytes(self._digest(value)[:8]) % 10**6:06d}"
        if most is not None and most <= 2:  # a country: one of few, and VAT hangs on it
            return value
        if most is not None and most <= SHORT:
            return self._shaped(value)
        told = f"{WORDS.get(declared.category, 'Verzonnen') if declared.category else ''} {self.tag(value, 10)}"
        return told[-most:] if most else told

    def _shaped(self, value: str, turn: int = 0) -> str:
        """Other letters for letters and other digits for digits."""
        stream = self._digest(f"{turn}:{value}", size=64)
        told = [_other(sign, stream[place % 64]) for place, sign in enumerate(value)]
        return "".join(told)

    def _digest(self, value: str, size: int = 32) -> bytes:
        return hashlib.blake2b(value.encode(), key=self.key, digest_size=size).digest()


def _other(sign: str, number: int) -> str:
    for signs in (string.digits[1:], string.ascii_uppercase, string.ascii_lowercase):
        if sign in signs or (sign == "0" and signs[0] == "1"):
            return signs[number % len(signs)]
    return "x" if sign.isalpha() else sign
