"""Which personal values a member of staff may see: the register says so for each column, by role."""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from shop.core.personal_data import declaration_of
from shop.staff.users import SignedInStaff


def may_see(member: SignedInStaff, column: InstrumentedAttribute[Any]) -> bool:
    """Whether the register opens this column to one of the member's roles."""
    told = declaration_of(column)
    return told is not None and any(role.value in member.roles for role in told.roles)
