"""Requests about rights: what somebody asked, when it was received, what was decided, and what was told."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    Category,
    Erase,
    Event,
    Keep,
    Purpose,
    Recipient,
    Role,
    Source,
    personal,
    plain,
    register,
    secret,
    subject,
)
from shop.privacy.words import DECISIONS, SHORT_KINDS

AFTER_ANSWER = Keep(Event.REQUEST_ANSWERED, days=30)
DESK = (Role.PRIVACY,)


class RightsRequest(Model):
    """One request about somebody's rights (GDPR art. 7(3) and 15 to 21), whatever way it came."""

    __tablename__ = "rights_requests"
    __label__ = _l("request about your rights")
    __named_by__ = "reference"
    __events__ = {Event.REQUEST_ANSWERED: "decided_at", Event.CREATED: "created_at"}
    __keep__ = Keep(Event.REQUEST_ANSWERED, months=24)
    __table_args__ = (
        CheckConstraint(
            "kind IN ('access', 'correction', 'erasure', 'portability', "
            "'consent', 'objection', 'restriction', 'child')",
            name="kind",
        ),
        CheckConstraint("channel IN ('form', 'email', 'telephone', 'post')", name="channel"),
        CheckConstraint("proof IN ('', 'signed_in', 'mailbox', 'order', 'visit', 'call', 'id_copy')", name="proof"),
        CheckConstraint("decision IN ('', 'granted', 'partly', 'refused')", name="decision"),
        CheckConstraint(
            "decision = '' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("due_on > received_on", name="due_after_receipt"),
        Index("ix_rights_requests_open", "decided_at", "due_on"),
    )

    id: Mapped[int] = plain(primary_key=True)
    reference: Mapped[str] = plain(String(12), unique=True, label=_l("Reference"))
    sent_hash: Mapped[str | None] = secret(String(64), unique=True)  # of the form it came by: sent twice is asked once
    link_hash: Mapped[str | None] = secret(String(64), unique=True)  # of the address of the request's own page
    person_id: Mapped[str | None] = subject("people.id", erase=Erase.BLANK, index=True)
    reconsiders_id: Mapped[int | None] = plain(ForeignKey("rights_requests.id"), index=True)
    kind: Mapped[str] = plain(String(12), label=_l("Request"), words=SHORT_KINDS.get)
    channel: Mapped[str] = plain(String(10))
    language: Mapped[str] = plain(String(2))
    name: Mapped[str | None] = personal(
        Category.NAME,
        Purpose.RIGHTS,
        String(150),
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("Name on your request"),
        roles=DESK,
    )
    email: Mapped[str | None] = personal(
        Category.EMAIL,
        Purpose.RIGHTS,
        String(254),
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("E-mail address for the answer to your request"),
        recipients=[Recipient.MAIL_RELAY],
        roles=DESK,
        identifies=False,  # the answer may go anywhere; it proves nothing
    )
    known_email: Mapped[str | None] = personal(
        Category.EMAIL,
        Purpose.RIGHTS,
        String(254),
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("E-mail address that your request is about"),
        roles=DESK,
        identifies="is_mailbox_proved",
    )
    is_mailbox_proved: Mapped[bool] = plain(default=False)  # they opened the link that went to that address
    postal_address: Mapped[str | None] = personal(
        Category.LOCATION,
        Purpose.RIGHTS,
        String(200),
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("Postal address for the answer to your request"),
        roles=DESK,
    )
    message: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        Text,
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("What you asked"),
        roles=DESK,
    )
    received_on: Mapped[date] = plain(label=_l("Received on"))
    due_on: Mapped[date] = plain(label=_l("You have our answer by"))
    created_at: Mapped[datetime] = plain()
    is_mailed: Mapped[bool] = plain(default=True)  # no when too many messages went to that address that day
    proof: Mapped[str] = plain(String(10), default="")  # how we know that it is them
    is_extended: Mapped[bool] = plain(default=False)
    extension_reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(500),
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("Why the answer to your request takes longer"),
        source=Source.STAFF,
        roles=DESK,
    )
    decision: Mapped[str] = plain(String(10), default="", label=_l("Our answer"), words=DECISIONS.get)
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        Text,
        keep=AFTER_ANSWER,
        erase=Erase.BLANK,
        label=_l("What was decided about your request, and why"),
        source=Source.STAFF,
        roles=DESK,
    )
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    receipt_code: Mapped[str | None] = plain(String(40))  # of the erasure that was granted; its receipt names nobody

    events: Mapped[list["RequestEvent"]] = relationship(lazy="raise", order_by="RequestEvent.id.desc()")


class RequestEvent(Model):
    """One step of a request, as both sides see it; no values, only what happened and by whom."""

    __tablename__ = "request_events"
    __events__ = {Event.CREATED: "at"}

    id: Mapped[int] = plain(primary_key=True)
    request_id: Mapped[int] = subject("rights_requests.id", index=True)
    kind: Mapped[str] = plain(String(30))
    staff_id: Mapped[int | None] = plain()
    at: Mapped[datetime] = plain()


class IdCopy(Model):
    """A redacted copy of an identity document: the last resort, for access alone, for 28 days at most."""

    __tablename__ = "id_copies"
    __label__ = _l("copy of an identity document")
    __events__ = {Event.CREATED: "asked_at"}
    __keep__ = Keep(Event.CREATED, months=24)
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'received', 'destroyed')", name="state"),
        CheckConstraint("(state = 'received') = (wrapped_key IS NOT NULL)", name="key_while_there"),
    )

    id: Mapped[int] = plain(primary_key=True)
    request_id: Mapped[int] = subject("rights_requests.id", index=True)
    link_hash: Mapped[str | None] = secret(String(64), unique=True)  # of the one-time address to send it to
    state: Mapped[str] = plain(String(10), default="asked")
    asked_at: Mapped[datetime] = plain()
    asked_by: Mapped[int] = plain()
    ask_reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(300),
        keep=Keep(Event.CREATED, days=60),
        erase=Erase.BLANK,
        label=_l("Why we asked for a copy of your identity document"),
        source=Source.STAFF,
        roles=DESK,
    )
    expires_on: Mapped[date] = plain()
    wrapped_key: Mapped[str | None] = secret(String(400))  # the file's own key, under the shop's
    file_name: Mapped[str | None] = secret(String(40))
    covered: Mapped[str] = plain(String(120), default="")  # which parts were blacked out or not on it
    received_at: Mapped[datetime | None] = personal(
        Category.ACTIVITY,
        Purpose.RIGHTS,
        keep=Keep(Event.CREATED, days=60),
        erase=Erase.BLANK,
        label=_l("When you sent a copy of your identity document"),
        source=Source.USE,
        roles=DESK,
    )
    destroyed_at: Mapped[datetime | None] = plain()
    destroyed_why: Mapped[str] = plain(String(20), default="")


register.keeps_from_copies(IdCopy.__tablename__)
