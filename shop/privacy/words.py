"""What requests, their steps and their decisions are called on screen and in letters."""

from typing import Any

from flask_babel import lazy_gettext as _l

from shop.privacy.rules import requests as rules
from shop.privacy.rules.requests import Stage

AUTHORITY_URL = "https://autoriteitpersoonsgegevens.nl/een-tip-of-klacht-indienen-bij-de-ap"

KINDS: dict[str, Any] = {
    rules.ACCESS: _l("Access: see what we have about you"),
    rules.CORRECTION: _l("Correction: put right what is wrong"),
    rules.ERASURE: _l("Erasure: delete your data"),
    rules.PORTABILITY: _l("Portability: your data as a file, for you or another organisation"),
    rules.CONSENT: _l("Withdraw consent"),
    rules.OBJECTION: _l("Objection: stop a use of your data"),
    rules.RESTRICTION: _l("Restriction: keep your data, but leave it unused"),
    rules.CHILD: _l("Data of a child"),
}
SHORT_KINDS: dict[str, Any] = {
    rules.ACCESS: _l("Access"),
    rules.CORRECTION: _l("Correction"),
    rules.ERASURE: _l("Erasure"),
    rules.PORTABILITY: _l("Portability"),
    rules.CONSENT: _l("Consent withdrawn"),
    rules.OBJECTION: _l("Objection"),
    rules.RESTRICTION: _l("Restriction"),
    rules.CHILD: _l("Data of a child"),
}
CHANNELS: dict[str, Any] = {
    rules.FORM: _l("Form on the site"),
    rules.EMAIL: _l("E-mail"),
    rules.TELEPHONE: _l("Telephone"),
    rules.POST: _l("Post"),
}
PROOFS: dict[str, Any] = {
    "": _l("Not yet proved"),
    rules.SIGNED_IN: _l("Signed in"),
    rules.MAILBOX: _l("Controls the e-mail address"),
    rules.BY_ORDER: _l("Answered questions about the order"),
    rules.BY_VISIT: _l("Came by"),
    rules.BY_CALL: _l("Called back on the number that we knew"),
    rules.BY_ID_COPY: _l("Redacted copy of an identity document"),
}
DECISIONS: dict[str, Any] = {
    rules.GRANTED: _l("Granted"),
    rules.PARTLY: _l("Granted in part"),
    rules.REFUSED: _l("Refused"),
}
EVENTS: dict[str, Any] = {
    "received": _l("Received"),
    "registered": _l("Registered by our staff"),
    "matched": _l("Found in our records"),
    "stopped": _l("Use of the data was stopped"),
    "proved": _l("Proved who it is"),
    "mailbox_asked": _l("A link went to the address that the request is about"),
    "id_copy_asked": _l("A redacted copy of an identity document was offered as the last resort"),
    "id_copy_received": _l("The redacted copy came in"),
    "id_copy_opened": _l("The redacted copy was looked at"),
    "id_copy_destroyed": _l("The redacted copy was destroyed"),
    "id_copy_badly_redacted": _l("The copy was not redacted well: destroyed at once"),
    "number_removed": _l("A citizen service number was taken out"),
    "extended": _l("More time was taken, with the reason told"),
    "decided": _l("Decided"),
    "letter_sent": _l("The answer was sent"),
    "letter_printed": _l("The answer was printed"),
    "reconsideration_asked": _l("Asked us to look again"),
    "alarmed": _l("The owner was warned: two days left"),
    "reported_late": _l("Reported to the owner: too late"),
}
STAGES: dict[Stage, tuple[str, Any]] = {
    Stage.DECIDED: ("good", _l("Decided")),
    Stage.IN_TIME: ("info", _l("In time")),
    Stage.WARNING: ("wait", _l("One week left")),
    Stage.ALARM: ("warn", _l("Two days left")),
    Stage.LATE: ("bad", _l("Too late")),
}
