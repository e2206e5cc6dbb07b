"""The register of breaches and the processors: noted by staff, decided by somebody with a name, told to each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.core.db import db, insert_or
from shop.core.errors import NotFound
from shop.people.models import Person
from shop.privacy.emails.breaches import queue_breach_letter
from shop.privacy.models import Breach, BreachPerson, Processor
from shop.privacy.queries import record as queries
from shop.privacy.queries.mailboxes import mailboxes_of
from shop.privacy.rules import breaches as rules


def set_processor(recipient: str, *, at: datetime, **values: Any) -> Processor:
    """Note what is agreed with a recipient. The caller commits."""
    found = queries.processor(recipient)
    if found is None:
        found = Processor(recipient=recipient, name="", role="processor", changed_at=at)
        db.session.add(found)
    for name, value in values.items():
        setattr(found, name, value)
    found.changed_at = at
    db.session.flush()
    return found


def open_breach(title: str, *, aware_at: datetime, origin: str = "staff", recorded_by: int | None = None) -> Breach:
    """Begin a breach's page: its 72 hours run from this awareness. The caller commits."""
    breach = Breach(title=title[:120], aware_at=aware_at, origin=origin, recorded_by=recorded_by)
    db.session.add(breach)
    db.session.flush()
    return breach


def decide_breach(breach_id: int, decision: str, *, reason: str, number: str, staff_id: int, at: datetime) -> Breach:
    """Note that a breach was reported, or why it is not. The caller commits."""
    breach = queries.breach(breach_id)
    if breach is None:
        raise NotFound
    rules.check_decision(decision, reason=reason, is_decided=breach.decided_at is not None)
    breach.decision, breach.decision_reason, breach.authority_number = decision, reason, number
    breach.decided_at, breach.decided_by = at, staff_id
    db.session.flush()
    return breach


def add_people(breach_id: int, person_ids: Iterable[str], *, at: datetime) -> int:
    """Note who is touched by a breach; whoever is there stays there. The caller commits."""
    before, _told = queries.people_of(breach_id)
    for person_id in person_ids:
        row = insert_or(BreachPerson).values(breach_id=breach_id, person_id=person_id, noted_at=at)
        db.session.execute(row.on_conflict_do_nothing())
    after, _told = queries.people_of(breach_id)
    return after - before


def write_to_each(breach_id: int, text: str, *, at: datetime, most: int = 1000) -> tuple[int, int]:
    """Queue a letter to everybody touched who was not told yet; how many, and how many have no address.

    The caller commits, and calls again while there are more.
    """
    waiting = db.session.execute(
        select(BreachPerson, Person.language)
        .join(Person, Person.id == BreachPerson.person_id)
        .where(BreachPerson.breach_id == breach_id, BreachPerson.told_at.is_(None))
        .order_by(BreachPerson.id)
        .limit(most)
    ).all()
    mailboxes = mailboxes_of(row.person_id for row, _language in waiting)
    sent = 0
    for row, language in waiting:
        email = mailboxes.get(row.person_id)
        if email is None:
            continue
        key = f"breach_letter:{breach_id}:{row.person_id}"
        queue_breach_letter(key, to=email, language=language, person_id=row.person_id, text=text, at=at)
        row.told_at = at
        sent += 1
    db.session.flush()
    return sent, len(waiting) - sent
