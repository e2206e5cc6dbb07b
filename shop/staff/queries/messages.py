"""Conversations as the desk sees them: waiting, answered, closed, put apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import selectinload

from shop.accounts.models import Account
from shop.contact.models import ContactThread
from shop.contact.queries import Sending, sendings_of
from shop.contact.rules import SECURITY
from shop.core.db import db
from shop.orders.models import Order
from shop.people.models import StaffMember

PAGE = 50

_IN_TAB: dict[str, ColumnElement[bool]] = {
    "waiting": and_(ContactThread.waiting_since.is_not(None), ~ContactThread.is_suspect),
    "mine": ContactThread.closed_at.is_(None),
    "answered": and_(
        ContactThread.waiting_since.is_(None), ContactThread.closed_at.is_(None), ~ContactThread.is_suspect
    ),
    "closed": ContactThread.closed_at.is_not(None),
    "reports": ContactThread.topic == SECURITY,
    "suspect": and_(ContactThread.is_suspect, ContactThread.closed_at.is_(None)),
}


@dataclass(frozen=True)
class MessageRow:
    """One conversation in a list: no name and no text, those are on its page."""

    id: int
    reference: str
    topic: str
    created_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    suspicion: str
    assignee: str | None


def threads_in(tab: str, *, member_id: int, sees_security: bool, after: int | None = None) -> Sequence[MessageRow]:
    """The conversations of one tab: what waits, oldest first; what is over, newest first; one more than a page."""
    is_ascending = tab in ("waiting", "mine")
    question = (
        select(
            ContactThread.id,
            ContactThread.reference,
            ContactThread.topic,
            ContactThread.created_at,
            ContactThread.waiting_since,
            ContactThread.closed_at,
            ContactThread.suspicion,
            StaffMember.name,
        )
        .outerjoin(StaffMember, StaffMember.id == ContactThread.assignee_id)
        .where(_IN_TAB[tab])
        .order_by(ContactThread.id if is_ascending else ContactThread.id.desc())
        .limit(PAGE + 1)
    )
    if tab == "mine":
        question = question.where(ContactThread.assignee_id == member_id)
    if not sees_security:
        question = question.where(ContactThread.topic != SECURITY)
    if after is not None:
        question = question.where(ContactThread.id > after if is_ascending else ContactThread.id < after)
    return [MessageRow(*row) for row in db.session.execute(question)]


@dataclass(frozen=True)
class ThreadPage:
    """One conversation with what the desk has to know about it."""

    thread: ContactThread
    names: dict[int, str]
    sendings: dict[str, Sending]
    order_number: str | None
    has_account: bool

    @property
    def last_id(self) -> int:
        """The last message on the screen."""
        return self.thread.messages[-1].id if self.thread.messages else 0

    @property
    def stuck(self) -> bool:
        """Whether an e-mail of this conversation was tried and has not gone out."""
        return any(sending.is_stuck for sending in self.sendings.values())


def thread_page(thread_id: int) -> ThreadPage | None:
    """A conversation as its page shows it; None when there is no such one."""
    thread = db.session.scalar(
        select(ContactThread).where(ContactThread.id == thread_id).options(selectinload(ContactThread.messages))
    )
    if thread is None:
        return None
    staff = {message.staff_id for message in thread.messages if message.staff_id} | {thread.assignee_id or 0}
    names = db.session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(staff)))
    account = db.session.scalar(select(Account.id).where(Account.person_id == thread.person_id))
    return ThreadPage(
        thread,
        {row.id: row.name for row in names},
        sendings_of(thread),
        _order_number(thread),
        account is not None,
    )


def _order_number(thread: ContactThread) -> str | None:
    """The order that a conversation is about: asked from its page, or named with the same e-mail address."""
    if thread.order_id is not None:
        return db.session.scalar(select(Order.number).where(Order.id == thread.order_id))
    if not thread.order_reference or not thread.email:
        return None
    number = thread.order_reference.strip().upper()
    return db.session.scalar(select(Order.number).where(Order.number == number, Order.email == thread.email))


def desk_members() -> list[tuple[int, str]]:
    """Who can look after a conversation."""
    rows = db.session.execute(
        select(StaffMember.id, StaffMember.name)
        .where(StaffMember.left_at.is_(None))
        .order_by(StaffMember.name)
        .limit(100)
    )
    return [(row.id, row.name) for row in rows]
