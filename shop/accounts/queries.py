"""Questions about accounts, sessions and address books."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from shop.accounts.models import Account, Address, SignInSession
from shop.accounts.rules import MOST_ADDRESSES, MOST_SESSIONS
from shop.core import clock
from shop.core.db import db
from shop.core.personal_data import Event, Keep

UNUSED = Keep(Event.LAST_USED, months=24)


def account_by_email(email: str) -> Account | None:
    """The account with this (normalised) address, confirmed or not."""
    return db.session.scalar(select(Account).where(Account.email == email))


def account_to_change(account_id: int) -> Account | None:
    """An account, locked until the end of the transaction."""
    question = select(Account).where(Account.id == account_id).with_for_update(of=Account)
    return db.session.scalar(question.execution_options(populate_existing=True))


def account_of(person_id: str) -> Account | None:
    """The account of a person; a guest has none."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def idle_accounts(at: datetime, limit: int) -> Sequence[Account]:
    """Accounts in which nobody signed in for 24 months and of which nobody was told yet, the longest idle first."""
    unused = Account.last_used_on < clock.local_date(UNUSED.cutoff(at))
    question = select(Account).where(unused, Account.idle_warned_on.is_(None), Account.confirmed_at.is_not(None))
    return db.session.scalars(
        question.order_by(Account.last_used_on, Account.id).limit(limit).with_for_update(of=Account)
    ).all()


def addresses_of(person_id: str) -> Sequence[Address]:
    """Somebody's address book: the usual address first, then the newest."""
    return db.session.scalars(
        select(Address)
        .where(Address.person_id == person_id)
        .order_by(Address.is_default.desc(), Address.id.desc())
        .limit(MOST_ADDRESSES)
    ).all()


def address_of(person_id: str, address_id: int) -> Address | None:
    """One address out of somebody's own address book."""
    return db.session.scalar(select(Address).where(Address.id == address_id, Address.person_id == person_id))


def number_of_addresses(person_id: str) -> int:
    """How many addresses somebody keeps."""
    return db.session.scalar(select(func.count(Address.id)).where(Address.person_id == person_id)) or 0


def sessions_of(person_id: str, kind: str, at: datetime) -> Sequence[SignInSession]:
    """The browsers in which somebody is signed in, the last used first."""
    return db.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.kind == kind, SignInSession.expires_at > at)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id.desc())
        .limit(MOST_SESSIONS)
    ).all()
