"""The versions of the shop's statements: what stood there, from when; orders and consents remember which one.

A statement follows from the code, the shop's identity and its settings, so it can change by itself. Whoever needs the
version of now has it stored first: an order can never name a text that nobody can read any more.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, defer

from shop.core import clock
from shop.core.db import Model, db, insert_or
from shop.core.personal_data import plain


class StatementVersion(Model):
    """One version of a statement, in both languages, as it stood on the page."""

    __tablename__ = "statement_versions"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = plain(primary_key=True)
    name: Mapped[str] = plain(String(20))
    version: Mapped[str] = plain(String(20))  # the day, and a number when it is not the first of that day
    published_at: Mapped[datetime] = plain()
    fingerprint: Mapped[str] = plain(String(64))
    html_nl: Mapped[str] = plain(Text)
    html_en: Mapped[str] = plain(Text)


_WITHOUT_TEXT = (defer(StatementVersion.html_nl), defer(StatementVersion.html_en))

Writer = Callable[[], Mapping[str, str]]
"""Writes a statement: its text as HTML, by language."""

_writers: dict[str, Writer] = {}


def writes(name: str) -> Callable[[Writer], Writer]:
    """Say which function writes a statement."""

    def remember(writer: Writer) -> Writer:
        _writers[name] = writer
        return writer

    return remember


def statement_names() -> list[str]:
    """The statements of which versions are kept."""
    return list(_writers)


def texts_of(name: str) -> Mapping[str, str]:
    """A statement as it is now, by language; written once, for it follows from what is read when the shop starts."""
    known: dict[str, Mapping[str, str]] = current_app.extensions.setdefault("statements", {})
    if name not in known:
        known[name] = _writers[name]()
    return known[name]


def current_version(name: str, *, at: datetime) -> str:
    """The version of now; stored first, when it is new. The caller commits."""
    return current_versions(name, at=at)[name]


def current_versions(*names: str, at: datetime) -> dict[str, str]:
    """The versions of now of several statements, by name; stored first, where they are new. The caller commits."""
    newest = select(func.max(StatementVersion.id)).where(StatementVersion.name.in_(names))
    newest = newest.group_by(StatementVersion.name)
    rows = db.session.scalars(select(StatementVersion).where(StatementVersion.id.in_(newest)).options(*_WITHOUT_TEXT))
    latest = {row.name: row for row in rows}
    return {name: _version_now(name, latest.get(name), at) for name in names}


def _version_now(name: str, latest: StatementVersion | None, at: datetime) -> str:
    texts = texts_of(name)
    told = fingerprint(texts)
    if latest is not None and latest.fingerprint == told:
        return latest.version
    version = _next_name(clock.local_date(at).isoformat(), latest.version if latest else "")
    row = insert_or(StatementVersion).values(
        name=name,
        version=version,
        published_at=at,
        fingerprint=told,
        html_nl=texts["nl"],
        html_en=texts["en"],
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["name", "version"]))
    return version


def fingerprint(texts: Mapping[str, str]) -> str:
    """What tells one text from another."""
    return hashlib.sha256("\0".join(texts[lang] for lang in ("nl", "en")).encode()).hexdigest()


def _next_name(day: str, latest: str) -> str:
    if not latest.startswith(day):
        return day
    _day, _dot, number = latest.partition(".")
    return f"{day}.{int(number or 1) + 1}"


def latest_version(name: str) -> StatementVersion | None:
    """The version that was stored last, without its text."""
    question = select(StatementVersion).where(StatementVersion.name == name).order_by(StatementVersion.id.desc())
    return db.session.scalar(question.options(*_WITHOUT_TEXT).limit(1))


def version_of(name: str, version: str) -> StatementVersion | None:
    """One version of a statement; None when there is no such one."""
    question = select(StatementVersion).where(StatementVersion.name == name, StatementVersion.version == version)
    return db.session.scalar(question)


def versions_of(name: str, *, most: int = 200) -> list[StatementVersion]:
    """All versions of a statement, the newest first."""
    question = select(StatementVersion).where(StatementVersion.name == name).order_by(StatementVersion.id.desc())
    return list(db.session.scalars(question.options(*_WITHOUT_TEXT).limit(most)))
