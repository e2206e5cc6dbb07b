"""The letter to whom a breach touched (GDPR art. 34): what happened, what it may mean, what was done, whom to ask."""

from datetime import datetime

from shop.mail.messages import queue_mail
from shop.privacy.words import AUTHORITY_URL


def queue_breach_letter(key: str, *, to: str, language: str, person_id: str, text: str, at: datetime) -> bool:
    """One letter to one person, once for each breach."""
    return queue_mail(
        "breach_letter",
        key=key,
        to=to,
        language=language,
        at=at,
        person_id=person_id,
        is_plain=True,
        text=text,
        authority=AUTHORITY_URL,
    )
