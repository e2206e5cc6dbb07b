"""What a conversation is about, how long it may wait, and which numbers in a text nobody should read."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from stdnum import luhn
from stdnum.nl import bsn

from shop.core import clock
from shop.core.working_days import working_days_later

TOPICS = ("order", "product", "return", "privacy", "other")
"""What a visitor may choose; `security` has a form of its own."""
SECURITY = "security"

CUSTOMER, STAFF, TELEPHONE = "customer", "staff", "telephone"

ANSWER_WITHIN = 2
"""Working days in which a message is answered; after that it is flagged."""

LEAST_SECONDS = 3
"""Nobody reads a form and writes a message in less."""

PROOF_BITS = 16

BSN, CARD = "bsn", "card"

_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ .\-]?[0-9]+)*(?![0-9A-Za-z])")
_BSN_GROUPS = ((9,), (3, 3, 3), (4, 2, 3), (4, 5), (5, 4), (2, 3, 4), (3, 2, 4))
_CARD_GROUPS = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 6, 5), (4, 6, 4))


def answer_due_on(since: datetime) -> date:
    """The last day on which an answer is in time."""
    return working_days_later(clock.local_date(since), ANSWER_WITHIN)


def is_overdue(since: datetime | None, at: datetime) -> bool:
    """Whether somebody has waited longer than the shop promises."""
    return since is not None and clock.local_date(at) > answer_due_on(since)


def waits_too_long_before(at: datetime) -> datetime:
    """Who has waited since before this moment is overdue; found by going back day by day from `at`."""
    today = clock.local_date(at)
    day = today
    while working_days_later(day, ANSWER_WITHIN) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), clock.AMSTERDAM)


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


def without_numbers(text: str, instead: str) -> str:
    """A text in which other words stand in the place of such numbers."""
    for start, end, _kind_of in reversed(sensitive_numbers(text)):
        text = f"{text[:start]}{instead}{text[end:]}"
    return text


def proves_work(nonce: str, answer: str, bits: int = PROOF_BITS) -> bool:
    """Whether an answer to a puzzle costs what it should: the hash of both begins with so many zero bits."""
    digest = hashlib.sha256(f"{nonce}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def has_many_links(text: str) -> bool:
    """Whether a text looks like advertising: four addresses of pages, or more."""
    return len(re.findall(r"https?://|www\.", text, re.IGNORECASE)) > 3
