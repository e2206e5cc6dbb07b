"""Words of the back office that more than one of its screens uses."""

from typing import Any

from flask_babel import lazy_gettext as _l

from shop.orders.rules import EVENT_TEXTS

TAB_NAMES: dict[str, Any] = {
    "todo": _l("To do"),
    "packed": _l("Packed"),
    "shipped": _l("Shipped"),
    "ready": _l("Ready for pick-up"),
    "done": _l("Completed"),
    "unpaid": _l("Unpaid"),
    "ended": _l("Ended"),
}

_STAFF_EVENTS: dict[str, Any] = {
    "unpacked": _l("Unpacked again"),
    "taken_as_delivered": _l("Longer on its way than usual: taken as delivered"),
    "missed": _l("The customer says that a parcel has not arrived"),
    "missed_wait": _l("Not arrived: we wait a little longer"),
    "missed_resend": _l("Not arrived: sent again"),
    "missed_refund": _l("Not arrived: proposed to pay back"),
    "missed_arrived": _l("Not arrived: found to have arrived"),
}


def event_text(kind: str) -> Any:
    """What staff reads in an order's timeline."""
    return _STAFF_EVENTS.get(kind) or EVENT_TEXTS.get(kind) or kind
