"""Staff as Flask-Login sees them; read from the database on each request, so that a change of roles holds at once."""

from flask import session
from flask_login import UserMixin, current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shop.accounts.sessions import ShopSession
from shop.accounts.users import loads_users
from shop.core.db import db
from shop.people import rules
from shop.people.models import StaffMember


class SignedInStaff(UserMixin):
    """A member of staff in a session, after the second factor."""

    def __init__(self, member: StaffMember) -> None:
        self.member = member
        self.member_id, self.person_id = member.id, member.person_id
        self.name, self.roles = member.name, member.role_names

    def get_id(self) -> str:
        """The id that the session keeps."""
        return f"staff:{self.member_id}"

    def may(self, permission: str) -> bool:
        """Whether one of this member's roles has a permission."""
        return rules.may(self.roles, permission)


@loads_users("staff")
def _load_staff(key: str) -> SignedInStaff | None:
    question = select(StaffMember).where(StaffMember.id == int(key), StaffMember.left_at.is_(None))
    member = db.session.scalars(question.options(joinedload(StaffMember.roles))).unique().one_or_none()
    return SignedInStaff(member) if member else None


def signed_in_staff() -> SignedInStaff | None:
    """The member of staff who is asking, or None."""
    user = current_user._get_current_object()
    return user if isinstance(user, SignedInStaff) else None


def this_member() -> SignedInStaff:
    """The member of staff who is asking, in a view that only staff can open."""
    user = signed_in_staff()
    assert user is not None
    return user


def this_session() -> ShopSession:
    """The session of this browser, a visitor's empty one included."""
    found: ShopSession = session._get_current_object()  # type: ignore[attr-defined]
    return found
