"""Numbers that nobody should read: a citizen service number (BSN), which no shop may have (UAVG art. 46), and a card's.

The one place that finds them, in a message as in a request; what was typed is shown and taken out.
"""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.nl import bsn

BSN, CARD = "bsn", "card"
COVER = "▇▇▇▇▇▇▇▇▇"

_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ .\-]?[0-9]+)*(?![0-9A-Za-z])")
_BSN_GROUPS = ((9,), (3, 3, 3), (4, 2, 3), (4, 5), (5, 4), (2, 3, 4), (3, 2, 4))
_CARD_GROUPS = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 6, 5), (4, 6, 4))


def sensitive_numbers(text: str) -> list[tuple[int, int, str]]:
    """Where a text has a citizen service number (11-test) or a card number (Luhn): start, end, kind."""
    found: list[tuple[int, int, str]] = []
    for run in _RUN.finditer(text):
        groups = [(m.start() + run.start(), m.group()) for m in re.finditer(r"[0-9]+", run.group())]
        found += _in_groups(groups)
    return found


def _in_groups(groups: list[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    first = 0
    while first < len(groups):
        step = 1
        for last in range(min(len(groups), first + 5), first, -1):
            part = groups[first:last]
            kind = _kind(tuple(len(digits) for _at, digits in part), "".join(digits for _at, digits in part))
            if kind:
                yield part[0][0], part[-1][0] + len(part[-1][1]), kind
                step = last - first
                break
        first += step


def _kind(sizes: tuple[int, ...], digits: str) -> str:
    if sizes in _BSN_GROUPS and bsn.is_valid(digits):
        return BSN
    is_card_like = sizes in _CARD_GROUPS or (len(sizes) == 1 and 13 <= len(digits) <= 19)
    if is_card_like and len(set(digits)) > 1 and luhn.is_valid(digits):
        return CARD
    return ""


def kinds_in(text: str) -> str:
    """The kinds of numbers in a text that nobody should read, as stored: "bsn", "card", "bsn card" or nothing."""
    return " ".join(sorted({kind for _start, _end, kind in sensitive_numbers(text)}))


def without_numbers(text: str, instead: str, kinds: tuple[str, ...] = (BSN, CARD)) -> str:
    """A text in which other words stand in the place of such numbers."""
    for start, end, kind in reversed(sensitive_numbers(text)):
        if kind in kinds:
            text = f"{text[:start]}{instead}{text[end:]}"
    return text


def citizen_numbers(text: str | None) -> list[str]:
    """What in a text passes the test of a BSN, as it stands there."""
    text = text or ""
    return [text[start:end] for start, end, kind in sensitive_numbers(text) if kind == BSN]


def without_citizen_numbers(text: str) -> str:
    """The text with each BSN made unreadable."""
    return without_numbers(text, COVER, (BSN,))
