"""Handing messages over: to an SMTP server, or in demo and test to files that stand for the mailboxes."""

import smtplib
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from shop.core import clock
from shop.core.outbox import GiveUp, OutboxRow, carries_out
from shop.mail.messages import KIND

TIMEOUT = 20  # seconds; well within the outbox's lease


@carries_out(KIND)
def deliver(row: OutboxRow) -> None:
    """Hand one message over; called again after a failure, with the same Message-ID."""
    if row.content is None:
        raise GiveUp
    mail = message_from_bytes(row.content, policy=SMTP)
    url = current_app.config["MAIL_URL"]
    if url.startswith("file:"):
        _to_file(row, Path(current_app.config["INSTANCE_PATH"]) / "mail")
    else:
        _to_server(mail, url)


def _to_file(row: OutboxRow, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    moment = clock.now().strftime("%Y%m%dT%H%M%S%f")
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
