"""What every page of the back office shows: who is signed in, and the way around."""

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from shop.core.templating import context
from shop.people.rules import STORE_ONLY
from shop.staff.audit import stops_in_view
from shop.staff.users import signed_in_staff

NAVIGATION = (
    ("staff.home", "staff:home", _l("To do")),
    ("staff.orders", "orders:view", _l("Orders")),
    ("staff.changes", "orders:view", _l("Changes")),
    ("staff.parcels", "orders:view", _l("Not arrived")),
    ("staff.returns", "returns:view", _l("Returns")),
    ("staff.messages", "messages:view", _l("Messages")),
    ("staff.refunds", "refunds:view", _l("Refunds")),
    ("staff.attention", "attention:view", _l("Attention")),
    ("staff.books", "books:view", _l("Books")),
    ("staff.reconciliation", "reconciliation:view", _l("Reconciliation")),
    ("staff.corrections", "corrections:pass_on", _l("Corrections")),
    ("staff.products", "catalogue:edit", _l("Products")),
    ("staff.collections", "catalogue:edit", _l("Collections")),
    ("staff.stock", "stock:edit", _l("Stock")),
    ("staff.shipping", "shipping:edit", _l("Delivery")),
    ("staff.analytics", "analytics:view", _l("Analysis")),
    ("staff.rights_requests", "requests:count", _l("Requests")),
    ("staff.privacy_record", "record:view", _l("Privacy")),
    ("staff.outbox", "outbox:view", _l("Outbox")),
    ("staff.team", "team:edit", _l("Team")),
    ("staff.audit_log", "audit:view", _l("Audit log")),
    ("staff.retention", "retention:view", _l("Retention")),
    ("staff.processing_register", "register:view", _l("Processing register")),
)


@context
def staff_words() -> dict[str, Any]:
    """The name of who is signed in and the screens they may open; nothing on the customers' part of the site."""
    if not request or request.blueprint != "staff":
        return {}
    member = signed_in_staff()
    if member is None:
        return {"staff_member": None, "staff_navigation": []}
    links = [
        {
            "url": url_for(endpoint),
            "name": name,
            "is_current": _is_within(url_for(endpoint).removeprefix("/en")),
        }
        for endpoint, permission, name in NAVIGATION
        if member.may(permission)
    ]
    return {
        "staff_member": member,
        "staff_navigation": links,
        "may": member.may,
        "is_restricted": bool(stops_in_view() & STORE_ONLY),
    }


def _is_within(path: str) -> bool:
    return request.path == path or (path != "/staff" and request.path.startswith(f"{path}/"))
