"""What people read where the ledgers have a code: roles, receivers, what staff did, what was allowed or stopped."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core.personal_data import Purpose, Recipient, Role

ROLES: dict[str, Any] = {
    Role.OWNER.value: _l("the owner"),
    Role.FULFILMENT.value: _l("who packs and sends orders"),
    Role.PRIVACY.value: _l("who looks after privacy"),
    Role.BOOKKEEPING.value: _l("the bookkeeper"),
    "customer": _l("you yourself"),
    "command": _l("the program"),
    "none": _l("a member of staff"),
}

CHOICES: dict[str, Any] = {
    "none": _l("nothing"),
    "analysis": _l("analysis"),
    "preferences": _l("preferences"),
    "all": _l("analysis and preferences"),
}

STOPS: dict[str, Any] = {
    "restricted": _l("only keep my data, and leave it unused"),
    "objection": _l("stop the use that I objected to, until that is decided"),
    "analysis": _l("no analysis of how I use the site"),
    "preferences": _l("nothing fitted to my preferences"),
    "child": _l("nothing beyond orders that are on their way: this may be a child"),
}

_THINGS: dict[str, Any] = {
    "analytics": _l("Numbers about the site"),
    "attention": _l("Payment that needs attention"),
    "audit": _l("Log of our staff"),
    "books": _l("Books"),
    "breach": _l("Data breach"),
    "carrier": _l("Carrier"),
    "change": _l("Change that you asked for"),
    "changes": _l("Changes that customers asked for"),
    "chargeback": _l("Chargeback"),
    "collection": _l("Collection"),
    "collections": _l("Collections"),
    "correction": _l("Correction"),
    "corrections": _l("Corrections"),
    "home": _l("Front page of the back office"),
    "invoice": _l("Invoice"),
    "member": _l("Member of staff"),
    "message": _l("Conversation"),
    "messages": _l("Conversations"),
    "order": _l("Order"),
    "orders": _l("Orders"),
    "outbox": _l("Messages that wait to be sent"),
    "parcel": _l("Parcel that did not arrive"),
    "parcels": _l("Parcels that did not arrive"),
    "password": _l("Password"),
    "picture": _l("Picture"),
    "processor": _l("Processor"),
    "product": _l("Product"),
    "products": _l("Products"),
    "reconciliation": _l("Comparison with Mollie"),
    "record": _l("Record of processing"),
    "refund": _l("Refund"),
    "refunds": _l("Refunds"),
    "register": _l("Register of personal data"),
    "requests": _l("Requests about rights"),
    "retention": _l("Retention"),
    "return": _l("Return"),
    "returns": _l("Returns"),
    "rights_request": _l("Request about your rights"),
    "session": _l("Session of a member of staff"),
    "shipping": _l("Delivery"),
    "shipping_method": _l("Way of delivery"),
    "stock": _l("Stock"),
    "team": _l("Team"),
    "template": _l("Standard answer"),
    "templates": _l("Standard answers"),
    "variant": _l("Variant of a product"),
}

_DEEDS: dict[str, Any] = {
    "added": _l("added"),
    "address_changed": _l("address changed"),
    "answered": _l("answered"),
    "asked_mollie": _l("asked Mollie again"),
    "assigned": _l("given to a colleague"),
    "began": _l("began"),
    "booked": _l("booked"),
    "call_noted": _l("telephone call noted"),
    "canceled": _l("canceled"),
    "changed": _l("changed"),
    "closed": _l("closed"),
    "collected": _l("handed over"),
    "collections_changed": _l("collections changed"),
    "counted": _l("counted"),
    "created": _l("made"),
    "corrected": _l("corrected"),
    "correction_looked_up": _l("looked up to correct"),
    "credit_looked_up": _l("looked up to credit"),
    "credited": _l("credited"),
    "decided": _l("decided"),
    "delivered": _l("noted as delivered"),
    "downloaded": _l("downloaded"),
    "edit_opened": _l("opened to change"),
    "ended": _l("ended"),
    "exported": _l("exported"),
    "extended": _l("given more time"),
    "file_changed": _l("file changed"),
    "form_opened": _l("form opened"),
    "held": _l("kept longer, with a reason"),
    "hold_changed": _l("kept longer or no longer"),
    "id_copy_accepted": _l("copy of the identity document accepted"),
    "id_copy_asked": _l("copy of an identity document asked"),
    "id_copy_refused": _l("copy of the identity document refused"),
    "id_copy_viewed": _l("copy of the identity document viewed"),
    "judged": _l("judged"),
    "left": _l("left"),
    "let_go": _l("let go"),
    "letter_printed": _l("letter printed"),
    "letters_sent": _l("letters sent"),
    "lines_changed": _l("products changed"),
    "listed": _l("list opened"),
    "looked_up": _l("looked up"),
    "mailbox_asked": _l("message sent to prove the mailbox"),
    "matched": _l("found with its order"),
    "not_sent": _l("noted as not sent"),
    "number_removed": _l("number taken out"),
    "number_stands": _l("number looked at and left"),
    "opened": _l("opened"),
    "option_added": _l("option added"),
    "option_changed": _l("option changed"),
    "packed": _l("packed"),
    "passed_on": _l("passed on"),
    "people_sought": _l("people who are touched looked up"),
    "pieces_chosen": _l("pieces chosen"),
    "products_changed": _l("products changed"),
    "proposed": _l("proposed"),
    "proposed_again": _l("proposed once more"),
    "proved": _l("identity noted as proved"),
    "published": _l("published"),
    "put_apart": _l("put apart"),
    "put_back": _l("put back"),
    "put_in_stock": _l("put back in stock"),
    "put_ready": _l("put ready"),
    "quarter_opened": _l("quarter opened"),
    "rate_added": _l("rate added"),
    "rate_removed": _l("rate removed"),
    "read": _l("read"),
    "received": _l("received"),
    "redacted": _l("number covered"),
    "refused": _l("refused"),
    "released": _l("released"),
    "removed": _l("removed"),
    "reopened": _l("opened again"),
    "reports_listed": _l("list of reports opened"),
    "roles_changed": _l("roles changed"),
    "run": _l("done again"),
    "searched": _l("searched"),
    "service_done": _l("service noted as done"),
    "service_planned": _l("service planned"),
    "sessions_ended": _l("signed out everywhere"),
    "shipped": _l("sent"),
    "sign_in_renewed": _l("sign-in renewed"),
    "slip_printed": _l("packing slip printed"),
    "started": _l("started"),
    "tried_again": _l("tried again"),
    "unpacked": _l("unpacked"),
    "unpublished": _l("no longer published"),
}


def action_text(action: str) -> str | None:
    """What our staff did, as "Order: address changed"; nothing for an action without words."""
    name, _point, outcome = action.partition(".")
    outcome = outcome.removesuffix(".refused")
    thing, deed = _THINGS.get(name), _DEEDS.get(outcome)
    if thing is None or deed is None:
        return None
    told = _("%(thing)s: %(deed)s", thing=thing, deed=deed)
    return f"{told} ({_('refused')})" if action.count(".") > 1 else told


def recipient_text(name: str) -> Any:
    """A recipient as the register calls it; nothing for one that was noted by its own name."""
    return next((recipient.label for recipient in Recipient if recipient.value == name), None)


def purpose_text(code: str) -> Any:
    """A purpose by its code."""
    return next((purpose.label for purpose in Purpose if purpose.value == code), None)


FIELDS: dict[str, Any] = {
    "given_name": _l("First name"),
    "family_name": _l("Last name"),
    "email": _l("E-mail address"),
    "telephone": _l("Telephone number"),
    "street": _l("Street"),
    "house_number": _l("House number"),
    "addition": _l("Addition"),
    "postcode": _l("Postcode"),
    "town": _l("Town"),
    "country": _l("Country"),
    "vat_number": _l("VAT number"),
    "order_number": _l("Order number"),
    "amount": _l("Amount"),
    "what_you_bought": _l("What you bought"),
    "everything in the download": _l("everything in the download"),
}


def fields_text(names: str) -> str:
    """Names of fields as people read them; a name without words stays as it is."""
    return ", ".join(str(FIELDS.get(name, name)) for name in names.split(", "))
