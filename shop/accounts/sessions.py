"""Sessions live in the database: the cookie holds a random token, the table a hash of it.

A visitor has none. Customers and staff have different cookies; each sees only its own part of the site.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, select, update

from shop.accounts.models import SignInSession
from shop.accounts.rules import MOST_SESSIONS
from shop.core import clock
from shop.core.cookies import Cookie, clear_cookie, declare_cookie, read_cookie, set_cookie
from shop.core.db import db, writing
from shop.core.devices import device_label
from shop.core.personal_data import Category, Purpose

CUSTOMER, STAFF, PROOF = "customer", "staff", "proof"
LIFE = {CUSTOMER: timedelta(days=30), STAFF: timedelta(hours=12), PROOF: timedelta(hours=1)}
IDLE = {CUSTOMER: timedelta(days=14), STAFF: timedelta(minutes=30), PROOF: timedelta(minutes=30)}
PROVED_AT = "proved_at"  # in a session: when its browser last typed a password or a code
TOUCH_AFTER = {CUSTOMER: timedelta(hours=1), STAFF: timedelta(minutes=2), PROOF: timedelta(minutes=2)}

CUSTOMER_COOKIE = declare_cookie(
    "session",
    life=LIFE[CUSTOMER],
    purpose=Purpose.ACCOUNT,
    label=_l("Keeps you signed in; set when you sign in, or prove by a code that an e-mail address is yours"),
    keep_text=_l("until you sign out or stay away for 14 days, 30 days at most; after a code one hour at most"),
    categories=(Category.ACTIVITY,),
)
STAFF_COOKIE = declare_cookie(
    "staff",
    life=LIFE[STAFF],
    purpose=Purpose.SECURITY,
    label=_l("Keeps our staff signed in; customers never get it"),
    keep_text=_l("until signing out or doing nothing for half an hour, 12 hours at most"),
    same_site="Strict",
)


class SessionNotStarted(Exception):
    """Something tried to remember a visitor who has not signed in."""


class ShopSession(dict[str, Any], SessionMixin):
    """What is remembered of one signed-in browser; a visitor's is empty and stays so."""

    def __init__(self, row: SignInSession | None = None) -> None:
        super().__init__(json.loads(row.content) if row else {})
        self.row_id = row.id if row else None
        self.token_hash = row.token_hash if row else ""  # with the id: SQLite may give a deleted row's id to another
        self.person_id = row.person_id if row else None
        self.kind = row.kind if row else ""
        self.is_started = row is not None
        self.has_ended = False
        self.token: str | None = None  # set when the cookie must be (re)sent
        self.modified = False
        self.accessed = True
        self.touched_at = row.last_used_at if row else None

    @property
    def proves_mailbox(self) -> bool:
        """Whether this browser proved an e-mail address by a code, without signing in."""
        return self.is_started and self.kind == PROOF

    def __setitem__(self, key: str, value: Any) -> None:
        """Remember something; a visitor without a session cannot be remembered."""
        if not self.is_started:
            raise SessionNotStarted(key)
        super().__setitem__(key, value)
        self.modified = True

    def __delitem__(self, key: str) -> None:
        """Forget something."""
        super().__delitem__(key)
        self.modified = True

    def pop(self, key: str, *default: Any) -> Any:
        """Take something out."""
        if key in self:
            self.modified = True
        return super().pop(key, *default)

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self.modified = True

    def setdefault(self, key: str, default: Any = None) -> Any:
        """What is remembered, or the default, which is then remembered."""
        if key not in self:
            self[key] = default
        return self[key]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def kind_of(path: str) -> str:
    """Whose part of the site a path is in."""
    return STAFF if path == "/staff" or path.startswith("/staff/") else CUSTOMER


def _kinds_of(part: str) -> tuple[str, ...]:
    """The kinds of session that are at home in a part of the site; staff have theirs alone."""
    return (STAFF,) if part == STAFF else (CUSTOMER, PROOF)


def _cookie_of(kind: str) -> Cookie:
    return STAFF_COOKIE if kind == STAFF else CUSTOMER_COOKIE


