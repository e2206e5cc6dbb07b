"""Handing messages over: to an SMTP server, or in demo and test to files that stand for the mailboxes."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from shop.core import clock
from shop.core.db import db
from shop.core.outbox import GiveUp, OutboxRow, carries_out
from shop.core.personal_data import Category, Medium, Purpose, Store, register
from shop.mail.messages import KIND
from shop.mail.rules import is_sent_while_restricted
from shop.people.queries import is_restricted

TIMEOUT = 20  # seconds; well within the outbox's lease
FILES_STAY = timedelta(days=7)
STAMP = "%Y%m%dT%H%M%S%f"

register.declare(
    Store(
        "mail folder",
        Medium.FILE,
        Purpose.SERVICE_CONTACT,
        _l("Messages as files, in place of a mailbox; only where the shop is tried out, never in the real shop"),
        _l("7 days"),
        (Category.NAME, Category.EMAIL, Category.PROVIDED, Category.LOCATION, Category.ACTIVITY),
    )
)


@carries_out(KIND)
def deliver(row: OutboxRow) -> None:
    """Hand one message over; called again after a failure, with the same Message-ID."""
    if row.content is None:
        raise GiveUp
    mail = message_from_bytes(row.content, policy=SMTP)
    url = current_app.config["MAIL_URL"]
    if url.startswith("file:"):
        _to_file(row, _folder())
    else:
        _to_server(mail, url)


@register.restricts("queued mail")
def drop_queued_mail(person_id: str, is_set: bool, at: datetime) -> None:
    """Take out of the queue what may no longer be sent to somebody whose data is restricted from now on."""
    if not is_set or not is_restricted(person_id):
        return
    waiting = select(OutboxRow.id, OutboxRow.reference).where(
        OutboxRow.kind == KIND, OutboxRow.person_id == person_id, OutboxRow.done_at.is_(None)
    )
    dropped = [row.id for row in db.session.execute(waiting) if not is_sent_while_restricted(row.reference)]
    done = update(OutboxRow).where(OutboxRow.id.in_(dropped)).values(done_at=at, content=None, last_error="restricted")
    db.session.execute(done)


@register.retains("mail folder")
def take_old_messages_away(at: datetime, is_dry: bool) -> int:
    """Remove the files of messages that were handed over more than seven days ago."""
    last = (at - FILES_STAY).strftime(STAMP)
    old = [file for file in _folder().glob("*.eml") if file.name < last]
    for file in old if not is_dry else []:
        file.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "mail"


def _to_file(row: OutboxRow, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    moment = clock.now().strftime(STAMP)
    unfinished = folder / f".{row.id}.part"
    unfinished.write_bytes(row.content or b"")
    unfinished.rename(folder / f"{moment}-{row.id}-{row.reference}.eml")


def _to_server(mail: EmailMessage, url: str) -> None:
    where = urlsplit(url)
    host, port = where.hostname or "localhost", where.port or (465 if where.scheme == "smtps" else 587)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        if where.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    ) as server:
        server.ehlo()
        if where.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as problem:
            if all(500 <= code < 600 for code, _text in problem.recipients.values()):
                raise GiveUp from problem
            raise
