"""The sign-in of a person, their sessions, the codes that prove a mailbox, and their addresses."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from shop.core import clock
from shop.core.db import Model
from shop.core.devices import device_text
from shop.core.personal_data import (
    UNTIL_ERASED,
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
    secret,
    subject,
)
from shop.people.models import Person

DESK = (Role.OWNER, Role.PRIVACY)


WHILE_USED = Keep(Event.LAST_USED, months=25)


def month_of(day: date) -> date:
    """The first of the month: more of a last use is not kept."""
    return day.replace(day=1)


class Account(Model):
    """The sign-in of one person; a guest is a person without one. When its term is over the whole person is erased."""

    __tablename__ = "accounts"
    __label__ = _l("Account")
    __named_by__ = "email"
    __events__ = {Event.CREATED: "created_at", Event.LAST_USED: "last_used_on"}
    __table_args__ = (Index("ix_accounts_last_used_on", "last_used_on", "id"),)

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", unique=True)
    email: Mapped[str] = personal(
        Category.EMAIL,
        Purpose.ACCOUNT,
        String(254),
        keep=WHILE_USED,
        label=_l("E-mail address of your account"),
        recipients=[Recipient.MAIL_RELAY],
        roles=DESK,
        correct=True,
        identifies=True,
        unique=True,
    )
    given_name: Mapped[str | None] = personal(
        Category.NAME,
        Purpose.ACCOUNT,
        String(60),
        keep=WHILE_USED,
        erase=Erase.BLANK,
        label=_l("First name"),
        roles=DESK,
        correct=True,
    )
    family_name: Mapped[str | None] = personal(
        Category.NAME,
        Purpose.ACCOUNT,
        String(80),
        keep=WHILE_USED,
        erase=Erase.BLANK,
        label=_l("Last name"),
        roles=DESK,
        correct=True,
    )
    password_hash: Mapped[str] = secret(String(200), default="")
    confirmed_at: Mapped[datetime | None] = plain()  # None: the typed code has not come back yet
    created_at: Mapped[datetime] = plain()
    last_used_on: Mapped[date] = personal(
        Category.ACTIVITY,
        Purpose.ACCOUNT,
        keep=WHILE_USED,
        label=_l("Month in which you last signed in"),
        source=Source.USE,
        default=lambda: month_of(clock.today()),
    )
    idle_warned_on: Mapped[date | None] = plain()  # when we last wrote that the account goes unless it is used

    person: Mapped[Person] = relationship(lazy="joined")


class SignInSession(Model):
    """A signed-in browser of a customer or of staff, one half-way its second factor, or one that proved a mailbox."""

    __tablename__ = "sign_in_sessions"
    __label__ = _l("Signed-in device")
    __named_by__ = "device"
    __events__ = {Event.EXPIRED: "expires_at", Event.LAST_USED: "last_used_at"}
    __table_args__ = (
        CheckConstraint("kind IN ('customer', 'staff', 'proof')", name="kind"),
        Index("ix_sign_in_sessions_person", "person_id"),
    )

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id")
    kind: Mapped[str] = plain(String(10))
    token_hash: Mapped[str] = secret(String(64), unique=True)
    content: Mapped[str] = secret(Text, default="{}")  # what Flask keeps in a session, as JSON
    device: Mapped[str] = personal(
        Category.DEVICE,
        Purpose.SECURITY,
        String(60),
        keep=Keep(Event.EXPIRED),
        label=_l("Browser and device you signed in with"),
        words=device_text,
        source=Source.USE,
    )
    created_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.SECURITY,
        keep=Keep(Event.EXPIRED),
        label=_l("When you signed in"),
        source=Source.USE,
    )
    last_used_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.SECURITY,
        keep=Keep(Event.EXPIRED),
        label=_l("When you were last here"),
        source=Source.USE,
    )
    expires_at: Mapped[datetime] = plain()


class Code(Model):
    """A code that was mailed to prove control of a mailbox; works once, for ten minutes, for five tries."""

    __tablename__ = "codes"
    __events__ = {Event.EXPIRED: "expires_at"}
    __keep__ = Keep(Event.EXPIRED, days=1)
    __table_args__ = (
        CheckConstraint("tries_left >= 0", name="tries_left_positive"),
        Index("ix_codes_person_purpose", "person_id", "purpose"),
    )

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id")
    purpose: Mapped[str] = plain(String(20))
    code_hash: Mapped[str] = secret(String(64))
    new_password_hash: Mapped[str] = secret(String(200), default="")  # a sign-up's password waits here for its code
    tries_left: Mapped[int] = plain(default=5)
    created_at: Mapped[datetime] = plain()
    expires_at: Mapped[datetime] = plain()
    used_at: Mapped[datetime | None] = plain()


class MailboxProof(Model):
    """That somebody without an account controls an e-mail address, or is asked to show it by a code.

    Who asks is a new person each time, whatever else is known of the address: known and unknown addresses are the same.
    """

    __tablename__ = "mailbox_proofs"
    __events__ = {Event.EXPIRED: "expires_at"}
    __keep__ = Keep(Event.EXPIRED, days=1)
    __label__ = _l("Proof that an e-mail address is yours")

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)
    email: Mapped[str] = personal(
        Category.EMAIL,
        Purpose.RIGHTS,
        String(254),
        keep=Keep(Event.EXPIRED, days=1),
        label=_l("E-mail address to which you asked a code"),
        recipients=[Recipient.MAIL_RELAY],
        identifies=True,
        index=True,
    )
    binding_hash: Mapped[str] = secret(String(64), unique=True)  # of what the page keeps that asked for the code
    created_at: Mapped[datetime] = plain(label=_l("Asked"))
    expires_at: Mapped[datetime] = plain()
    proved_at: Mapped[datetime | None] = plain()


class Address(Model):
    """An address in a customer's address book."""

    __tablename__ = "addresses"
    __label__ = _l("Address in your address book")
    __named_by__ = "street"

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)
    given_name: Mapped[str] = personal(
        Category.NAME, Purpose.DELIVERY, String(60), keep=UNTIL_ERASED, label=_l("First name"), correct=True
    )
    family_name: Mapped[str] = personal(
        Category.NAME, Purpose.DELIVERY, String(80), keep=UNTIL_ERASED, label=_l("Last name"), correct=True
    )
    street: Mapped[str] = personal(
        Category.LOCATION, Purpose.DELIVERY, String(100), keep=UNTIL_ERASED, label=_l("Street"), correct=True
    )
    house_number: Mapped[str] = personal(
        Category.LOCATION, Purpose.DELIVERY, String(10), keep=UNTIL_ERASED, label=_l("House number"), correct=True
    )
    addition: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(20),
        keep=UNTIL_ERASED,
        label=_l("Addition"),
        correct=True,
        default="",
    )
    postcode: Mapped[str] = personal(
        Category.LOCATION, Purpose.DELIVERY, String(12), keep=UNTIL_ERASED, label=_l("Postcode"), correct=True
    )
    town: Mapped[str] = personal(
        Category.LOCATION, Purpose.DELIVERY, String(80), keep=UNTIL_ERASED, label=_l("Town"), correct=True
    )
    country: Mapped[str] = personal(
        Category.LOCATION, Purpose.DELIVERY, String(2), keep=UNTIL_ERASED, label=_l("Country"), correct=True
    )
    is_default: Mapped[bool] = plain(default=False)
