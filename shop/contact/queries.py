"""Questions about conversations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.contact.models import AnswerTemplate, ContactLink, ContactMessage, ContactThread
from shop.core.db import db
from shop.core.outbox import OutboxRow

PAGE = 25
MOST_MESSAGES = 500


def token_hash(token: str) -> str:
    """What is kept of a token, in place of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def thread_by_token(token: str) -> ContactThread | None:
    """The conversation of a mailed link, or of the page that came after sending."""
    hashed = token_hash(token)
    linked = select(ContactLink.thread_id).where(ContactLink.token_hash == hashed).scalar_subquery()
    return db.session.scalar(
        select(ContactThread)
        .where((ContactThread.receipt_hash == hashed) | (ContactThread.id == linked))
        .options(selectinload(ContactThread.messages))
    )


def was_mailed(token: str) -> bool:
    """Whether a token stood in an e-mail: who has it reads that mailbox."""
    question = select(ContactLink.id).where(ContactLink.token_hash == token_hash(token))
    return db.session.scalar(question) is not None


def thread_of(person_id: str, reference: str) -> ContactThread | None:
    """One of somebody's own conversations."""
    return db.session.scalar(
        select(ContactThread)
        .where(ContactThread.person_id == person_id, ContactThread.reference == reference)
        .options(selectinload(ContactThread.messages))
    )


def thread_by_receipt(receipt: str) -> ContactThread | None:
    """The conversation that a form began, when it was sent before."""
    return db.session.scalar(select(ContactThread).where(ContactThread.receipt_hash == token_hash(receipt)))


def thread_to_change(thread_id: int) -> ContactThread | None:
    """A conversation, locked until the end of the transaction."""
    question = select(ContactThread).where(ContactThread.id == thread_id).with_for_update(of=ContactThread)
    return db.session.scalar(question.execution_options(populate_existing=True))


def message_to_change(thread_id: int, message_id: int) -> ContactMessage | None:
    """One message of a conversation, locked until the end of the transaction."""
    question = select(ContactMessage).where(ContactMessage.id == message_id, ContactMessage.thread_id == thread_id)
    return db.session.scalar(question.with_for_update().execution_options(populate_existing=True))


def threads_of(person_id: str, *, before: int | None = None) -> Sequence[ContactThread]:
    """Somebody's conversations, newest first; one more than a page."""
    question = select(ContactThread).where(ContactThread.person_id == person_id)
    if before is not None:
        question = question.where(ContactThread.id < before)
    return db.session.scalars(question.order_by(ContactThread.id.desc()).limit(PAGE + 1)).all()


def number_of_messages(thread_id: int) -> int:
    """How many messages a conversation has."""
    counted = select(func.count(ContactMessage.id)).where(ContactMessage.thread_id == thread_id)
    return db.session.scalar(counted) or 0


def was_sent_before(sending: str) -> bool:
    """Whether this very form has been stored already."""
    question = select(ContactMessage.id).where(ContactMessage.sending_hash == token_hash(sending))
    return db.session.scalar(question) is not None


def asked_after(thread_id: int, seen: int) -> datetime | None:
    """When the customer wrote what came after the message that was `seen`; None when nothing did."""
    return db.session.scalar(
        select(func.min(ContactMessage.at)).where(
            ContactMessage.thread_id == thread_id,
            ContactMessage.id > seen,
            ContactMessage.kind == "customer",
        )
    )


def answer_templates() -> Sequence[AnswerTemplate]:
    """The words that staff often needs, by their titles."""
    return db.session.scalars(select(AnswerTemplate).order_by(AnswerTemplate.title).limit(100)).all()


@dataclass(frozen=True)
class Sending:
    """How the e-mail about a message fares."""

    done_at: datetime | None
    attempts: int
    failed_at: datetime | None

    @property
    def is_stuck(self) -> bool:
        """Whether it was tried and has not gone out."""
        return self.done_at is None and (self.attempts > 0 or self.failed_at is not None)


def sendings_of(thread: ContactThread) -> dict[str, Sending]:
    """How the e-mails of a conversation fare, by the key of their outbox row; those long sent are no longer known."""
    keys = [f"contact_receipt:{thread.id}", *(f"contact_answer:{message.id}" for message in thread.messages)]
    rows = db.session.execute(
        select(OutboxRow.key, OutboxRow.done_at, OutboxRow.attempts, OutboxRow.failed_at).where(OutboxRow.key.in_(keys))
    )
    return {row.key: Sending(row.done_at, row.attempts, row.failed_at) for row in rows}


def stuck_mails(most: int = 1000) -> int:
    """How many e-mails of conversations were tried and have not gone out; counting stops at `most`."""
    rows = (
        select(OutboxRow.id)
        .where(
            OutboxRow.kind == "mail",
            OutboxRow.reference.in_(("contact_receipt", "contact_answer")),
            OutboxRow.done_at.is_(None),
            OutboxRow.attempts > 0,
        )
        .limit(most)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(rows)) or 0
