"""The verbs of a conversation; each may be heard twice, and the caller commits."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from shop.contact import emails, queries, rules
from shop.contact.models import ContactMessage, ContactThread
from shop.contact.signals import security_reported
from shop.core.citizen_numbers import kinds_in, without_numbers
from shop.core.db import db
from shop.core.errors import Conflict, ShopError
from shop.core.i18n import speaking
from shop.orders.numbers import SIGNS
from shop.people.actions import new_person


class TooManyMessages(ShopError):
    """A conversation is as long as one can be; it goes on in a new one."""


@dataclass(frozen=True)
class Question:
    """What somebody asks, and how they can be reached."""

    topic: str
    text: str
    language: str
    email: str | None = None
    name: str | None = None
    telephone: str | None = None
    order_reference: str | None = None
    order_id: int | None = None
    person_id: str | None = None
    suspicion: str = ""
    kind: str = rules.CUSTOMER
    staff_id: int | None = None


def ask(question: Question, *, receipt: str, is_mailed: bool, at: datetime) -> ContactThread:
    """Begin a conversation; the same `receipt` twice is one conversation."""
    earlier = queries.thread_by_receipt(receipt)
    if earlier is not None:
        return earlier
    is_call = question.kind == rules.TELEPHONE
    thread = ContactThread(
        reference=new_reference(),
        receipt_hash=queries.token_hash(receipt),
        person_id=question.person_id or new_person(question.language, at=at).id,
        is_guest=question.person_id is None,
        order_id=question.order_id,
        language=question.language,
        topic=question.topic,
        name=question.name or None,
        email=question.email or None,
        telephone=question.telephone or None,
        order_reference=question.order_reference or None,
        is_suspect=bool(question.suspicion),
        suspicion=question.suspicion,
        assignee_id=question.staff_id,
        created_at=at,
        waiting_since=at,
        messages=[],
    )
    db.session.add(thread)
    db.session.flush()
    _add(thread, question.kind, question.text, sending=receipt, at=at, staff_id=question.staff_id)
    if is_mailed and not is_call:
        emails.queue_receipt(thread, at)
    if thread.topic == rules.SECURITY:
        security_reported.send(thread=thread, at=at)
    return thread


def write_more(thread: ContactThread, text: str, *, sending: str, at: datetime) -> bool:
    """Add what the customer writes next; a conversation that was closed is open again. Whether it was new."""
    if queries.was_sent_before(sending):
        return False
    _check_length(thread)
    _add(thread, rules.CUSTOMER, text, sending=sending, at=at)
    thread.closed_at = None
    thread.waiting_since = thread.waiting_since or at
    return True


def answer(thread: ContactThread, text: str, *, sending: str, seen: int, staff_id: int, at: datetime) -> bool:
    """Answer the customer, by e-mail where there is an address. Whether it was new.

    What the customer wrote after the last message that was `seen` still waits.
    """
    if queries.was_sent_before(sending):
        return False
    message = _add(thread, rules.STAFF, text, sending=sending, at=at, staff_id=staff_id)
    thread.waiting_since = queries.asked_after(thread.id, seen)
    thread.closed_at = None
    thread.is_suspect = False
    thread.assignee_id = thread.assignee_id or staff_id
    emails.queue_answer(thread, message)
    return True


def note_call(
    thread: ContactThread, text: str, *, sending: str, seen: int, is_answer: bool, staff_id: int, at: datetime
) -> bool:
    """Note what was said by telephone; the customer sees it as all else. Whether it was new."""
    if queries.was_sent_before(sending):
        return False
    _add(thread, rules.TELEPHONE, text, sending=sending, at=at, staff_id=staff_id)
    if is_answer:
        thread.waiting_since = queries.asked_after(thread.id, seen)
    thread.assignee_id = thread.assignee_id or staff_id
    return True


def close(thread: ContactThread, *, seen: int, at: datetime) -> None:
    """Say that all is answered; six months later the conversation is gone. Never over what nobody has read."""
    if queries.asked_after(thread.id, seen) is not None:
        raise Conflict
    if thread.closed_at is None:
        thread.closed_at, thread.waiting_since = at, None


def reopen(thread: ContactThread, at: datetime) -> None:
    """Take a closed conversation up again: somebody is to look at it."""
    if thread.closed_at is not None:
        thread.closed_at, thread.waiting_since = None, at


def assign(thread: ContactThread, staff_id: int | None) -> None:
    """Say who looks after a conversation."""
    thread.assignee_id = staff_id


def put_aside(thread: ContactThread, *, is_suspect: bool) -> None:
    """Put a conversation with what is suspect, or take it out: a person decides."""
    thread.is_suspect = is_suspect
    thread.suspicion = "staff" if is_suspect else ""


def confirm(thread: ContactThread) -> None:
    """Whoever reads the mailbox says that the message is theirs: it stands with the others."""
    if thread.suspicion != "staff":
        thread.is_suspect, thread.suspicion = False, ""


def redact(message: ContactMessage, language: str) -> None:
    """Take numbers that nobody should read out of a message for good (UAVG art. 46)."""
    with speaking(language):
        message.text = without_numbers(message.text, _("[number removed]"))
    message.numbers = ""


def let_numbers_stand(message: ContactMessage) -> None:
    """Say that the numbers in a message are of another kind: an article, a parcel."""
    message.numbers = ""


def new_reference() -> str:
    """A reference to read aloud; it tells nothing and opens nothing."""
    return f"B-{''.join(secrets.choice(SIGNS) for _sign in range(7))}"


def note_past(thread: ContactThread, kind: str, text: str, *, staff_id: int, at: datetime) -> None:
    """Add what was said long ago, for which no mail goes out any more."""
    _add(thread, kind, text, sending=secrets.token_urlsafe(32), at=at, staff_id=staff_id)
    thread.waiting_since, thread.assignee_id = None, staff_id


def _check_length(thread: ContactThread) -> None:
    if queries.number_of_messages(thread.id) >= queries.MOST_MESSAGES:
        raise TooManyMessages


def _add(
    thread: ContactThread, kind: str, text: str, *, sending: str, at: datetime, staff_id: int | None = None
) -> ContactMessage:
    message = ContactMessage(
        thread_id=thread.id,
        sending_hash=queries.token_hash(sending),
        kind=kind,
        text=text,
        numbers=kinds_in(text),
        staff_id=staff_id,
        at=at,
    )
    db.session.add(message)
    db.session.flush()
    return message
