"""Requests about rights: the desk's lists and counts, one request, and a person's own."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import selectinload

from shop.core.db import db
from shop.people.models import StaffMember
from shop.privacy.models import IdCopy, RequestEvent, RightsRequest
from shop.privacy.queries.people import account_with_address, people_with_address
from shop.privacy.rules import requests as rules

PAGE = 50


def hash_of(token: str) -> str:
    """What is kept of the token in an address."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Counts:
    """How many requests wait, and how pressing they are."""

    open: int
    warning: int
    alarm: int
    late: int
    child: int


LETTER_STEPS = ("letter_sent", "letter_printed")


def waits() -> ColumnElement[bool]:
    """That a request waits for us: undecided, or with an answer that has not gone out."""
    gone = RequestEvent.request_id == RightsRequest.id, RequestEvent.kind.in_(LETTER_STEPS)
    return or_(RightsRequest.decided_at.is_(None), ~exists().where(*gone))


def unsent_among(request_ids: Iterable[int]) -> set[int]:
    """Those of these requests whose decision has not gone out."""
    mine = RightsRequest.id.in_(list(request_ids)), RightsRequest.decided_at.is_not(None)
    return set(db.session.scalars(select(RightsRequest.id).where(*mine, waits())))


def counts(today: date) -> Counts:
    """The open requests by how pressing they are; a request stands in one of these counts besides the first."""
    warn, alarm = today + rules.WARN_BEFORE, today + rules.ALARM_BEFORE

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            number(true()),
            number(and_(RightsRequest.due_on <= warn, RightsRequest.due_on > alarm)),
            number(and_(RightsRequest.due_on <= alarm, RightsRequest.due_on >= today)),
            number(RightsRequest.due_on < today),
            number(RightsRequest.kind == rules.CHILD),
        ).where(waits())
    ).one()
    return Counts(*(int(value) for value in row))


def requests_in(
    tab: str, *, after: tuple[date, int] | None = None, before: int | None = None
) -> Sequence[RightsRequest]:
    """Requests of one tab, one more than a page: open ones by their last day, children's first; decided ones newest."""
    question = select(RightsRequest).limit(PAGE + 1)
    if tab == "open":
        question = question.where(waits()).order_by(RightsRequest.due_on, RightsRequest.id)
        if after is not None:
            due, last = after
            question = question.where(
                (RightsRequest.due_on > due) | and_(RightsRequest.due_on == due, RightsRequest.id > last)
            )
        return db.session.scalars(question).all()
    question = question.where(~waits()).order_by(RightsRequest.id.desc())
    if before is not None:
        question = question.where(RightsRequest.id < before)
    return db.session.scalars(question).all()


def request_with_events(request_id: int) -> RightsRequest | None:
    """One request with its steps, newest first."""
    return db.session.scalar(
        select(RightsRequest)
        .where(RightsRequest.id == request_id)
        .options(selectinload(RightsRequest.events))
        .execution_options(populate_existing=True)
    )


def request_by_link(token: str) -> RightsRequest | None:
    """The request whose own page has this address."""
    return db.session.scalar(
        select(RightsRequest)
        .where(RightsRequest.link_hash == hash_of(token))
        .options(selectinload(RightsRequest.events))
    )


def request_for_change(request_id: int) -> RightsRequest | None:
    """A request as it is now, its row held until the transaction ends."""
    return db.session.scalar(
        select(RightsRequest)
        .where(RightsRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def request_sent_as(key: str) -> RightsRequest | None:
    """The request that came by the form with this key."""
    return db.session.scalar(select(RightsRequest).where(RightsRequest.sent_hash == hash_of(key)))


def requests_of(person_ids: Sequence[str]) -> Sequence[RightsRequest]:
    """Somebody's own requests, newest first; at most a page of them."""
    return db.session.scalars(
        select(RightsRequest)
        .where(RightsRequest.person_id.in_(person_ids))
        .order_by(RightsRequest.id.desc())
        .limit(PAGE)
    ).all()


def open_request_of(person_id: str, kind: str) -> RightsRequest | None:
    """A request of a kind that is not yet decided."""
    return db.session.scalar(
        select(RightsRequest)
        .where(RightsRequest.person_id == person_id, RightsRequest.kind == kind, RightsRequest.decided_at.is_(None))
        .order_by(RightsRequest.id.desc())
        .limit(1)
    )


def copies_of(request_id: int) -> Sequence[IdCopy]:
    """The copies of identity documents that were asked for with a request, newest first."""
    return db.session.scalars(select(IdCopy).where(IdCopy.request_id == request_id).order_by(IdCopy.id.desc())).all()


def name_of_staff(staff_id: int | None) -> str | None:
    """The name of a member of staff, as long as it is kept."""
    return db.session.scalar(select(StaffMember.name).where(StaffMember.id == staff_id)) if staff_id else None


def names_of_staff(staff_ids: set[int]) -> dict[int, str]:
    """The names of members of staff, by number."""
    rows = db.session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}


def known_person(request: RightsRequest) -> str | None:
    """Whom the shop knows by the address that a request is about: an account before a guest."""
    if not request.known_email:
        return None
    account = account_with_address(request.known_email)
    known = people_with_address(request.known_email)
    found = (*((account.person_id,) if account else ()), *known)
    return next((person_id for person_id in found if person_id != request.person_id), None)


def people_to_erase(request: RightsRequest) -> tuple[str, ...]:
    """Whom a granted erasure takes: all whom a proved address reaches, or else only who was proved to be them.

    Of a parent's claim it is the child whom the address names, and never the parent who asked.
    """
    account = account_with_address(request.known_email) if request.known_email else None
    reached = people_with_address(request.known_email) if request.known_email else ()
    first = (account.person_id,) if account else ()
    if request.kind == rules.CHILD:
        found = tuple(one for one in (*first, *reached) if one != request.person_id)
    elif request.proof == rules.MAILBOX:
        found = (*first, *((request.person_id,) if request.person_id else ()), *reached)
    else:
        found = (request.person_id,) if request.person_id else ()
    return tuple(dict.fromkeys(found))


def pressing(today: date) -> Sequence[RightsRequest]:
    """The requests that wait for us and whose last day is at most two days away, or past."""
    return db.session.scalars(
        select(RightsRequest)
        .where(waits(), RightsRequest.due_on <= today + rules.ALARM_BEFORE)
        .order_by(RightsRequest.due_on, RightsRequest.id)
        .limit(1000)
    ).all()


def has_step(request_id: int, kind: str) -> bool:
    """Whether a step stands in a request's timeline."""
    question = select(RequestEvent.id).where(RequestEvent.request_id == request_id, RequestEvent.kind == kind)
    return db.session.scalar(question.limit(1)) is not None


def child_requests_waiting(received_before: date) -> int:
    """How many requests about a child wait longer than they should."""
    question = select(func.count(RightsRequest.id)).where(
        RightsRequest.kind == rules.CHILD,
        RightsRequest.decided_at.is_(None),
        RightsRequest.received_on < received_before,
    )
    return db.session.scalar(question) or 0


def days_left(due: date, today: date) -> int:
    """How many days remain; below zero when it is too late."""
    return (due - today) // timedelta(days=1)
