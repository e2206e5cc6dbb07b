"""Words of the back office that more than one of its screens uses."""

from typing import Any

from flask_babel import lazy_gettext as _l

from shop.orders.rules import EVENT_TEXTS
from shop.payments.rules import ATTENTION

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
    "refund_proposed": _l("Refund proposed"),
    "refund_accepted": _l("Refund accepted"),
    "refund_declined": _l("Refund declined"),
    "refund_elsewhere": _l("Refund made in Mollie's dashboard"),
    "refund_failed": _l("Refund did not succeed"),
    "paid_supplement": _l("The difference was paid"),
    "captured": _l("Money taken in that was set aside"),
    "authorization_released": _l("What was set aside was given up"),
    "delivery_stopped": _l("Delivery stopped"),
    "delivery_let_go": _l("Delivery may go on"),
    "chargeback_reversed": _l("The bank gave the money back"),
    **{kind: told.text for kind, told in ATTENTION.items() if kind != "refund_failed"},
    "unpacked": _l("Unpacked again"),
    "withdrawal_declared": _l("The customer withdrew"),
    "withdrawal_received": _l("The return has arrived"),
    "withdrawal_accepted": _l("The withdrawal was accepted"),
    "withdrawal_refused": _l("The withdrawal was not accepted"),
    "taken_as_delivered": _l("Longer on its way than usual: taken as delivered"),
    "change_asked": _l("The customer asks for a change"),
    "change_accepted": _l("The change was made"),
    "change_refused": _l("The change was refused"),
    "missed": _l("The customer says that a parcel has not arrived"),
    "missed_wait": _l("Not arrived: we wait a little longer"),
    "missed_resend": _l("Not arrived: sent again"),
    "missed_refund": _l("Not arrived: proposed to pay back"),
    "missed_arrived": _l("Not arrived: found to have arrived"),
}


def event_text(kind: str) -> Any:
    """What staff reads in an order's timeline."""
    return _STAFF_EVENTS.get(kind) or EVENT_TEXTS.get(kind) or kind
