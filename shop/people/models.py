"""Everybody is one row: people (customers and guests alike), browsers, and the staff who serve them."""

import secrets
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Connection, Index, String, event, text
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    UNTIL_ERASED,
    Category,
    Erase,
    Event,
    Keep,
    Purpose,
    Role,
    Source,
    personal,
    plain,
    secret,
    subject,
)
from shop.people.words import CHOICES, ROLES, STOPS, action_text, fields_text, purpose_text, recipient_text

SHARED_WITH = Keep(Event.CREATED, months=25)

LEDGER_RULES = {
    "sqlite": (
        "CREATE TRIGGER consents_stay BEFORE UPDATE ON consents "
        "BEGIN SELECT RAISE(ABORT, 'the ledger of consents is only added to'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION consents_stay() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger of consents is only added to'; END $$",
        "CREATE TRIGGER consents_stay BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION consents_stay()",
    ),
}
"""How each database keeps the ledger of consents from being changed; rows still go when their term is over."""


def new_person_id() -> str:
    """A random key, never used again (128 bits)."""
    return secrets.token_hex(16)


class Person(Model):
    """Somebody the shop knows something about; a guest order has a person of its own."""

    __tablename__ = "people"

    id: Mapped[str] = plain(String(32), primary_key=True, default=new_person_id)
    language: Mapped[str] = plain(String(2), default="nl")
    created_on: Mapped[date] = plain()


class Browser(Model):
    """A browser that has a cart, or one that made a choice; only its cookie knows the token, nothing knows a person.

    The same browser is two rows: what it allows must not lead to its cart, which becomes a person's at sign-in.
    """

    __tablename__ = "browsers"
    __events__ = {Event.LAST_USED: "last_used_at", Event.CONSENT_ENDED: "consent_ends_at"}
    __keep__ = Keep(Event.LAST_USED, days=7)

    id: Mapped[str] = plain(String(32), primary_key=True, default=new_person_id)
    token_hash: Mapped[str] = secret(String(64), unique=True)
    last_used_at: Mapped[datetime] = plain()
    consent_ends_at: Mapped[datetime | None] = plain()  # of a browser that chose: withdrawn, or six months later


class Consent(Model):
    """What a browser allowed at one moment, and how that was asked; the database refuses to change a row."""

    __tablename__ = "consents"
    __label__ = _l("choice about cookies")
    __named_by__ = "at"
    __table_args__ = (CheckConstraint("choice IN ('none', 'analysis', 'preferences', 'all')", name="choice"),)

    id: Mapped[int] = plain(primary_key=True)
    browser_id: Mapped[str] = subject("browsers.id", erase=Erase.KEEP, index=True)
    wording: Mapped[str] = plain(String(8))
    choice: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.REMEMBERING,
        String(12),
        keep=Keep(Event.CONSENT_ENDED, months=12),
        label=_l("What you allowed and when, under a random number, to prove it"),
        words=CHOICES.get,
    )
    at: Mapped[datetime] = plain(label=_l("When"))
    privacy_version: Mapped[str | None] = plain(String(20), label=_l("Version of the privacy statement then"))


@event.listens_for(Consent.__table__, "after_create")
def _keep_the_ledger(_table: object, connection: Connection, **_more: object) -> None:
    for statement in LEDGER_RULES[connection.dialect.name]:
        connection.execute(text(statement))


class StaffMember(Model):
    """Somebody who works here; signs in with a password and a second factor."""

    __tablename__ = "staff_members"
    __label__ = _l("Member of staff")
    __named_by__ = "name"
    __events__ = {Event.LEFT: "left_at"}

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", unique=True)
    email: Mapped[str] = personal(
        Category.EMAIL,
        Purpose.SECURITY,
        String(254),
        keep=Keep(Event.LEFT, months=12),
        label=_l("Work e-mail address"),
        roles=[Role.OWNER],
        identifies=False,  # staff are no customers: a proved mailbox opens nothing of theirs
        unique=True,
    )
    name: Mapped[str] = personal(
        Category.NAME,
        Purpose.SECURITY,
        String(80),
        keep=Keep(Event.LEFT, months=12),
        label=_l("Name of the member of staff"),
        roles=[Role.OWNER],
    )
    password_hash: Mapped[str] = secret(String(200))
    totp_secret: Mapped[str] = secret(String(200))  # encrypted with the shop's key
    totp_last_step: Mapped[int] = secret(default=0)
    created_at: Mapped[datetime] = plain()
    left_at: Mapped[datetime | None] = plain()

    roles: Mapped[list["StaffRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def role_names(self) -> set[str]:
        """The roles this member has, by name."""
        return {role.role for role in self.roles}


class StaffRole(Model):
    """One role of one member of staff."""

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = subject("staff_members.id", primary_key=True)
    role: Mapped[str] = plain(String(20), primary_key=True)


class Disclosure(Model):
    """That something about a person was handed to somebody outside: who, which fields, why, when."""

    __tablename__ = "disclosures"
    __label__ = _l("Data handed to others")
    __named_by__ = "recipient"
    __events__ = {Event.CREATED: "at"}

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)
    recipient: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.RIGHTS,
        String(80),
        keep=SHARED_WITH,
        label=_l("Who received data about you"),
        words=recipient_text,
        source=Source.USE,
    )
    fields: Mapped[str] = plain(String(300), label=_l("Which data"), words=fields_text)  # names of fields, never values
    purpose: Mapped[str] = plain(String(4), label=_l("What for"), words=purpose_text)
    at: Mapped[datetime] = plain(label=_l("When"))


