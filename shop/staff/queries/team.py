"""Who works here, where they are signed in, and what was noted."""

from collections.abc import Sequence

from sqlalchemy import func, select

from shop.accounts.models import SignInSession
from shop.core.db import db
from shop.people.models import AuditEntry, StaffMember

PAGE = 50


def team() -> Sequence[StaffMember]:
    """Everybody who works here, then who left, by name."""
    question = select(StaffMember).order_by(StaffMember.left_at.is_not(None), StaffMember.name, StaffMember.id)
    return db.session.scalars(question.limit(200)).all()


def member_by_id(member_id: int) -> StaffMember | None:
    """One member of staff."""
    return db.session.get(StaffMember, member_id)


def sessions_of(person_id: str) -> Sequence[SignInSession]:
    """Where somebody is signed in, last used first."""
    question = select(SignInSession).where(SignInSession.person_id == person_id)
    return db.session.scalars(question.order_by(SignInSession.last_used_at.desc()).limit(50)).all()


def count_sessions() -> dict[str, int]:
    """How many sessions each member has, by person."""
    question = (
        select(SignInSession.person_id, func.count())
        .where(SignInSession.kind == "staff")
        .group_by(SignInSession.person_id)
        .limit(500)
    )
    return {row[0]: row[1] for row in db.session.execute(question)}


def audit_entries(before: int | None = None) -> Sequence[AuditEntry]:
    """The newest entries of the audit log, or those before one; one more than a page, if there are more."""
    question = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if before is not None:
        question = question.where(AuditEntry.id < before)
    return db.session.scalars(question).all()


def names_of(staff_ids: set[int]) -> dict[int, str]:
    """The names of members of staff, by number."""
    question = select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(staff_ids))
    return {row.id: row.name for row in db.session.execute(question)}
