"""The verbs of the back office that no room below has: the team, delivery, decisions about money."""

from shop.staff.actions.team import Credentials, EmailInUse, LastOwner, create_member, new_credentials

__all__ = ["Credentials", "EmailInUse", "LastOwner", "create_member", "new_credentials"]
