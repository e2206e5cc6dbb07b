"""The audit log tells when it was tampered with; both ledgers hold names of fields, never values."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from shop.core.db import db
from shop.core.personal_data import Purpose, Recipient
from shop.people.actions import new_person, record_audit, record_disclosure
from shop.people.models import AuditEntry, AuditHead, Disclosure
from shop.people.queries import broken_audit_entries

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def entries(app: Flask) -> list[int]:
    """Five entries about one person; their numbers."""
    person = new_person("nl", at=AT)
    for n in range(5):
        at = AT + timedelta(minutes=n)
        record_audit(
            "order.view", staff_id=1, role="owner", object_kind="order", object_key=str(n), at=at, person_id=person.id
        )
    db.session.commit()
    return list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))


def test_an_untouched_log_is_whole(entries: list[int]) -> None:
    db.session.expunge_all()
    assert broken_audit_entries() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "order.print"},
        {"staff_id": 2},
        {"staff_id": None},
        {"role": "privacy"},
        {"object_key": "9"},
        {"at": AT},
    ],
)
def test_a_changed_entry_is_named(entries: list[int], changes: dict[str, object]) -> None:
    db.session.execute(update(AuditEntry).where(AuditEntry.id == entries[2]).values(**changes))
    db.session.expunge_all()
    assert broken_audit_entries() == [entries[2]]


def test_an_entry_taken_out_of_the_middle_or_off_the_end_shows(entries: list[int]) -> None:
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == entries[2]))
    assert broken_audit_entries() == [entries[3]]
    db.session.rollback()
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == entries[4]))
    assert broken_audit_entries() == [0]


def test_an_entry_put_in_shows(entries: list[int]) -> None:
    head = db.session.scalars(select(AuditHead.hash)).one()
    db.session.add(
        AuditEntry(
            role="owner",
            action="x",
            object_kind="x",
            object_key="1",
            at=AT,
            previous_hash=head,
            hash="f" * 64,
            reason="",
        )
    )
    db.session.flush()
    assert len(broken_audit_entries()) == 2


def test_a_person_may_be_forgotten_without_breaking_the_log(entries: list[int]) -> None:
    db.session.execute(update(AuditEntry).values(person_id=None))
    db.session.expunge_all()
    assert broken_audit_entries() == []


def test_a_disclosure_names_the_fields_and_to_whom(app: Flask) -> None:
    person = new_person("nl", at=AT)
    record_disclosure(person.id, Recipient.CARRIER, fields=["street", "town"], purpose=Purpose.DELIVERY, at=AT)
    record_disclosure(person.id, "PostNL", fields=["street"], purpose=Purpose.DELIVERY, at=AT)
    db.session.commit()
    rows = db.session.scalars(select(Disclosure).order_by(Disclosure.id)).all()
    assert [(row.recipient, row.fields, row.purpose) for row in rows] == [
        ("carrier", "street, town", "D4"),
        ("PostNL", "street", "D4"),
    ]


def test_keys_of_people_are_random_and_the_day_is_the_dutch_one(app: Flask) -> None:
    people = [new_person("en", at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) for _turn in range(20)]
    assert len({person.id for person in people}) == 20
    assert all(len(person.id) == 32 and int(person.id, 16) >= 0 for person in people)
    assert people[0].created_on.isoformat() == "2027-01-01"
