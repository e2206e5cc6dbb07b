"""What a correction could not reach by itself, and somebody has to pass on."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import Category, Event, Keep, Purpose, Role, Source, personal, plain, subject
from shop.people.words import recipient_text


class CorrectionTask(Model):
    """A label that was made, an invoice that was issued, somebody who got the old value (GDPR art. 19)."""

    __tablename__ = "correction_tasks"
    __label__ = _l("Correction to pass on")
    __named_by__ = "about"
    __events__ = {Event.CREATED: "created_at"}
    __table_args__ = (
        CheckConstraint("kind IN ('label', 'invoice', 'recipient')", name="kind"),
        Index("ix_correction_tasks_open", "done_at", "created_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)
    kind: Mapped[str] = plain(String(12))
    about: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.RIGHTS,
        String(80),
        keep=Keep(Event.CREATED, months=12),
        label=_l("Where your correction still has to arrive"),
        words=recipient_text,
        source=Source.USE,
        roles=[Role.OWNER, Role.FULFILMENT, Role.PRIVACY, Role.BOOKKEEPING],
    )
    fields: Mapped[str] = plain(String(300), label=_l("Which data"))  # names of fields, never values
    created_at: Mapped[datetime] = plain(label=_l("Made"))
    done_at: Mapped[datetime | None] = plain(label=_l("Passed on"))
    done_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
