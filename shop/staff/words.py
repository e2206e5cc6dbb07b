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
    "service_done": _l("Service done"),
    "taken_as_delivered": _l("Fourteen days on its way: taken as delivered"),
}


def event_text(kind: str) -> Any:
    """What staff reads in an order's timeline."""
    return _STAFF_EVENTS.get(kind) or EVENT_TEXTS.get(kind) or kind
