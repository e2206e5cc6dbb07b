"""Data taken to another organisation: asked by its owner, announced by a neutral mail, fetched once by who accepts it.

The shop never calls an address that somebody typed: it sends one message, and waits for the organisation to come.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from shop.core.db import db
from shop.core.personal_data import Purpose
from shop.people.actions import record_disclosure
from shop.privacy.emails.transfers import queue_fetched, queue_offer
from shop.privacy.models import Transfer, TransferPerson
from shop.privacy.queries.requests import hash_of

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 5
WAITING, ACCEPTED, FETCHED, CANCELED = "waiting", "accepted", "fetched", "canceled"


def start(
    person_ids: Sequence[str], *, organisation: str, email: str, key: str, language: str, at: datetime
) -> Transfer | None:
    """Offer somebody's data to an organisation for seven days; None when too many offers wait. The caller commits.

    The first of `person_ids` owns the offer; the others are who they proved to be as well. Sent twice it is one offer.
    """
    person_id, *others = dict.fromkeys(person_ids)
    earlier = db.session.scalar(select(Transfer).where(Transfer.key_hash == hash_of(key)))
    if earlier is not None:
        return earlier
    if len([one for one in transfers_of([person_id]) if is_open(one, at)]) >= MOST_OPEN:
        return None
    token = secrets.token_urlsafe(32)
    transfer = Transfer(
        person_id=person_id,
        key_hash=hash_of(key),
        link_hash=hash_of(token),
        organisation=organisation,
        email=email,
        asked_at=at,
        expires_at=at + GOOD_FOR,
    )
    db.session.add(transfer)
    db.session.flush()
    db.session.add_all(TransferPerson(transfer_id=transfer.id, person_id=other) for other in others)
    db.session.flush()
    queue_offer(transfer, token=token, language=language, at=at)
    return transfer


def people_of(transfer: Transfer) -> tuple[str, ...]:
    """Whose data goes along: the owner's, and what they proved to be theirs when they offered it."""
    question = select(TransferPerson.person_id).where(TransferPerson.transfer_id == transfer.id)
    return (transfer.person_id, *db.session.scalars(question.order_by(TransferPerson.id)))


def is_open(transfer: Transfer, at: datetime) -> bool:
    """Whether an organisation can still fetch, and its owner can still cancel."""
    return transfer.state == WAITING and transfer.expires_at > at


def transfers_of(person_ids: Sequence[str]) -> Sequence[Transfer]:
    """Somebody's transfers, newest first; at most fifty."""
    question = select(Transfer).where(Transfer.person_id.in_(person_ids)).order_by(Transfer.id.desc()).limit(50)
    return db.session.scalars(question).all()


def offered(token: str, *, at: datetime) -> Transfer | None:
    """The transfer that a one-time address opens; nothing once it was fetched, canceled or is too old."""
    found = db.session.scalar(select(Transfer).where(Transfer.link_hash == hash_of(token)))
    return found if found is not None and is_open(found, at) else None


def cancel(transfer_id: int, person_ids: Sequence[str], *, at: datetime) -> bool:
    """Take an offer back before it was fetched; whether that was in time. The caller commits."""
    done = db.session.execute(
        update(Transfer)
        .where(Transfer.id == transfer_id, Transfer.person_id.in_(person_ids), Transfer.state == WAITING)
        .values(state=CANCELED, canceled_at=at, link_hash=None)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def fetch(token: str, *, stated_name: str, at: datetime) -> Transfer | None:
    """Take the offer, once, in the name that the organisation states; its owner is told. The caller commits."""
    taken = db.session.scalar(
        update(Transfer)
        .where(Transfer.link_hash == hash_of(token), Transfer.state == WAITING, Transfer.expires_at > at)
        .values(state=FETCHED, link_hash=None, stated_name=stated_name, accepted_at=at, fetched_at=at)
        .returning(Transfer.id)
    )
    if taken is None:
        return None
    transfer = db.session.get_one(Transfer, taken)
    db.session.refresh(transfer)
    for person_id in people_of(transfer):
        record_disclosure(
            person_id,
            transfer.organisation[:80],
            fields=["everything in the download"],
            purpose=Purpose.RIGHTS,
            at=at,
        )
    queue_fetched(transfer, at=at)
    return transfer