def start_session(session: ShopSession, *, person_id: str, kind: str, content: Mapping[str, Any]) -> None:
    """Begin a session for a person, with a new token; whatever session this browser had is gone. The caller commits."""
    _delete_row(session)
    _end_oldest(person_id, kind)
    now = clock.now()
    token = secrets.token_urlsafe(32)
    # made here, so that no GET has to write it; whoever begins a session has just typed a password or a code
    content = {"csrf_token": secrets.token_hex(20), PROVED_AT: now.isoformat(), **content}
    row = SignInSession(
        person_id=person_id,
        kind=kind,
        token_hash=_hash(token),
        content=json.dumps(content),
        device=device_label(request.headers.get("User-Agent", "")),
        created_at=now,
        last_used_at=now,
        expires_at=now + LIFE[kind],
    )
    db.session.add(row)
    db.session.flush()
    dict.clear(session)
    dict.update(session, content)
    session.row_id, session.token_hash, session.person_id = row.id, row.token_hash, person_id
    session.kind = kind
    session.is_started, session.has_ended = True, False
    session.token, session.touched_at, session.modified = token, now, False


def _delete_row(session: ShopSession) -> None:
    db.session.execute(delete(SignInSession).where(_is_row_of(session)))


def _is_row_of(session: ShopSession) -> ColumnElement[bool]:
    return and_(SignInSession.id == session.row_id, SignInSession.token_hash == session.token_hash)


def _end_oldest(person_id: str, kind: str) -> None:
    """Keep room for one more session: nobody has more than ten."""
    newest = (
        select(SignInSession.id)
        .where(SignInSession.person_id == person_id, SignInSession.kind == kind)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
        .limit(MOST_SESSIONS - 1)
    )
    kept = list(db.session.scalars(newest))
    if len(kept) == MOST_SESSIONS - 1:
        db.session.execute(
            delete(SignInSession).where(
                SignInSession.person_id == person_id, SignInSession.kind == kind, SignInSession.id.not_in(kept)
            )
        )


def end_session(session: ShopSession) -> None:
    """Sign this browser out. The caller commits."""
    _delete_row(session)
    dict.clear(session)
    session.has_ended, session.is_started, session.modified = True, False, False


def end_sessions_of_browser() -> None:
    """End every session that the browser of this request holds a cookie of; its answer takes the cookies away."""
    for cookie in (CUSTOMER_COOKIE, STAFF_COOKIE):
        token = read_cookie(cookie)
        if token:
            db.session.execute(delete(SignInSession).where(SignInSession.token_hash == _hash(token)))
    found = session._get_current_object()  # type: ignore[attr-defined]
    if found.is_started:
        dict.clear(found)
        found.has_ended, found.is_started, found.modified = True, False, False


def end_all_sessions(person_id: str, *, but: int | None = None) -> None:
    """Sign a person out everywhere, except perhaps here. The caller commits."""
    question = delete(SignInSession).where(SignInSession.person_id == person_id)
    db.session.execute(question if but is None else question.where(SignInSession.id != but))


class DatabaseSessions(SessionInterface):
    """Flask's way to our sessions."""

    def open_session(self, app: Flask, request: Request) -> ShopSession:
        """The session that the browser's cookie names, or a visitor's empty one."""
        kind = kind_of(request.path)
        token = read_cookie(_cookie_of(kind))
        if not token or request.path.startswith(("/static/", "/media/")):
            return ShopSession()
        now = clock.now()
        row = db.session.scalar(
            select(SignInSession).where(
                SignInSession.token_hash == _hash(token),
                SignInSession.kind.in_(_kinds_of(kind)),
                SignInSession.expires_at > now,
            )
        )
        if row is None or row.last_used_at <= now - IDLE[row.kind]:
            g.has_stale_session = True
            return ShopSession()
        return ShopSession(row)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed, and tell the browser when its token did."""
        assert isinstance(session, ShopSession)
        kind = kind_of(request.path)
        cookie = _cookie_of(kind)
        if session.has_ended or (g.get("has_stale_session") and session.token is None):
            clear_cookie(response, cookie)
            return
        if not session.is_started:
            return
        now = clock.now()
        values: dict[str, Any] = {}
        if session.modified:
            values["content"] = json.dumps(dict(session))
        if session.touched_at is None or now - session.touched_at > TOUCH_AFTER[session.kind]:
            values["last_used_at"] = now
        if values:
            with writing():
                db.session.execute(update(SignInSession).where(_is_row_of(session)).values(**values))
                db.session.commit()
        if session.token is not None:
            set_cookie(response, cookie, session.token, life=LIFE[session.kind])
