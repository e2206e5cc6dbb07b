"""What this room says to rooms below: whoever works here is not erased as a customer would be."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shop.core.db import db
from shop.core.personal_data import Needed, register
from shop.people.models import StaffMember


@register.needs("staff")
def members_of_staff(person_id: str) -> Iterator[Needed]:
    """The sign-in of somebody who works here: it goes twelve months after they left."""
    question = select(StaffMember.id).where(StaffMember.person_id == person_id, StaffMember.left_at.is_(None))
    for staff_id in db.session.scalars(question):
        yield Needed(
            "staff_members",
            (staff_id,),
            _l("Your sign-in as a member of staff"),
            _l("you work here; the owner ends it"),
        )
