"""What every page of the back office shows: who is signed in, and the way around."""

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from shop.core.devices import device_text
from shop.core.templating import context
from shop.people.rules import STORE_ONLY
from shop.people.words import action_text
from shop.staff.audit import stops_in_view
from shop.staff.users import signed_in_staff
from shop.staff.words import ended_text, kind_text, method_text, problem_text, task_text

NAVIGATION: tuple[tuple[Any, tuple[tuple[str, str, Any], ...]], ...] = (
    (
        "",
        (("staff.home", "staff:home", _l("To do")),),
    ),
    (
        _l("Customers"),
        (
            ("staff.orders", "orders:view", _l("Orders")),
            ("staff.changes", "orders:view", _l("Changes")),
            ("staff.parcels", "orders:view", _l("Not arrived")),
            ("staff.returns", "returns:view", _l("Returns")),
            ("staff.messages", "messages:view", _l("Messages")),
        ),
    ),
    (
        _l("Money"),
        (
            ("staff.attention", "attention:view", _l("Attention")),
            ("staff.refunds", "refunds:view", _l("Refunds")),
            ("staff.reconciliation", "reconciliation:view", _l("Reconciliation")),
            ("staff.books", "books:view", _l("Books")),
        ),
    ),
    (
        _l("Shop"),
        (
            ("staff.products", "catalogue:edit", _l("Products")),
            ("staff.collections", "catalogue:edit", _l("Collections")),
            ("staff.stock", "stock:edit", _l("Stock")),
            ("staff.shipping", "shipping:edit", _l("Delivery")),
            ("staff.analytics", "analytics:view", _l("Analysis")),
        ),
    ),
    (
        _l("Privacy and staff"),
        (
            ("staff.rights_requests", "requests:count", _l("Requests")),
            ("staff.corrections", "corrections:pass_on", _l("Corrections")),
            ("staff.privacy_record", "record:view", _l("Privacy")),
            ("staff.retention", "retention:view", _l("Retention")),
            ("staff.processing_register", "register:view", _l("Register of personal data")),
            ("staff.audit_log", "audit:view", _l("Audit log")),
            ("staff.outbox", "outbox:view", _l("Outbox")),
            ("staff.team", "team:edit", _l("Team")),
        ),
    ),
)
"""The screens by what somebody comes for: the group's name, then address, permission and name of each."""


@context
def staff_words() -> dict[str, Any]:
    """The name of who is signed in and the screens they may open; nothing on the customers' part of the site."""
    if not request or request.blueprint != "staff":
        return {}
    member = signed_in_staff()
    if member is None:
        return {"staff_member": None, "staff_navigation": []}
    here = _screen_of(request.path)
    groups = [
        {"name": name, "links": links}
        for name, entries in NAVIGATION
        if (links := [_link(endpoint, text, here) for endpoint, permission, text in entries if member.may(permission)])
    ]
    return {
        "staff_member": member,
        "staff_navigation": groups,
        "may": member.may,
        "method_text": method_text,
        "device_text": device_text,
        "action_text": action_text,
        "kind_text": kind_text,
        "task_text": task_text,
        "problem_text": problem_text,
        "ended_text": ended_text,
        "is_restricted": bool(stops_in_view() & STORE_ONLY),
    }


def _link(endpoint: str, name: Any, here: str) -> dict[str, Any]:
    return {"url": url_for(endpoint), "name": name, "is_current": endpoint == here}


def _screen_of(path: str) -> str:
    """The screen that a page belongs to: the one whose address begins the page's, and is the longest that does."""
    found = ""
    longest = 0
    for _name, entries in NAVIGATION:
        for endpoint, _permission, _text in entries:
            begins = url_for(endpoint).removeprefix("/en")
            is_within = path == begins or (endpoint != "staff.home" and path.startswith(f"{begins}/"))
            if is_within and len(begins) > longest:
                found, longest = endpoint, len(begins)
    return found
