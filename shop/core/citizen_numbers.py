"""Citizen service numbers (BSN): no shop may have one (UAVG art. 46); one that was typed is shown and taken out."""

import re

from stdnum.nl import bsn

_DIGITS = re.compile(r"(?<![\d.,])(?:\d[ .-]?){7,8}\d(?!\d|[.,]\d)")


def citizen_numbers(text: str | None) -> list[str]:
    """What in a text passes the test of a BSN, as it stands there."""
    return [found for found in _DIGITS.findall(text or "") if _is_number(found)]


def without_citizen_numbers(text: str) -> str:
    """The text with each BSN made unreadable."""
    return _DIGITS.sub(lambda found: "▇▇▇▇▇▇▇▇▇" if _is_number(found[0]) else found[0], text)


def _is_number(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return len(digits) == 9 and bool(bsn.is_valid(digits))
