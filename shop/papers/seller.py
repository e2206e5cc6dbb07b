"""The shop as it stands on its papers, and what its owner chose about them."""

from datetime import date

from flask import current_app

from shop.core.identity import Identity
from shop.papers import rules
from shop.papers.rules import Party


def seller() -> Party:
    """The shop as its papers name it."""
    told: Identity = current_app.extensions["identity"]
    return Party(
        name=told.legal_name,
        street=told.street,
        postcode=told.postcode,
        town=told.town,
        country=told.country,
        vat_number=rules.vat_number(told.vat_number) or "",
        kvk=told.kvk,
    )


def may_issue() -> bool:
    """Whether the shop can issue invoices: not before it knows its own VAT number (Wet OB art. 35a)."""
    return bool(seller().vat_number)


def invoices_everybody() -> bool:
    """Whether the owner wants an invoice for everybody, not only for who asks."""
    told: Identity = current_app.extensions["identity"]
    return told.invoices == "everybody"


def asks_vies() -> bool:
    """Whether VAT numbers are looked up in VIES."""
    return bool(current_app.config["VIES_URL"])


def oss_since() -> date | None:
    """From which day the customer's own country's VAT applies; None while Dutch rates do."""
    since: date | None = current_app.config["VAT_OSS_SINCE"]
    return since
