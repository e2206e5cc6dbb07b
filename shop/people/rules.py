"""What each role may do: the one table that views ask; and the seal of the audit log."""

import hashlib
import json
from datetime import datetime

from shop.core.personal_data import Role

OWNER, FULFILMENT, PRIVACY, BOOKKEEPING = Role.OWNER, Role.FULFILMENT, Role.PRIVACY, Role.BOOKKEEPING

FIRST_SEAL = "0" * 64

STORE_ONLY = frozenset({"restricted", "objection"})
"""Restrictions under which data may only be stored; an objection counts as one until it is decided (GDPR art. 18)."""
NO_ANALYSIS = STORE_ONLY | {"analysis", "child"}
NO_TAILORING = STORE_ONLY | {"preferences", "child"}

PERMISSIONS: dict[str, frozenset[Role]] = {
    "staff:home": frozenset(Role),
    "orders:view": frozenset({OWNER, FULFILMENT}),
    "orders:fulfil": frozenset({OWNER, FULFILMENT}),
    "orders:change": frozenset({OWNER, FULFILMENT}),
    "orders:cancel": frozenset({OWNER}),
    "orders:refund": frozenset({OWNER}),
    "refunds:view": frozenset({OWNER, FULFILMENT, BOOKKEEPING}),
    "refunds:propose": frozenset({OWNER, FULFILMENT}),
    "returns:view": frozenset({OWNER, FULFILMENT}),
    "returns:receive": frozenset({OWNER, FULFILMENT}),
    "returns:decide": frozenset({OWNER}),
    "messages:view": frozenset({OWNER, FULFILMENT, PRIVACY}),
    "messages:answer": frozenset({OWNER, FULFILMENT, PRIVACY}),
    "messages:security": frozenset({OWNER, PRIVACY}),
    "messages:templates": frozenset({OWNER}),
    "catalogue:edit": frozenset({OWNER}),
    "stock:edit": frozenset({OWNER, FULFILMENT}),
    "shipping:edit": frozenset({OWNER}),
    "corrections:pass_on": frozenset(Role),
    "attention:view": frozenset({OWNER, BOOKKEEPING}),
    "attention:decide": frozenset({OWNER}),
    "books:view": frozenset({BOOKKEEPING}),
    "books:open": frozenset({BOOKKEEPING}),
    "books:hold": frozenset({BOOKKEEPING}),
    "books:correct": frozenset({BOOKKEEPING}),
    "analytics:view": frozenset({OWNER}),
    "reconciliation:view": frozenset({OWNER, BOOKKEEPING}),
    "outbox:view": frozenset({OWNER, PRIVACY}),
    "outbox:retry": frozenset({OWNER}),
    "audit:view": frozenset({OWNER, PRIVACY}),
    "register:view": frozenset({OWNER, PRIVACY}),
    "retention:view": frozenset({OWNER, PRIVACY}),
    "retention:hold": frozenset({OWNER, PRIVACY}),
    "requests:count": frozenset({OWNER, PRIVACY}),
    "requests:handle": frozenset({PRIVACY}),
    "record:view": frozenset({OWNER, PRIVACY}),
    "record:edit": frozenset({OWNER, PRIVACY}),
    "breaches:letter": frozenset({PRIVACY}),
    "team:edit": frozenset({OWNER}),
}


def may(roles: set[str], permission: str) -> bool:
    """Whether somebody with these roles has a permission; an unknown permission is a mistake in the code."""
    return any(role.value in roles for role in PERMISSIONS[permission])


def role_for(roles: set[str], permission: str) -> str:
    """The role by which somebody has a permission, as the audit log names it; empty when they have it not."""
    allowed = PERMISSIONS[permission]
    return next((role.value for role in Role if role in allowed and role.value in roles), "")


def seal(previous: str, *, staff_id: int | None, role: str, action: str, thing: tuple[str, str], at: datetime) -> str:
    """The hash that ties an audit entry to the one before it; it covers no link to a person, which may be erased."""
    told = json.dumps([previous, staff_id, role, action, *thing, at.isoformat(timespec="microseconds")])
    return hashlib.sha256(told.encode()).hexdigest()
