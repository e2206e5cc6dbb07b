"""The team: who works here, with which roles."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shop.accounts.passwords import hash_password
from shop.accounts.sessions import end_all_sessions
from shop.core.db import db
from shop.core.errors import ShopError
from shop.core.personal_data import Role
from shop.people.actions import new_person
from shop.people.models import StaffMember, StaffRole
from shop.staff.second_factor import encrypt, new_secret


class EmailInUse(ShopError):
    """Somebody of the staff has this e-mail address already."""


class LastOwner(ShopError):
    """Without this member nobody could manage the team any more."""


class NoRole(ShopError):
    """A member of staff without a role could do nothing at all."""


@dataclass(frozen=True)
class Credentials:
    """What somebody signs in with: shown once, and stored as a hash and as a secret under the shop's key."""

    password: str
    password_hash: str
    totp_secret: str


def new_credentials(*, password: str | None = None, totp_secret: str | None = None) -> Credentials:
    """A random password and second factor, or given ones. Hashing takes its time: outside any transaction."""
    password = password or secrets.token_urlsafe(15)
    return Credentials(password, hash_password(password), totp_secret or new_secret())


def create_member(
    *, email: str, name: str, roles: Collection[str], credentials: Credentials, at: datetime
) -> StaffMember:
    """Give somebody a sign-in for the back office. The caller commits."""
    known = db.session.scalar(select(StaffMember.id).where(func.lower(StaffMember.email) == email.lower()))
    if known is not None:
        raise EmailInUse(email)
    chosen = _known(roles)
    member = StaffMember(
        person_id=new_person("nl", at=at).id,
        email=email.lower(),
        name=name,
        password_hash=credentials.password_hash,
        totp_secret=encrypt(credentials.totp_secret),
        totp_last_step=0,
        created_at=at,
    )
    member.roles = [StaffRole(role=role) for role in chosen]
    db.session.add(member)
    db.session.flush()
    return member


def set_roles(member: StaffMember, roles: Collection[str]) -> None:
    """Change what a member may do, from their next request on. The caller commits."""
    chosen = _known(roles)
    if Role.OWNER.value not in chosen:
        _require_another_owner(member)
    member.roles = [role for role in member.roles if role.role in chosen] + [
        StaffRole(role=role) for role in chosen if role not in member.role_names
    ]


def set_password(member: StaffMember, password_hash: str) -> None:
    """Give a member another password; they are signed out everywhere. The caller commits."""
    member.password_hash = password_hash
    end_all_sessions(member.person_id)


def renew_sign_in(member: StaffMember, credentials: Credentials) -> None:
    """Give a member a new password and second factor, as after a lost telephone. The caller commits."""
    set_password(member, credentials.password_hash)
    member.totp_secret, member.totp_last_step = encrypt(credentials.totp_secret), 0


def end_sessions(member: StaffMember) -> None:
    """Sign a member out everywhere. The caller commits."""
    end_all_sessions(member.person_id)


def let_go(member: StaffMember, *, at: datetime) -> None:
    """Note that a member has left: they are out at once and cannot come back in. The caller commits."""
    _require_another_owner(member)
    member.left_at = at
    end_all_sessions(member.person_id)


def _known(roles: Collection[str]) -> list[str]:
    chosen = [role.value for role in Role if role.value in roles]
    if not chosen:
        raise NoRole
    return chosen


def _require_another_owner(member: StaffMember) -> None:
    """Owners are locked first, so that two who step back at the same time leave one."""
    owners = db.session.scalars(
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(StaffRole.role == Role.OWNER.value, StaffMember.left_at.is_(None))
        .order_by(StaffMember.id)
        .with_for_update()
    ).all()
    if list(owners) == [member.id]:
        raise LastOwner
