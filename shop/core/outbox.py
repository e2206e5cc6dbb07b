"""The outbox: every effect on the outside world is a row, written in the same transaction as its cause.

The worker carries rows out, repeats them with back-off and gives up in view of staff. A row is claimed with a lease,
so that a worker that is killed loses nothing: the next one finds the row when the lease is over. Carrying out is
therefore "at least once"; every handler must make twice as good as once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Connection, Index, LargeBinary, String, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlalchemy.orm import Mapped

from shop.core import clock
from shop.core.db import Model, db, is_postgresql, writing
from shop.core.personal_data import Category, Erase, Event, Keep, Purpose, Recipient, personal, plain, register, subject

LEASE = timedelta(minutes=1)
BACK_OFF = (60, 120, 300, 900, 3600, 7200, 21600)  # seconds; the last one repeats
GIVE_UP_AFTER = timedelta(days=5)
MAX_ATTEMPTS = 60  # more than the back-off allows in that time: the row kills whoever takes it
AFTER_HANDING_OVER = Keep(Event.HANDED_OVER, days=30)

log = structlog.get_logger()

REFERENCES: dict[str, Any] = {}
"""What people read for a row's reference; the rooms that write them add their words."""


def _words(reference: str) -> Any:
    return REFERENCES.get(reference, _l("a task for your order") if reference.isdigit() else None)


class OutboxRow(Model):
    """One effect to be carried out: a message to send, a refund to ask for, a picture to derive."""

    __tablename__ = "outbox"
    __label__ = _l("Message to you")
    __named_by__ = "reference"
    __events__ = {Event.HANDED_OVER: "done_at", Event.CREATED: "created_at"}
    __keep__ = AFTER_HANDING_OVER
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        Index("ix_outbox_open", "done_at", "failed_at", "due_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    kind: Mapped[str] = plain(String(40))
    key: Mapped[str] = plain(String(120), unique=True)  # the same effect asked for twice is one row
    person_id: Mapped[str | None] = subject("people.id", index=True)
    reference: Mapped[str] = plain(String(120), default="", label=_l("What it is about"), words=_words)
    content: Mapped[bytes | None] = personal(
        Category.PROVIDED,
        Purpose.SERVICE_CONTACT,
        LargeBinary,
        keep=Keep(Event.CREATED, days=14),  # taken out at once when it is sent; this is for what could not be
        erase=Erase.BLANK,
        label=_l("Message to you, until it is sent"),
        recipients=[Recipient.MAIL_RELAY],
    )
    created_at: Mapped[datetime] = plain(label=_l("Made"))
    due_at: Mapped[datetime] = plain()
    attempts: Mapped[int] = plain(default=0)
    leased_until: Mapped[datetime | None] = plain()
    done_at: Mapped[datetime | None] = plain(label=_l("Sent"))
    failed_at: Mapped[datetime | None] = plain()
    last_error: Mapped[str] = plain(String(80), default="")


Handler = Callable[[OutboxRow], None]
_handlers: dict[str, Handler] = {}
_patient: set[str] = set()
_traceless: set[str] = set()


class GiveUp(Exception):
    """A handler says that repeating will not help."""


def carries_out(kind: str, *, can_wait: bool = False, leaves_no_row: bool = False) -> Callable[[Handler], Handler]:
    """Say which function carries out a kind of effect; it is called outside any transaction.

    A kind that `can_wait` lets all others go first: no mail stands in line behind pictures.
    The row of a kind that `leaves_no_row` goes as soon as it is carried out.
    """

    def remember(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if can_wait:
            _patient.add(kind)
        if leaves_no_row:
            _traceless.add(kind)
        return handler

    return remember


def put(
    kind: str,
    key: str,
    *,
    at: datetime,
    person_id: str | None = None,
    reference: str = "",
    content: bytes | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Ask for an effect, once for each `key`; says whether this call was the one that asked. The caller commits."""
    dialect_insert = insert_into_postgresql if is_postgresql() else insert_into_sqlite
    row = dialect_insert(OutboxRow).values(
        kind=kind,
        key=key,
        person_id=person_id,
        reference=reference,
        content=content,
        created_at=at,
        due_at=due_at or at,
    )
    asked = row.on_conflict_do_nothing(index_elements=[OutboxRow.key]).returning(OutboxRow.id)
    return db.session.scalar(asked) is not None


def claim(at: datetime) -> OutboxRow | None:
    """Take the next row that is due, with a lease, in a transaction of its own; None when there is nothing to do."""
    with writing():
        question = (
            select(OutboxRow)
            .where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None), OutboxRow.due_at <= at)
            .where(or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until < at))
            .where(OutboxRow.kind.in_(_handlers))
            .order_by(OutboxRow.kind.in_(sorted(_patient)), OutboxRow.due_at, OutboxRow.id)
            .limit(1)
        )
        if is_postgresql():
            question = question.with_for_update(skip_locked=True)
        row = db.session.scalar(question)
        if row is None:
            return None
        row.leased_until = at + LEASE
        row.attempts += 1
        if row.attempts > MAX_ATTEMPTS:
            row.failed_at, row.leased_until, row.last_error = at, None, "TooManyAttempts"
        db.session.commit()
        db.session.expunge(row)
        return row


def carry_out(row: OutboxRow) -> bool:
    """Carry out one claimed row and note how it went; says whether it is done."""
    if row.failed_at is not None:
        return False
    try:
        _handlers[row.kind](row)
    except Exception as problem:  # whatever went wrong, the row stays and staff can see it
        _note_failure(row, problem)
        return False
    mine = OutboxRow.id == row.id
    with writing():
        if row.kind in _traceless:
            db.session.execute(delete(OutboxRow).where(mine))
        else:
            done = {"done_at": clock.now(), "leased_until": None, "content": None, "last_error": ""}
            db.session.execute(update(OutboxRow).where(mine).values(**done))
        db.session.commit()
    return True


def _note_failure(row: OutboxRow, problem: Exception) -> None:
    now = clock.now()
    wait = timedelta(seconds=BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1])
    was_tried = row.attempts > len(BACK_OFF)  # also when no worker ran for days
    gives_up = isinstance(problem, GiveUp) or (was_tried and now - row.created_at > GIVE_UP_AFTER)
    log.warning("outbox.failed", kind=row.kind, row=row.id, attempts=row.attempts, error=type(problem).__name__)
    with writing():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.leased_until == row.leased_until)  # unless another took it over
            .values(
                leased_until=None,
                due_at=now + wait,
                failed_at=now if gives_up else None,
                last_error=type(problem).__name__[:80],
            )
        )
        db.session.commit()


def carry_out_due(limit: int = 100) -> int:
    """Carry out what is due now, at most `limit` rows; how many were done."""
    done = 0
    for _turn in range(limit):
        row = claim(clock.now())
        if row is None:
            break
        done += carry_out(row)
    return done


@register.copies("outbox")
def stand_still(connection: Connection) -> None:
    """Let a copy of the shop send nothing: what waited was for real people, and stays in view of staff."""
    waits = update(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
    stopped = waits.where(OutboxRow.kind.not_in(sorted(_patient)))
    connection.execute(stopped.values(failed_at=OutboxRow.due_at, leased_until=None, last_error="NotInACopy"))
