"""The last resort of an access request: a redacted copy, asked for by a person, seen by one role, soon destroyed."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import NotFound
from shop.core.personal_data import register
from shop.privacy import id_pictures
from shop.privacy.actions.requests import note
from shop.privacy.emails import requests as emails
from shop.privacy.models import IdCopy, RightsRequest
from shop.privacy.queries import requests as queries
from shop.privacy.rules import requests as rules
from shop.privacy.rules.id_copies import read_boxes

ASKED, RECEIVED, DESTROYED = "asked", "received", "destroyed"
LONGEST = timedelta(days=28)


def ask(request_id: int, *, reason: str, staff_id: int, at: datetime, is_again: bool = False) -> IdCopy:
    """Offer to send a redacted copy, by a link that works once; only where nothing else is left. The caller commits."""
    request = queries.request_for_change(request_id)
    if request is None:
        raise NotFound
    today = clock.local_date(at)
    is_late = today >= rules.due_on(request.received_on)
    if request.decided_at is not None or is_late or not rules.proof_allows_id_copy(request.kind, request.proof):
        raise rules.NoLastResort
    if not reason.strip():
        raise rules.NoReason
    db.session.execute(
        update(IdCopy).where(IdCopy.request_id == request_id, IdCopy.state == ASKED).values(link_hash=None)
    )
    token = secrets.token_urlsafe(32)
    copy = IdCopy(
        request_id=request_id,
        link_hash=queries.hash_of(token),
        asked_at=at,
        asked_by=staff_id,
        ask_reason=reason,
        expires_on=rules.due_on(request.received_on),
    )
    db.session.add(copy)
    db.session.flush()
    note(request, "id_copy_asked", at=at, staff_id=staff_id)
    emails.queue_id_copy_asked(
        request, copy_id=copy.id, token=token, is_again=is_again, expires_on=copy.expires_on, at=at
    )
    return copy


def copy_by_link(token: str, *, at: datetime) -> tuple[IdCopy, RightsRequest] | None:
    """The copy that a one-time address asks for, with its request; nothing once it came, was decided, or is too old."""
    found = db.session.execute(
        select(IdCopy, RightsRequest)
        .join(RightsRequest, RightsRequest.id == IdCopy.request_id)
        .where(
            IdCopy.link_hash == queries.hash_of(token),
            IdCopy.state == ASKED,
            IdCopy.expires_on > clock.local_date(at),
            RightsRequest.decided_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    copy, request = found
    return (copy, request) if rules.proof_allows_id_copy(request.kind, request.proof) else None


def take(token: str, content: bytes, told: str, *, at: datetime) -> RightsRequest | None:
    """Check, make anew, encrypt and keep what was sent; refused is not kept in any form. The caller commits.

    Raises NotACopy or WrongBoxes. Everything slow happens before the row is held.
    """
    image = id_pictures.checked(content)
    boxes, _absent = read_boxes(told, width=image.width, height=image.height)
    id_pictures.check_covered(image, boxes)
    name, key = id_pictures.keep(id_pictures.encoded(image, boxes))
    try:
        taken = db.session.scalar(
            update(IdCopy)
            .where(
                IdCopy.link_hash == queries.hash_of(token),
                IdCopy.state == ASKED,
                IdCopy.expires_on > clock.local_date(at),
            )
            .values(
                state=RECEIVED,
                link_hash=None,
                file_name=name,
                wrapped_key=key,
                received_at=at,
                covered=",".join(dict.fromkeys(box.part for box in boxes)),
            )
            .returning(IdCopy.request_id)
        )
        request = queries.request_for_change(taken) if taken is not None else None
        if request is None or request.decided_at is not None:
            raise NotFound
        note(request, "id_copy_received", at=at)
        return request
    except BaseException:
        id_pictures.destroy(name)
        raise


def copy_of(request_id: int, copy_id: int) -> IdCopy | None:
    """One copy of a request, its row held."""
    question = select(IdCopy).where(IdCopy.id == copy_id, IdCopy.request_id == request_id)
    return db.session.scalar(question.with_for_update().execution_options(populate_existing=True))


def look_at(copy: IdCopy, *, staff_id: int, at: datetime) -> bytes | None:
    """The picture, for one look of one member of staff, which its owner can read of. The caller commits."""
    if copy.state != RECEIVED or copy.file_name is None or copy.wrapped_key is None:
        return None
    request = queries.request_for_change(copy.request_id)
    assert request is not None
    picture = id_pictures.opened(copy.file_name, copy.wrapped_key)
    note(request, "id_copy_opened", at=at, staff_id=staff_id)
    return picture


def destroy(copy: IdCopy, *, why: str, at: datetime, staff_id: int | None = None) -> bool:
    """Take the key, and with it the copy, away for good; the file follows. The caller commits."""
    if copy.state == DESTROYED:
        return False
    if copy.file_name is not None:
        id_pictures.destroy(copy.file_name)
    was_there = copy.state == RECEIVED
    copy.state, copy.wrapped_key, copy.file_name, copy.link_hash = DESTROYED, None, None, None
    copy.destroyed_at, copy.destroyed_why = at, why
    db.session.flush()
    request = db.session.get(RightsRequest, copy.request_id)
    if request is not None and was_there:
        step = "id_copy_badly_redacted" if why == "badly_redacted" else "id_copy_destroyed"
        note(request, step, at=at, staff_id=staff_id)
    return True


def refuse_badly_redacted(copy: IdCopy, *, staff_id: int, at: datetime) -> IdCopy:
    """Destroy at once a copy on which too much can be read, and ask for another. The caller commits."""
    destroy(copy, why="badly_redacted", at=at, staff_id=staff_id)
    return ask(copy.request_id, reason=copy.ask_reason or "-", staff_id=staff_id, at=at, is_again=True)


def destroy_of_request(request_id: int, *, why: str, at: datetime, staff_id: int | None = None) -> int:
    """Destroy every copy of a request; how many were there. The caller commits."""
    copies = db.session.scalars(select(IdCopy).where(IdCopy.request_id == request_id, IdCopy.state != DESTROYED))
    return sum(destroy(copy, why=why, at=at, staff_id=staff_id) for copy in copies.all())


@register.retains("copies of identity documents")
def destroy_old(at: datetime, is_dry: bool) -> int:
    """Destroy copies on their last day, those of decided requests, and files that no row knows."""
    today = clock.local_date(at)
    over = (
        select(IdCopy)
        .join(RightsRequest, RightsRequest.id == IdCopy.request_id)
        .where(
            IdCopy.state == RECEIVED,
            (IdCopy.expires_on <= today) | (IdCopy.asked_at <= at - LONGEST) | RightsRequest.decided_at.is_not(None),
        )
    )
    if is_dry:
        return len(db.session.scalars(over).all())
    with writing():
        known = set(db.session.scalars(select(IdCopy.file_name).where(IdCopy.file_name.is_not(None))))
        copies = db.session.scalars(over).all()
        for copy in copies:
            destroy(copy, why="term", at=at)
        db.session.commit()
    stray = [name for name in id_pictures.files() if name not in known and id_pictures.is_old(name, at)]
    for name in stray:
        id_pictures.destroy(name)
    return len(copies) + len(stray)


@register.erases("copies of identity documents")
def destroy_of_person(person_id: str, at: datetime) -> None:
    """Destroy the copies of somebody who is erased."""
    for request_id in db.session.scalars(select(RightsRequest.id).where(RightsRequest.person_id == person_id)).all():
        destroy_of_request(request_id, why="erased", at=at)
