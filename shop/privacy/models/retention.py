"""Runs of the nightly job, and holds: rows that stay for now although their term is over."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import Category, Erase, Event, Keep, Purpose, Role, Source, personal, plain, subject


class RetentionRun(Model):
    """One run of the job that ends terms: when, and how much went."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = plain(primary_key=True)
    began_at: Mapped[datetime] = plain(index=True)
    ended_at: Mapped[datetime | None] = plain()  # empty: it did not come to its end
    done: Mapped[str] = plain(Text, default="{}")  # words of the register and numbers


class Hold(Model):
    """That one row stays until a day, and why: a dispute, a claim. It ends by itself."""

    __tablename__ = "holds"
    __events__ = {Event.EXPIRED: "ends_at"}
    __keep__ = Keep(Event.EXPIRED)
    __label__ = _l("Reason to keep something longer")
    __table_args__ = (Index("ix_holds_row", "table_name", "row_key"),)

    id: Mapped[int] = plain(primary_key=True)
    table_name: Mapped[str] = plain(String(63))
    row_key: Mapped[str] = plain(String(40))
    person_id: Mapped[str | None] = subject("people.id", index=True)
    reason: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(200),
        keep=Keep(Event.EXPIRED),
        erase=Erase.DELETE,
        label=_l("Why we keep it longer"),
        source=Source.STAFF,
        roles=[Role.OWNER, Role.PRIVACY],
    )
    staff_id: Mapped[int | None] = plain()
    created_at: Mapped[datetime] = plain()
    ends_at: Mapped[datetime] = plain()
