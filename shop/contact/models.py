"""Conversations: what somebody asked, what was answered or said by telephone, and who looks after it."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    Category,
    Event,
    Keep,
    Purpose,
    Recipient,
    Role,
    personal,
    plain,
    secret,
    subject,
)

AFTER_CLOSING = Keep(Event.CONVERSATION_CLOSED, months=6)
DESK = (Role.OWNER, Role.FULFILMENT, Role.PRIVACY)


class ContactThread(Model):
    """One conversation, with the person it is of; it goes six months after it was closed."""

    __tablename__ = "contact_threads"
    __events__ = {Event.CREATED: "created_at", Event.CONVERSATION_CLOSED: "closed_at"}
    __keep__ = AFTER_CLOSING
    __label__ = _l("conversation")
    __named_by__ = "reference"
    __table_args__ = (
        CheckConstraint(
            "topic IN ('order', 'product', 'return', 'privacy', 'other', 'security')",
            name="topic",
        ),
        CheckConstraint("closed_at IS NULL OR waiting_since IS NULL", name="closed_waits_for_nobody"),
        Index("ix_contact_threads_open", "is_suspect", "closed_at", "waiting_since"),
    )

    id: Mapped[int] = plain(primary_key=True)
    reference: Mapped[str] = plain(String(12), unique=True, label=_l("Reference"))
    receipt_hash: Mapped[str] = secret(String(64), unique=True)  # of the page after sending: sent twice is one thread
    person_id: Mapped[str] = subject("people.id", index=True)
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"), index=True)  # asked from the order's own page
    is_guest: Mapped[bool] = plain(default=True)  # a person of its own
    language: Mapped[str] = plain(String(2))
    topic: Mapped[str] = plain(String(10))
    name: Mapped[str | None] = personal(
        Category.NAME,
        Purpose.CONTACT_FORM,
        String(100),
        keep=AFTER_CLOSING,
        label=_l("Name with your question"),
        roles=DESK,
        correct=True,
    )
    email: Mapped[str | None] = personal(
        Category.EMAIL,
        Purpose.CONTACT_FORM,
        String(254),
        keep=AFTER_CLOSING,
        label=_l("E-mail address for our answer"),
        identifies="is_guest",  # who is known may have the answer sent anywhere
        index=True,
        recipients=[Recipient.MAIL_RELAY],
        roles=DESK,
    )
    telephone: Mapped[str | None] = personal(
        Category.TELEPHONE,
        Purpose.CONTACT_FORM,
        String(40),
        keep=AFTER_CLOSING,
        label=_l("Telephone number with your question"),
        roles=DESK,
        correct=True,
    )
    order_reference: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.CONTACT_FORM,
        String(40),
        keep=AFTER_CLOSING,
        label=_l("Order number with your question"),
        roles=DESK,
        correct=True,
    )
    is_suspect: Mapped[bool] = plain(default=False)  # in the folder that staff looks through; never refused
    suspicion: Mapped[str] = plain(String(20), default="")
    assignee_id: Mapped[int | None] = plain(ForeignKey("staff_members.id"), index=True)
    created_at: Mapped[datetime] = plain()
    waiting_since: Mapped[datetime | None] = plain()  # the customer's first message that nobody answered yet
    closed_at: Mapped[datetime | None] = plain()

    messages: Mapped[list["ContactMessage"]] = relationship(lazy="raise", order_by="ContactMessage.id")


class ContactMessage(Model):
    """One message of a conversation: the customer's, our answer, or a note of a telephone call."""

    __tablename__ = "contact_messages"
    __label__ = _l("message")
    __table_args__ = (CheckConstraint("kind IN ('customer', 'staff', 'telephone')", name="kind"),)

    id: Mapped[int] = plain(primary_key=True)
    thread_id: Mapped[int] = subject("contact_threads.id", index=True)
    sending_hash: Mapped[str] = secret(String(64), unique=True)  # of the form that was sent: sent twice is said once
    kind: Mapped[str] = plain(String(10))
    text: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.CONTACT_FORM,
        Text,
        keep=AFTER_CLOSING,
        label=_l("What was written and said: your messages, our answers, notes of telephone calls"),
        roles=DESK,
    )
    numbers: Mapped[str] = plain(String(10), default="")  # kinds of numbers that nobody should read: "bsn card"
    staff_id: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    at: Mapped[datetime] = plain()


class ContactLink(Model):
    """A link to a conversation that was mailed; only a hash of its token is kept."""

    __tablename__ = "contact_links"
    __events__ = {Event.CREATED: "created_at"}
    __keep__ = Keep(Event.CREATED, months=6)

    id: Mapped[int] = plain(primary_key=True)
    thread_id: Mapped[int] = subject("contact_threads.id", index=True)
    token_hash: Mapped[str] = secret(String(64), unique=True)
    created_at: Mapped[datetime] = plain()


class AnswerTemplate(Model):
    """Words that staff often needs; what is filled in for somebody is in the message, not here."""

    __tablename__ = "answer_templates"

    id: Mapped[int] = plain(primary_key=True)
    title: Mapped[str] = plain(String(80), unique=True)
    text_nl: Mapped[str] = plain(Text)
    text_en: Mapped[str] = plain(Text)
