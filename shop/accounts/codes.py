"""Codes that prove a mailbox: mailed, typed, good once, for ten minutes and five tries.

A code belongs to the page that asked for it: the page keeps `binding`, a random value, in its form. A code that
somebody else asked for at the same moment fits only on their page, so that nobody can confirm another's password.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select

from shop.accounts import rules
from shop.accounts.emails import queue_code
from shop.accounts.models import Code
from shop.core.db import db

SIGN_UP, RESET, DATA = "sign_up", "reset", "data"


def new_binding() -> str:
    """A random value for the form of the page that asks for a code."""
    return secrets.token_urlsafe(18)


def _hash(key: str, person_id: str, purpose: str, binding: str, code: str) -> str:
    told = "\n".join((person_id, purpose, binding, code)).encode()
    return hmac.new(key.encode(), told, hashlib.sha256).hexdigest()


def issue_code(
    person_id: str,
    purpose: str,
    email: str,
    language: str,
    at: datetime,
    *,
    binding: str = "",
    new_password_hash: str = "",
) -> Code:
    """Mail somebody a new code, in place of any older one for the same purpose. The caller commits."""
    db.session.execute(delete(Code).where(Code.person_id == person_id, Code.purpose == purpose))
    code = rules.new_code()
    row = Code(
        person_id=person_id,
        purpose=purpose,
        code_hash=_hash(current_app.config["SECRET_KEY"], person_id, purpose, binding, code),
        new_password_hash=new_password_hash,
        tries_left=rules.CODE_TRIES,
        created_at=at,
        expires_at=at + rules.CODE_LIFE,
    )
    db.session.add(row)
    db.session.flush()
    is_plain = purpose == DATA  # anybody can have it sent, to any address
    shown = rules.shown_code(code)
    queue_code(purpose, shown, to=email, language=language, at=at, person_id=person_id, is_plain=is_plain)
    return row


def check_code(person_id: str, purpose: str, typed: str, at: datetime, *, binding: str = "") -> Code | None:
    """The code that was typed, now used up, or None. The caller commits in both cases: a wrong try is counted."""
    row = db.session.scalar(
        select(Code)
        .where(Code.person_id == person_id, Code.purpose == purpose, Code.used_at.is_(None), Code.expires_at > at)
        .order_by(Code.id.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None or row.tries_left == 0:
        return None
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    code = rules.typed_code(typed)
    if any(hmac.compare_digest(_hash(key, person_id, purpose, binding, code), row.code_hash) for key in keys):
        row.used_at = at
        return row
    row.tries_left -= 1
    return None
