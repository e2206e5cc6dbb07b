"""The words of the register: kinds of data, purposes, lawful bases, sources, recipients, roles, events."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l


class Category(Enum):
    """The eight kinds of personal data that the shop's policy lists: the ceiling of what may be known."""

    NAME = "PC1"
    TELEPHONE = "PC2"
    EMAIL = "PC3"
    IP_ADDRESS = "PC4"
    PROVIDED = "PC5"
    LOCATION = "PC6"
    ACTIVITY = "PC7"
    DEVICE = "PC8"

    @property
    def label(self) -> Any:
        """The policy's own words for this kind, in the visitor's language."""
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS = {
    Category.NAME: _l("First and last name"),
    Category.TELEPHONE: _l("Telephone number"),
    Category.EMAIL: _l("E-mail address"),
    Category.IP_ADDRESS: _l("IP address"),
    Category.PROVIDED: _l("Other data that you actively provide"),
    Category.LOCATION: _l("Location data"),
    Category.ACTIVITY: _l("Data about your activities on our website"),
    Category.DEVICE: _l("Internet browser and type of device"),
}


class Basis(Enum):
    """The lawful bases of GDPR art. 6(1) that the shop relies on."""

    CONTRACT = "6-1-b"
    CONSENT = "6-1-a"
    LEGAL_OBLIGATION = "6-1-c"
    LEGITIMATE_INTEREST = "6-1-f"

    @property
    def label(self) -> Any:
        """The basis in the visitor's language, with its article."""
        return _BASIS_LABELS[self]


_BASIS_LABELS = {
    Basis.CONTRACT: _l("our contract with you (GDPR art. 6(1)(b))"),
    Basis.CONSENT: _l("your consent (GDPR art. 6(1)(a))"),
    Basis.LEGAL_OBLIGATION: _l("a legal obligation (GDPR art. 6(1)(c))"),
    Basis.LEGITIMATE_INTEREST: _l("our legitimate interest (GDPR art. 6(1)(f))"),
}


class Purpose(Enum):
    """Why data is processed; each purpose has exactly one lawful basis."""

    PAYMENT = "D1"
    SERVICE_CONTACT = "D2"
    ACCOUNT = "D3"
    DELIVERY = "D4"
    ANALYSIS = "D5"
    PREFERENCES = "D6"
    CONTACT_FORM = "D7"
    BOOKKEEPING = "D8"
    SECURITY = "D9"
    RIGHTS = "D10"
    REMEMBERING = "D11"

    @property
    def label(self) -> Any:
        """The purpose in the visitor's language."""
        return _PURPOSES[self][0]

    @property
    def basis(self) -> Basis:
        """The one lawful basis of this purpose."""
        return _PURPOSES[self][1]


_PURPOSES = {
    Purpose.PAYMENT: (_l("handling your payment"), Basis.CONTRACT),
    Purpose.SERVICE_CONTACT: (_l("calling or e-mailing you when our service needs it"), Basis.CONTRACT),
    Purpose.ACCOUNT: (_l("offering you an account"), Basis.CONTRACT),
    Purpose.DELIVERY: (_l("delivering goods and services to you"), Basis.CONTRACT),
    Purpose.ANALYSIS: (_l("analysing use of the website to improve it"), Basis.CONSENT),
    Purpose.PREFERENCES: (_l("showing what fits your preferences"), Basis.CONSENT),
    Purpose.CONTACT_FORM: (_l("answering your question"), Basis.LEGITIMATE_INTEREST),
    Purpose.BOOKKEEPING: (_l("keeping the books as tax law asks"), Basis.LEGAL_OBLIGATION),
    Purpose.SECURITY: (_l("keeping the shop and your data secure"), Basis.LEGITIMATE_INTEREST),
    Purpose.RIGHTS: (_l("answering a request about your rights"), Basis.LEGAL_OBLIGATION),
    Purpose.REMEMBERING: (_l("remembering the choice that you made"), Basis.LEGITIMATE_INTEREST),
}


class Source(Enum):
    """Where a value comes from; there is no other source (policy: no enrichment, no bought data)."""

    YOU = "you"
    USE = "use"
    MOLLIE = "mollie"
    CARRIER = "carrier"
    STAFF = "staff"

    @property
    def label(self) -> Any:
        """The source in the visitor's language."""
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    Source.YOU: _l("you gave it"),
    Source.USE: _l("arose from using the shop"),
    Source.MOLLIE: _l("Mollie (payment status)"),
    Source.CARRIER: _l("the carrier (delivery status)"),
    Source.STAFF: _l("our staff wrote it"),
}


class Recipient(Enum):
    """Who, outside the shop, a value may be handed to."""

    MOLLIE = "mollie"
    CARRIER = "carrier"
    MAIL_RELAY = "mail relay"
    HOSTING = "hosting"
    BOOKKEEPER = "bookkeeper"

    @property
    def label(self) -> Any:
        """The recipient in the visitor's language."""
        return _RECIPIENT_LABELS[self]


_RECIPIENT_LABELS = {
    Recipient.MOLLIE: _l("Mollie B.V. (payment)"),
    Recipient.CARRIER: _l("the carrier that brings your parcel"),
    Recipient.MAIL_RELAY: _l("our mail provider"),
    Recipient.HOSTING: _l("our hosting provider"),
    Recipient.BOOKKEEPER: _l("our bookkeeper and the tax authority"),
}


class Role(Enum):
    """What a member of staff is there for; views and fields name the roles that may see them."""

    OWNER = "owner"
    FULFILMENT = "fulfilment"
    PRIVACY = "privacy"
    BOOKKEEPING = "bookkeeping"


class Event(Enum):
    """The moments from which a retention period is counted; a model says which of its columns holds the moment."""

    CREATED = "created"
    LAST_USED = "last used"
    EXPIRED = "expired"
    DELIVERED = "delivered"
    ORDER_ENDED = "order ended"
    WITHDRAWAL_ENDED = "withdrawal ended"
    FINANCIAL_YEAR = "financial year"
    HANDED_OVER = "handed over"
    CONVERSATION_CLOSED = "conversation closed"
    LEFT = "left"
    CONSENT_ENDED = "consent ended"
    REQUEST_ANSWERED = "request answered"
    LIFTED = "lifted"

    @property
    def label(self) -> Any:
        """The moment in the visitor's language, as in "30 days after delivery"."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    Event.CREATED: _l("it was made"),
    Event.LAST_USED: _l("its last use"),
    Event.EXPIRED: _l("it expired"),
    Event.DELIVERED: _l("delivery"),
    Event.ORDER_ENDED: _l("the order was completed, canceled or expired"),
    Event.WITHDRAWAL_ENDED: _l("the withdrawal was paid back or otherwise settled"),
    Event.FINANCIAL_YEAR: _l("the end of the financial year"),
    Event.HANDED_OVER: _l("it was sent"),
    Event.CONVERSATION_CLOSED: _l("the conversation was closed"),
    Event.LEFT: _l("leaving the shop's service"),
    Event.CONSENT_ENDED: _l("your consent ended"),
    Event.REQUEST_ANSWERED: _l("we answered your request"),
    Event.LIFTED: _l("it was lifted"),
}