class AuditEntry(Model):
    """What a member of staff opened or did, without any value; each entry seals the one before it."""

    __tablename__ = "audit_entries"
    __label__ = _l("Entry in the log of our staff")
    __named_by__ = "action"
    __events__ = {Event.CREATED: "at"}
    __table_args__ = (
        Index("ix_audit_object", "object_kind", "object_key"),
        CheckConstraint("length(hash) = 64", name="hash_length"),
    )

    id: Mapped[int] = plain(primary_key=True)
    staff_id: Mapped[int | None] = plain(index=True)  # kept as a number when the member's row is gone
    role: Mapped[str] = plain(String(20), label=_l("Who, by role"), words=ROLES.get)
    person_id: Mapped[str | None] = subject("people.id", erase=Erase.BLANK, index=True)
    action: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.SECURITY,
        String(60),
        keep=Keep(Event.CREATED, months=12),
        label=_l("What our staff opened or changed"),
        words=action_text,
        source=Source.STAFF,
    )
    object_kind: Mapped[str] = plain(String(40))
    object_key: Mapped[str] = plain(String(40))
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.SECURITY,
        String(200),
        keep=Keep(Event.CREATED, months=6),  # free text goes sooner than the entry
        erase=Erase.BLANK,
        label=_l("Why our staff opened or changed it"),
        source=Source.STAFF,
    )
    at: Mapped[datetime] = plain(label=_l("When"))
    previous_hash: Mapped[str] = plain(String(64))
    hash: Mapped[str] = plain(String(64), unique=True)


class Restriction(Model):
    """That the shop may not do something with somebody's data, from a moment until it is lifted (GDPR art. 7, 18, 21).

    `restricted` only stores; the others stop one purpose. It is obeyed through `people.queries` alone.
    """

    __tablename__ = "restrictions"
    __label__ = _l("objection or restriction")
    __events__ = {Event.CREATED: "set_at", Event.LIFTED: "lifted_at"}
    __keep__ = Keep(Event.LIFTED, months=12)
    __table_args__ = (
        CheckConstraint("kind IN ('restricted', 'objection', 'analysis', 'preferences', 'child')", name="kind"),
        Index("ix_restrictions_person", "person_id", "lifted_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id")
    kind: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.RIGHTS,
        String(12),
        keep=UNTIL_ERASED,
        label=_l("What you asked us not to do with your data"),
        words=STOPS.get,
    )
    set_at: Mapped[datetime] = plain(label=_l("When"))
    set_by: Mapped[int | None] = plain()  # the member of staff, or nobody: the person did it
    lifted_at: Mapped[datetime | None] = plain()


class AuditHead(Model):
    """The last seal of the audit log: the one row that writers of entries queue for."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = plain(primary_key=True, autoincrement=False)
    hash: Mapped[str] = plain(String(64))


class FormerKey(Model):
    """The key that somebody had before two people turned out to be the same: an older backup knows them by it."""

    __tablename__ = "former_keys"

    former_id: Mapped[str] = plain(String(32), primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)


class LedgerHead(Model):
    """The number of the last line of the erasure ledger that this database has done: one row."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = plain(primary_key=True, autoincrement=False)
    number: Mapped[int] = plain(default=0)


class LedgerEntry(Model):
    """A line that waits to be written to the erasure ledger, which happens at once after its transaction."""

    __tablename__ = "ledger_entries"

    number: Mapped[int] = plain(primary_key=True, autoincrement=False)
    kind: Mapped[str] = plain(String(20))
    who: Mapped[str] = secret(String(64))  # a keyed hash
    item: Mapped[str] = plain(String(200))
    at: Mapped[datetime] = plain()
