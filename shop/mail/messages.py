"""Messages are made whole when their cause happens, and wait in the outbox in the same transaction."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import css_inline
from flask import current_app, render_template
from sqlalchemy import select

from shop.core import outbox
from shop.core.db import db
from shop.core.i18n import speaking
from shop.core.identity import Identity
from shop.mail.rules import is_sent_while_restricted
from shop.mail.words import MESSAGES
from shop.people.queries import is_restricted

KIND = "mail"

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


outbox.REFERENCES.update(MESSAGES)


def queue_mail(
    message: str,
    *,
    key: str,
    to: str,
    language: str,
    at: datetime,
    person_id: str | None,
    is_plain: bool = False,
    kind: str = KIND,
    **values: Any,
) -> bool:
    """Put a message in the outbox, once for each `key`; its text is templates/mail/<message>/. The caller commits.

    What strangers can have sent to an address is `is_plain`: text alone. Who is restricted gets only what must be.
    """
    if not is_sent_while_restricted(message) and is_restricted(person_id):
        return False
    with speaking(language):
        subject = " ".join(render_template(f"mail/{message}/subject.txt", **values).split())
        text = render_template(f"mail/{message}/body.txt", **values).strip() + "\n"
        html = None if is_plain else _inliner.inline(render_template(f"mail/{message}/body.html", **values))
    mail = compose(key=key, to=to, subject=subject, text=text, html=html)
    return outbox.put(kind, key, at=at, person_id=person_id, reference=message, content=mail.as_bytes(policy=SMTP))


def readdress(person_ids: Iterable[str], old: str, new: str) -> int:
    """Send people's messages that still wait, and that nobody is sending, to another address. The caller commits."""
    waiting = select(outbox.OutboxRow).where(
        outbox.OutboxRow.person_id.in_(tuple(person_ids)),
        outbox.OutboxRow.kind == KIND,
        outbox.OutboxRow.done_at.is_(None),
        outbox.OutboxRow.content.is_not(None),
    )
    changed = 0
    for row in db.session.scalars(waiting.with_for_update()):
        mail = message_from_bytes(row.content or b"", policy=SMTP)
        if str(mail["To"]) == old:
            mail.replace_header("To", new)
            row.content = mail.as_bytes(policy=SMTP)
            changed += 1
    db.session.flush()
    return changed


def compose(*, key: str, to: str, subject: str, text: str, html: str | None) -> EmailMessage:
    """A finished message from the shop; its Message-ID follows from `key`, so a repeated one can be recognised."""
    identity: Identity = current_app.extensions["identity"]
    sender = current_app.config["MAIL_FROM"] or identity.email
    local, _sep, domain = sender.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(identity.name, local, domain)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    digest = hashlib.sha256(f"{current_app.config['SECRET_KEY']}:{key}".encode()).hexdigest()[:40]
    mail["Message-ID"] = f"<{digest}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail
