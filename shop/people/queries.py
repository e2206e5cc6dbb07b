"""Questions about people and the ledgers."""

from typing import Any

from sqlalchemy import func, select

from shop.core.db import db
from shop.people.models import AuditEntry, AuditHead, Browser, FormerKey, Restriction
from shop.people.rules import NO_ANALYSIS, NO_TAILORING, STORE_ONLY, seal


def broken_audit_entries() -> list[int]:
    """The audit entries whose seal does not fit: changed, taken away or put in afterwards.

    The oldest go when their term is over, so the chain is followed from the first one that is still there.
    """
    broken = []
    previous: str | None = None
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(500):
        thing = (entry.object_kind, entry.object_key)
        expected = seal(
            entry.previous_hash, staff_id=entry.staff_id, role=entry.role, action=entry.action, thing=thing, at=entry.at
        )
        if previous not in (None, entry.previous_hash) or entry.hash != expected:
            broken.append(entry.id)
        previous = entry.hash
    head = db.session.get(AuditHead, 1)
    if head is not None and previous not in (None, head.hash):
        broken.append(0)
    return broken


def browser_with(token_hash: str) -> str | None:
    """The key of the browser that chose and has this number."""
    question = select(Browser.id).where(Browser.token_hash == token_hash, Browser.consent_ends_at.is_not(None))
    return db.session.scalar(question)


def keys_of(person_id: str) -> list[str]:
    """Every key that a person has or had; of a browser its own."""
    former = select(FormerKey.former_id).where(FormerKey.person_id == person_id).order_by(FormerKey.former_id)
    return [person_id, *db.session.scalars(former)]


def stops_of(person_id: str | None) -> frozenset[str]:
    """What may not be done with a person's data now: "restricted", "objection", "analysis", "preferences", "child"."""
    if person_id is None:
        return frozenset()
    question = select(Restriction.kind).where(Restriction.person_id == person_id, Restriction.lifted_at.is_(None))
    return frozenset(db.session.scalars(question))


def stops_beside(person_key: Any) -> Any:
    """The same as one text with commas, to be read in the question for another row that has the person's key."""
    question = select(func.aggregate_strings(Restriction.kind, ","))
    return question.where(Restriction.person_id == person_key, Restriction.lifted_at.is_(None)).scalar_subquery()


def is_restricted(person_id: str | None) -> bool:
    """Whether a person's data may only be stored: no mailing, no statistics, no change by staff (GDPR art. 18)."""
    return bool(stops_of(person_id) & STORE_ONLY)


def may_analyse(person_id: str | None) -> bool:
    """Whether what a person does may be counted at all; ask this before anything about them enters statistics."""
    return not stops_of(person_id) & NO_ANALYSIS


def may_tailor(person_id: str | None) -> bool:
    """Whether anything may be fitted to a person's preferences."""
    return not stops_of(person_id) & NO_TAILORING
