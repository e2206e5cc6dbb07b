"""Accounts that nobody uses any more: the whole person is erased, by the ordinary erasure, a month after a warning."""

from datetime import datetime

from sqlalchemy import select

from shop.accounts.actions import WARNED_BEFORE
from shop.accounts.models import Account
from shop.core import clock
from shop.core.db import db, writing
from shop.people.queries import is_restricted
from shop.privacy.actions import erasing
from shop.privacy.queries.erasing import needed_of
from shop.privacy.queries.retention import Term, is_over


def erase_idle(term: Term, at: datetime) -> int:
    """Erase everybody whose account's term is over; how many. Not those who have an order that runs, were warned less
    than four weeks ago, or asked us to leave their data as it is."""
    warned = Account.idle_warned_on <= clock.local_date(at - WARNED_BEFORE)
    with writing():
        idle = list(db.session.scalars(select(Account.person_id).where(is_over(term, at), warned).order_by(Account.id)))
    return sum(_erase(term, person_id, at) for person_id in idle)


def _erase(term: Term, person_id: str, at: datetime) -> bool:
    with writing():
        mine = select(Account).where(Account.person_id == person_id, is_over(term, at))
        account = db.session.scalar(mine.with_for_update(of=Account))  # a sign-in of this moment keeps it
        if account is None or is_restricted(person_id) or any(one.label for one in needed_of(person_id)):
            return False
        erasure = erasing.accept([person_id], language=account.person.language, at=at, is_idle=True)
        erasure_id = erasure.id
        db.session.commit()
    return erasing.carry_out(erasure_id, at)
