"""Reading what the shop mailed."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from sqlalchemy import select

from shop.core.db import db
from shop.core.outbox import OutboxRow


def mails_to(email: str) -> list[EmailMessage]:
    """Every message for an address that waits in the outbox, oldest first."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail").order_by(OutboxRow.id)).all()
    mails = [cast(EmailMessage, message_from_bytes(row.content or b"", policy=default)) for row in rows]
    return [mail for mail in mails if mail["To"] == email]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a message."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def code_for(email: str) -> str:
    """The code in the last message to an address, as it is shown there."""
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", text_of(mails_to(email)[-1]))
    assert found is not None
    return found.group()
