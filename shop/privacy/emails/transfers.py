"""Messages about data taken elsewhere: a neutral one to the organisation, and word of the pick-up to its owner."""

from datetime import datetime

from shop.core.db import db
from shop.core.i18n import public_url
from shop.mail.messages import queue_mail
from shop.mail.rules import unlinked
from shop.people.models import Person
from shop.privacy.models import Transfer
from shop.privacy.queries.mailboxes import mailboxes_of


def queue_offer(transfer: Transfer, *, token: str, language: str, at: datetime) -> bool:
    """That somebody, not named here, has data ready for the organisation; one link, seven days."""
    return queue_mail(
        "transfer_offer",
        key=f"transfer_offer:{transfer.id}",
        to=transfer.email,
        language=language,
        at=at,
        person_id=transfer.person_id,
        is_plain=True,
        organisation=unlinked(transfer.organisation),
        expires_at=transfer.expires_at,
        link=public_url("privacy.fetch_transfer", language, token=token),
    )


def queue_fetched(transfer: Transfer, *, at: datetime) -> bool:
    """That the organisation fetched the data, and who it says it is."""
    email = mailboxes_of([transfer.person_id]).get(transfer.person_id)
    person = db.session.get(Person, transfer.person_id)
    if email is None or person is None:
        return False
    return queue_mail(
        "transfer_fetched",
        key=f"transfer_fetched:{transfer.id}",
        to=email,
        language=person.language,
        at=at,
        person_id=transfer.person_id,
        is_plain=True,
        organisation=unlinked(transfer.organisation),
        stated_name=unlinked(transfer.stated_name or ""),
        fetched_at=transfer.fetched_at,
    )
