"""Messages of the privacy room."""

import secrets
from datetime import datetime

from shop.core.i18n import public_url
from shop.mail.messages import queue_mail

FAREWELL = "farewell"


def queue_farewell(code: str, *, to: str, language: str, at: datetime, is_idle: bool = False) -> None:
    """The last message to somebody who was erased; its row goes when it is sent. The caller commits."""
    link = public_url("privacy.receipt", language, code=code)
    queue_mail(
        "erasure_farewell",
        kind=FAREWELL,
        key=f"{FAREWELL}:{code}",
        to=to,
        language=language,
        at=at,
        person_id=None,
        is_plain=True,
        link=link,
        is_idle=is_idle,
    )


def queue_email_changed(person_id: str, old: str, language: str, at: datetime) -> None:
    """The one notice to the address that was replaced; its row keeps no address once it is sent."""
    key = f"email_changed:{secrets.token_hex(12)}"
    queue_mail("email_changed", key=key, to=old, language=language, at=at, person_id=person_id, is_plain=True)
