"""What the shop answers for: its processors, and every breach of security with the people whom it touched."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import Category, Event, Keep, Purpose, Source, personal, plain, register, subject


class Processor(Model):
    """Who handles personal data for the shop or receives it, and what was agreed (GDPR art. 28)."""

    __tablename__ = "processors"
    __table_args__ = (CheckConstraint("role IN ('processor', 'controller')", name="role"),)

    id: Mapped[int] = plain(primary_key=True)
    recipient: Mapped[str] = plain(String(40), unique=True)  # the register's word for it
    name: Mapped[str] = plain(String(120))
    role: Mapped[str] = plain(String(12))
    region: Mapped[str] = plain(String(80), default="")
    subprocessors: Mapped[str] = plain(String(300), default="")
    agreement_on: Mapped[date | None] = plain()
    changed_at: Mapped[datetime] = plain()


class Breach(Model):
    """A breach of security, every one of them (GDPR art. 33(5)); its texts name nobody."""

    __tablename__ = "breaches"
    __events__ = {Event.CREATED: "aware_at"}
    __keep__ = Keep(Event.CREATED, years=5)
    __table_args__ = (
        CheckConstraint("decision IN ('', 'reported', 'not_reported')", name="decision"),
        CheckConstraint(
            "decision = '' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)", name="decided_by_somebody"
        ),
        CheckConstraint("decision <> 'not_reported' OR length(decision_reason) > 0", name="silence_has_reason"),
    )

    id: Mapped[int] = plain(primary_key=True)
    aware_at: Mapped[datetime] = plain()
    began_at: Mapped[datetime | None] = plain()
    ended_at: Mapped[datetime | None] = plain()
    origin: Mapped[str] = plain(String(20), default="staff")
    title: Mapped[str] = plain(String(120))
    what_happened: Mapped[str] = plain(Text, default="")
    nature: Mapped[str] = plain(String(60), default="")  # confidentiality, integrity, availability
    data_kinds: Mapped[str] = plain(String(300), default="")
    people_kinds: Mapped[str] = plain(String(300), default="")
    number_of_people: Mapped[int | None] = plain()
    consequences: Mapped[str] = plain(Text, default="")
    measures: Mapped[str] = plain(Text, default="")
    recorded_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    decision: Mapped[str] = plain(String(12), default="")
    decision_reason: Mapped[str] = plain(Text, default="")
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    authority_number: Mapped[str] = plain(String(40), default="")
    closed_at: Mapped[datetime | None] = plain()


class BreachPerson(Model):
    """That somebody was touched by a breach, and was told."""

    __tablename__ = "breach_people"
    __label__ = _l("breach of security that touched you")
    __events__ = {Event.CREATED: "noted_at"}
    __keep__ = Keep(Event.CREATED, months=6)
    __table_args__ = (UniqueConstraint("breach_id", "person_id"),)

    id: Mapped[int] = plain(primary_key=True)
    breach_id: Mapped[int] = plain(ForeignKey("breaches.id"))
    person_id: Mapped[str] = subject("people.id", index=True)
    noted_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.SECURITY,
        keep=Keep(Event.CREATED, months=6),
        label=_l("When we noted that a breach of security touched your data"),
        source=Source.STAFF,
    )
    told_at: Mapped[datetime | None] = plain()


register.keeps_from_copies(Breach.__tablename__)  # its texts are for the shop and the authority
