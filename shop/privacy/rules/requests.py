"""The clock of a request about rights, who must prove what, and what may be decided: plain values in, an answer out."""

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from shop.core.errors import ShopError
from shop.core.working_days import working_days_later

ACCESS, CORRECTION, ERASURE, PORTABILITY = "access", "correction", "erasure", "portability"
CONSENT, OBJECTION, RESTRICTION, CHILD = "consent", "objection", "restriction", "child"
KINDS = (ACCESS, CORRECTION, ERASURE, PORTABILITY, CONSENT, OBJECTION, RESTRICTION, CHILD)

FORM, EMAIL, TELEPHONE, POST = "form", "email", "telephone", "post"
CHANNELS = (FORM, EMAIL, TELEPHONE, POST)

SIGNED_IN, MAILBOX, BY_ORDER, BY_VISIT, BY_CALL, BY_ID_COPY = (
    "signed_in",
    "mailbox",
    "order",
    "visit",
    "call",
    "id_copy",
)
PROOFS = (SIGNED_IN, MAILBOX, BY_ORDER, BY_VISIT, BY_CALL, BY_ID_COPY)

GRANTED, PARTLY, REFUSED = "granted", "partly", "refused"
DECISIONS = (GRANTED, PARTLY, REFUSED)

TERM = timedelta(days=28)
WARN_BEFORE = timedelta(days=7)
ALARM_BEFORE = timedelta(days=2)
MONTHS_MORE = 2
CHILD_WORKING_DAYS = 2
WAY_LIFE = timedelta(days=14)  # how long the link in an answer leads to the data

BY_MACHINE = frozenset({ACCESS, CORRECTION, ERASURE, PORTABILITY, CHILD})
"""What the program then does, or opens, for who asked: nobody whom we do not know may be granted it."""


class Stage(Enum):
    """How pressing a request is."""

    DECIDED = "decided"
    IN_TIME = "in_time"
    WARNING = "warning"
    ALARM = "alarm"
    LATE = "late"


class NoReason(ShopError):
    """A decision or an extension needs a reason."""


class NotProved(ShopError):
    """It must be known that it is them, before their data is shown, changed or erased."""


class AlreadyDecided(ShopError):
    """Somebody has decided about it already."""


class TooLateToExtend(ShopError):
    """More time must be asked for before the 28th day."""


class NothingStays(ShopError):
    """An erasure that is granted in part needs something that stays, or it is granted whole."""


class NoLastResort(ShopError):
    """A copy of an identity document may not be asked for here."""


def due_on(received_on: date, kind: str = "") -> date:
    """The last day to answer: 28 days after receipt, stricter than the month of art. 12(3) (policy: four weeks).

    A claim about a child is decided within two working days.
    """
    return working_days_later(received_on, CHILD_WORKING_DAYS) if kind == CHILD else received_on + TERM


def latest_due_on(received_on: date) -> date:
    """The last day that an extension can give: the month of art. 12(3), and two more; never past what the law gives."""
    year, month = divmod(received_on.year * 12 + received_on.month - 1 + 1 + MONTHS_MORE, 12)
    return date(year, month + 1, min(received_on.day, monthrange(year, month + 1)[1]))


def stage(*, due: date, today: date, is_decided: bool) -> Stage:
    """Where a request stands: a warning from seven days before its last day, an alarm from two, late once it is past.

    Without an extension that is day 21, day 26 and day 29.
    """
    if is_decided:
        return Stage.DECIDED
    if today > due:
        return Stage.LATE
    if today >= due - ALARM_BEFORE:
        return Stage.ALARM
    return Stage.WARNING if today >= due - WARN_BEFORE else Stage.IN_TIME


def may_extend(received_on: date, *, today: date, is_extended: bool, is_decided: bool) -> bool:
    """Whether more time may still be taken: once, and told before day 28."""
    return not is_extended and not is_decided and today < due_on(received_on)


def extended_due_on(received_on: date, *, reason: str, today: date, is_extended: bool, is_decided: bool) -> date:
    """The new last day of a request that is complex; it needs a reason, and must be told before day 28."""
    if not reason.strip():
        raise NoReason
    if not may_extend(received_on, today=today, is_extended=is_extended, is_decided=is_decided):
        raise TooLateToExtend
    return latest_due_on(received_on)


def erases(kind: str, decision: str) -> bool:
    """Whether a decision has the program erase somebody."""
    return kind in (ERASURE, CHILD) and decision in (GRANTED, PARTLY)


def gives_way(kind: str, decision: str, proof: str) -> bool:
    """Whether the answer leads who asked to their own data."""
    return kind in (ACCESS, PORTABILITY, CORRECTION) and decision in (GRANTED, PARTLY) and proof != ""


def may_carry_way(email: str | None, known_email: str | None, proof: str) -> bool:
    """Whether the answer itself may open the data: never at another address than the mailbox that was proved."""
    return bool(email) and (proof != MAILBOX or email == known_email)


def check_decision(decision: str, *, reason: str, is_decided: bool, kind: str = "", proof: str = "") -> None:
    """A decision is made once and tells why; a program never makes one (policy: no automated decisions)."""
    if is_decided:
        raise AlreadyDecided
    if decision not in DECISIONS:
        raise ValueError(decision)
    if not reason.strip():
        raise NoReason
    if decision != REFUSED and kind in BY_MACHINE and not proof:
        raise NotProved


def may_ask_id_copy(kind: str, *, is_signed_in: bool, has_mailbox: bool) -> bool:
    """Whether a copy of an identity document may be asked for: access alone, by a guest without the known mailbox."""
    return kind == ACCESS and not is_signed_in and not has_mailbox


def proof_allows_id_copy(kind: str, proof: str) -> bool:
    """The same, asked of how a request was proved so far: whoever is proved in any way needs no document."""
    return proof == "" and may_ask_id_copy(kind, is_signed_in=proof == SIGNED_IN, has_mailbox=proof == MAILBOX)
