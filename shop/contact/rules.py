"""What a conversation is about, how long it may wait, and which numbers in a text nobody should read."""

import hashlib
import re
from datetime import date, datetime, timedelta

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


def proves_work(nonce: str, answer: str, bits: int = PROOF_BITS) -> bool:
    """Whether an answer to a puzzle costs what it should: the hash of both begins with so many zero bits."""
    digest = hashlib.sha256(f"{nonce}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def has_many_links(text: str) -> bool:
    """Whether a text looks like advertising: four addresses of pages, or more."""
    return len(re.findall(r"https?://|www\.", text, re.IGNORECASE)) > 3
