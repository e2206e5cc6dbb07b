"""Messages about a conversation: text alone, and nothing in it that a stranger typed."""

import secrets
from datetime import datetime

from shop.contact.models import ContactLink, ContactMessage, ContactThread
from shop.contact.queries import token_hash
from shop.core.db import db
from shop.core.i18n import public_url
from shop.mail.messages import queue_mail


def new_link(thread: ContactThread, at: datetime) -> str:
    """The address of a conversation for who reads that mailbox; the database keeps only a hash of the token in it."""
    token = secrets.token_urlsafe(32)
    db.session.add(ContactLink(thread_id=thread.id, token_hash=token_hash(token), created_at=at))
    return public_url("contact.conversation", thread.language, token=token)


def queue_receipt(thread: ContactThread, at: datetime) -> bool:
    """That a message has arrived and under which reference, once for each conversation."""
    return _queue("contact_receipt", f"contact_receipt:{thread.id}", thread, at, topic=thread.topic)


def queue_answer(thread: ContactThread, message: ContactMessage) -> bool:
    """What the shop answers, once for each answer."""
    return _queue("contact_answer", f"contact_answer:{message.id}", thread, message.at, text=message.text)


def _queue(name: str, key: str, thread: ContactThread, at: datetime, **values: str) -> bool:
    if thread.email is None:
        return False
    return queue_mail(
        name,
        key=key,
        to=thread.email,
        language=thread.language,
        at=at,
        person_id=thread.person_id,
        is_plain=True,
        reference=thread.reference,
        sent_at=at,
        link=new_link(thread, at),
        is_suspect=thread.is_suspect,
        **values,
    )
