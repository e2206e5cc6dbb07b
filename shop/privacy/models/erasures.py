"""Erasures: accepted, then carried out, then finished; what is left of one is a receipt without a person."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index, String, Text, false
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import Event, Keep, plain, subject

ACCEPTED, ERASED, FINISHED = "accepted", "erased", "finished"


class Erasure(Model):
    """One erasure: accepted is a promise, erased means out of the rows, finished that no trace of them is left."""

    __tablename__ = "erasures"
    __events__ = {Event.CREATED: "accepted_at"}
    __keep__ = Keep(Event.CREATED, months=24)
    __label__ = _l("Erasure")
    __named_by__ = "code"
    __table_args__ = (
        CheckConstraint("state IN ('accepted', 'erased', 'finished')", name="state"),
        Index("ix_erasures_unfinished", "finished_at", "accepted_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    code: Mapped[str] = plain(String(40), unique=True)  # of the receipt: random, whoever knows it may read it
    state: Mapped[str] = plain(String(10), default=ACCEPTED)
    item: Mapped[str] = plain(String(80), default="")  # "addresses:12" or "orders:12:note"; empty: the whole person
    language: Mapped[str] = plain(String(2))
    is_mailed: Mapped[bool] = plain(default=False)
    told: Mapped[str] = plain(Text, default="{}")  # what went and what stays: words of the register and numbers
    accepted_at: Mapped[datetime] = plain()
    erased_at: Mapped[datetime | None] = plain()
    finished_at: Mapped[datetime | None] = plain()
    rewritten_at: Mapped[datetime | None] = plain()  # PostgreSQL: when the touched tables were written anew
    is_idle: Mapped[bool] = plain(default=False, server_default=false())  # nobody asked: an unused account


class ErasureSubject(Model):
    """Whom an accepted erasure is about; goes with the person."""

    __tablename__ = "erasure_subjects"

    id: Mapped[int] = plain(primary_key=True)
    erasure_id: Mapped[int] = plain(index=True)
    person_id: Mapped[str] = subject("people.id", index=True)


class TouchedTable(Model):
    """A table from which something was erased, to be written anew at night (PostgreSQL)."""

    __tablename__ = "touched_tables"

    name: Mapped[str] = plain(String(63), primary_key=True)
    since: Mapped[datetime] = plain()
