"""Counters of pages and days; the visits of browsers that allow analysis, for 30 days; and totals of at least five."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.devices import device_text
from shop.core.personal_data import Category, Event, Keep, Purpose, Source, personal, plain, subject

RAW = Keep(Event.CREATED, days=30)


class Count(Model):
    """How often something happened on a day: a page was opened, a word of the catalogue was looked for."""

    __tablename__ = "counts"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'word', 'step')", name="kind"),
        CheckConstraint("times >= 1", name="times_positive"),
    )

    on: Mapped[date] = plain(primary_key=True)
    kind: Mapped[str] = plain(String(6), primary_key=True)
    name: Mapped[str] = plain(String(120), primary_key=True)
    times: Mapped[int] = plain()


class Activity(Model):
    """A page that a browser opened which allows analysis; known by nothing but its random number."""

    __tablename__ = "activities"
    __label__ = _l("Page that you opened")
    __named_by__ = "page"
    __events__ = {Event.CREATED: "at"}
    __table_args__ = (Index("ix_activities_at", "at"),)

    id: Mapped[int] = plain(primary_key=True)
    browser_id: Mapped[str] = subject("browsers.id", index=True)
    page: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.ANALYSIS,
        String(120),
        keep=RAW,
        label=_l("Pages that you opened, to the hour"),
        source=Source.USE,
    )
    source: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.ANALYSIS,
        String(80),
        keep=RAW,
        label=_l("The website that you came from, its name only"),
        source=Source.USE,
        default="",
    )
    device: Mapped[str] = personal(
        Category.DEVICE,
        Purpose.ANALYSIS,
        String(60),
        keep=RAW,
        label=_l("Kind of browser and device, as in “Firefox, mobile”"),
        words=device_text,
        source=Source.USE,
    )
    at: Mapped[datetime] = plain()


class Total(Model):
    """What is left of visits after 30 days: how many browsers, at least five, did the same on a day."""

    __tablename__ = "activity_totals"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'source', 'device')", name="kind"),
        CheckConstraint("browsers >= 5 AND views >= browsers", name="at_least_five"),
    )

    on: Mapped[date] = plain(primary_key=True)
    kind: Mapped[str] = plain(String(6), primary_key=True)
    name: Mapped[str] = plain(String(120), primary_key=True)
    browsers: Mapped[int] = plain()
    views: Mapped[int] = plain()
