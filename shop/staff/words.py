"""Words of the back office that more than one of its screens uses."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core.db import Model
from shop.core.outbox import REFERENCES
from shop.core.personal_data import declaration_of, row_words
from shop.orders.rules import EVENT_TEXTS
from shop.payments.rules import ATTENTION
from shop.payments.words import METHODS

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
    "refund_cancel_asked": _l("Refund taken back: Mollie is asked to cancel it"),
    "refund_canceled": _l("Refund canceled"),
    "refund_not_canceled": _l("Refund could not be canceled any more"),
    "not_sent": _l("Pieces that will not be sent"),
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


def method_text(code: str | None) -> Any:
    """A way to pay as people call it; nothing while none was chosen."""
    return METHODS.get(code, code) if code else ""


_TASKS: dict[str, Any] = {
    "capture": _l("Take in money that was set aside"),
    "farewell": _l("Last message after an erasure"),
    "google": _l("Figures for Google Analytics"),
    "order_link": _l("Look up an order for its link"),
    "paper": _l("Draw an invoice or receipt"),
    "picture": _l("Make a picture ready"),
    "picture_removal": _l("Remove a picture"),
    "refund": _l("Pay money back through Mollie"),
    "refund_cancel": _l("Take a refund back at Mollie"),
    "papers_late": _l("Make invoices that had to wait for the right time"),
    "release": _l("Give up money that was set aside"),
    "rights_match": _l("Look up whom a request is about"),
    "vies": _l("Check a VAT number in VIES"),
    "withdrawal_match": _l("Look up the order of a withdrawal"),
}


def task_text(kind: str, reference: str) -> Any:
    """What waits in the outbox: the message by its name, any other task by what it does."""
    if kind == "mail":
        return REFERENCES.get(reference) or _("E-mail")
    return _TASKS.get(kind, kind)


_PROBLEMS: dict[str, Any] = {
    "TooManyAttempts": _l("tried too often"),
    "restricted": _l("the customer's data is restricted"),
}


def problem_text(name: str) -> Any:
    """Why a task could not be done; nothing for a fault that only the log of the program explains."""
    return _PROBLEMS.get(name, "")


def kind_text(table: str) -> Any:
    """What people call the rows of a table."""
    words = row_words(Model.metadata.tables[table]) if table in Model.metadata.tables else None
    return words.label if words else table


_ELSEWHERE: dict[str, Any] = {
    "copies of identity documents": _l("Copies of identity documents"),
    "counts and totals": _l("Counts of pages"),
    "erasure ledger": _l("Lines of the erasure ledger"),
    "mail folder": _l("Messages in the mail folder"),
    "people": _l("People of whom nothing was left"),
    "vault: files whose term is over": _l("Documents in the vault"),
}


def ended_text(what: str) -> str:
    """What the nightly job took away, as people call it; it writes down "orders.email: values blanked"."""
    place, _colon, _how = what.rpartition(": ")
    if place in _ELSEWHERE:
        return str(_ELSEWHERE[place])
    table, _point, column = place.partition(".")
    told = str(kind_text(table))
    if not column or table not in Model.metadata.tables:
        return told
    declared = declaration_of(Model.metadata.tables[table].columns[column])
    return f"{told} ({declared.label})" if declared and declared.label else told
