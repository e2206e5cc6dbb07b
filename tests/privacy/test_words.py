"""No code stands where people read: every vocabulary that the schema knows has words, in both languages."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint

from shop.config import ROOT
from shop.core import clock
from shop.core.db import db
from shop.core.i18n import speaking
from shop.core.outbox import REFERENCES
from shop.core.personal_data import Purpose, Recipient, declaration_of
from shop.orders.fulfilment import fields_for_carriers
from shop.payments.bodies import ADDRESS_FIELDS, LINE_FIELDS, PAYMENT_FIELDS
from shop.payments.models import PaymentAttempt
from shop.payments.rules import CAPTURED_LATER, NEEDS_ADDRESS, NOT_OFFERED, RANK
from shop.payments.simulator.methods import ALL as AT_MOLLIE
from shop.payments.words import METHODS
from shop.people.actions import record_audit, record_disclosure
from shop.people.models import AuditEntry
from shop.people.words import FIELDS, ROLES, action_text
from shop.privacy.queries.held import holdings, in_words
from shop.staff.audit import audited_as
from tests.factories import make_attempt, make_order
from tests.page import Browser, squeeze

LISTED = re.compile(r"^\(?\s*(\w+) IN \(([^()]*)\)", re.MULTILINE)


def vocabularies() -> dict[str, tuple[Any, list[str]]]:
    """Every shown column of which the database itself knows all codes."""
    found = {}
    for holding in holdings():
        shown = {column.name: column for column in (*(field.column for field in holding.fields), *holding.details)}
        for check in holding.table.constraints:
            if isinstance(check, CheckConstraint) and (told := LISTED.search(str(check.sqltext))):
                name, codes = told[1], re.findall(r"'([^']*)'", told[2])
                if name in shown:
                    found[f"{holding.table.name}.{name}"] = (shown[name], [code for code in codes if code])
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_code_that_the_database_knows_has_words(app: Flask, language: str) -> None:
    known = vocabularies()
    assert {"consents.choice", "refunds.status"} <= set(known)
    with app.test_request_context(), speaking(language):
        raw = [
            f"{name}: {code}"
            for name, (column, codes) in known.items()
            for code in codes
            if declaration_of(column).words is None or not declaration_of(column).words(code)  # type: ignore[union-attr]
        ]
    assert raw == []


def test_whatever_is_shown_beside_a_value_has_a_name(app: Flask) -> None:
    nameless = [str(c) for holding in holdings() for c in holding.details if not c.info["register"].label]
    assert nameless == []


def test_every_way_to_pay_and_every_status_has_words(app: Flask) -> None:
    assert {method.id for method in AT_MOLLIE} | CAPTURED_LATER | NEEDS_ADDRESS | NOT_OFFERED <= set(METHODS)
    column = PaymentAttempt.__table__.c.status
    with app.test_request_context():
        assert [status for status in RANK if str(in_words(column, status)) == status] == []


def test_every_message_has_a_name(app: Flask) -> None:
    folders = {folder.parent.name for folder in (ROOT / "templates/mail").glob("*/body.txt")}
    assert folders == {name for name in REFERENCES if name in folders}
    assert len(folders) > 20


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_deed_of_our_staff_has_words(app: Flask, language: str) -> None:
    deeds = {deed for view in app.view_functions.values() if (deed := audited_as(view))}
    deeds |= {f"{deed.partition('.')[0]}.form_opened" for deed in deeds if deed.endswith((".created", ".changed"))}
    deeds |= {"session.began", "session.refused", "session.ended", "order.opened.refused"}
    with app.test_request_context(), speaking(language):
        assert {deed for deed in deeds if action_text(deed) is None} == set()
    assert len(deeds) > 90


def test_every_field_that_is_handed_over_has_words(app: Flask) -> None:
    assert {*fields_for_carriers(), *PAYMENT_FIELDS, *ADDRESS_FIELDS, *LINE_FIELDS, "vat_number"} <= set(FIELDS)
    assert declaration_of(AuditEntry.__table__.c.role).words is not None  # type: ignore[union-attr]
    assert {"owner", "fulfilment", "privacy", "bookkeeping", "customer", "none"} <= set(ROLES)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_and_its_lists_show_no_code(app: Flask, customer: Browser, prefix: str) -> None:
    person, at = customer.account.person_id, clock.now()
    order = make_order(account=customer.account, status="confirmed")
    make_attempt(order, status="paid", method="creditcard")
    record_disclosure(person, Recipient.MOLLIE, fields=ADDRESS_FIELDS, purpose=Purpose.PAYMENT, at=at)
    seen = {"role": "bookkeeping", "object_kind": "order", "object_key": order.number, "person_id": person}
    record_audit("order.address_changed", staff_id=None, at=at, **seen)
    db.session.commit()
    pages = [customer.get(f"{prefix}/account/data")]
    pages += [
        customer.get(f"{prefix}/account/data/all/{kind}")
        for kind in ("payment_attempts", "outbox", "audit_entries", "disclosures")
    ]
    assert [page.status for page in pages if page.status not in (200, 404)] == []
    codes = r"\w+_\w+|creditcard|paid|bookkeeping|D\d+|\w+\.\w+_\w+"
    told = [squeeze(cell.get_text()) for page in pages for cell in page.soup.select("main dd, main dt, main td")]
    assert [text for text in told if re.fullmatch(codes, text) and not text.startswith("tr_")] == []
    assert {"Mollie B.V. (payment)", "Mollie B.V. (betaling)"} & set(told)
    assert {"Order: address changed", "Bestelling: adres gewijzigd"} & set(told)
