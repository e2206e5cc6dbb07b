"""New people, and the two ledgers about them: what staff did, and what was handed to others."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from shop.core import clock
from shop.core.db import Model, db
from shop.core.personal_data import Purpose, Recipient, register
from shop.people import ledger
from shop.people.models import (
    AuditEntry,
    AuditHead,
    Disclosure,
    FormerKey,
    LedgerEntry,
    LedgerHead,
    Person,
    Restriction,
)
from shop.people.rules import FIRST_SEAL, seal

LIFTED = "lifted:"  # before a restriction's name in the ledger: it was taken back


def new_person(language: str, *, at: datetime) -> Person:
    """Somebody the shop has not met before, or does not know that it has."""
    person = Person(language=language, created_on=clock.local_date(at))
    db.session.add(person)
    db.session.flush()
    return person


def merge_person(person_id: str, *, into: str) -> None:
    """Make all that is known of one person that of another: both turned out to be the same. The caller commits."""
    db.session.flush()
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Person.__tablename__:
                column = key.parent
                moved = update(table).where(column == person_id).values({column.name: into})
                db.session.execute(moved.execution_options(synchronize_session=False))
    db.session.add(FormerKey(former_id=person_id, person_id=into))
    db.session.execute(delete(Person).where(Person.id == person_id))


def restrict(person_id: str, kind: str, *, at: datetime, staff_id: int | None = None) -> bool:
    """Do no longer what a person objects to, from now on; whether this call changed that. The caller commits.

    Rooms with something waiting (mail in the queue) hear of it through `register.restricts`.
    """
    if db.session.scalar(select(Restriction.id).where(_in_force(person_id, kind)).limit(1)) is not None:
        return False
    db.session.add(Restriction(person_id=person_id, kind=kind, set_at=at, set_by=staff_id))
    db.session.flush()
    ledger.note(_ledger_kind(kind), person_id, item=kind, at=at)
    _tell_rooms(person_id, True, at)
    return True


def lift(person_id: str, kind: str, *, at: datetime) -> bool:
    """Let something be done again that a person had stopped; whether it was stopped. The caller commits."""
    lifted = db.session.execute(update(Restriction).where(_in_force(person_id, kind)).values(lifted_at=at))
    if not lifted.rowcount:  # type: ignore[attr-defined]
        return False
    ledger.note(_ledger_kind(kind), person_id, item=f"{LIFTED}{kind}", at=at)
    _tell_rooms(person_id, False, at)
    return True


def _ledger_kind(kind: str) -> str:
    return ledger.RESTRICTION if kind == "restricted" else ledger.OBJECTION


@ledger.replays(ledger.RESTRICTION)
@ledger.replays(ledger.OBJECTION)
def _restrict_again(person_id: str, item: str, at: datetime) -> None:
    """After a restore: obey again what was asked, or let again what was lifted."""
    if db.session.get(Person, person_id) is None:
        return
    if item.startswith(LIFTED):
        lift(person_id, item.removeprefix(LIFTED), at=at)
    else:
        restrict(person_id, item, at=at)


def _in_force(person_id: str, kind: str) -> ColumnElement[bool]:
    return and_(Restriction.person_id == person_id, Restriction.kind == kind, Restriction.lifted_at.is_(None))


def _tell_rooms(person_id: str, is_set: bool, at: datetime) -> None:
    for obey in register.on_restrict.values():
        obey(person_id, is_set, at)


def record_audit(
    action: str,
    *,
    staff_id: int | None,
    role: str,
    object_kind: str,
    object_key: str,
    at: datetime,
    person_id: str | None = None,
    reason: str = "",
) -> None:
    """Note what a member of staff opened or did, without any value. The caller commits."""
    head = db.session.scalar(select(AuditHead).where(AuditHead.id == 1).with_for_update())
    if head is None:
        head = AuditHead(id=1, hash=FIRST_SEAL)
        db.session.add(head)
    hashed = seal(head.hash, staff_id=staff_id, role=role, action=action, thing=(object_kind, object_key), at=at)
    db.session.add(
        AuditEntry(
            staff_id=staff_id,
            role=role,
            person_id=person_id,
            action=action,
            object_kind=object_kind,
            object_key=object_key,
            reason=reason[:200] or None,
            at=at,
            previous_hash=head.hash,
            hash=hashed,
        )
    )
    head.hash = hashed


register.keeps_from_copies(LedgerHead.__tablename__, LedgerEntry.__tablename__, FormerKey.__tablename__)


@register.copies("audit log")
def seal_again(connection: Connection) -> None:
    """Tie the entries of a copy together anew: their moments and numbers are other ones there."""
    previous = FIRST_SEAL
    entries = Model.metadata.tables[AuditEntry.__tablename__]
    for entry in connection.execute(select(entries).order_by(entries.c.id)).mappings().all():
        thing = (entry["object_kind"], entry["object_key"])
        told = {name: entry[name] for name in ("staff_id", "role", "action", "at")}
        hashed = seal(previous, thing=thing, **told)
        fits = {"previous_hash": previous, "hash": hashed}
        connection.execute(update(entries).where(entries.c.id == entry["id"]).values(**fits))
        previous = hashed
    connection.execute(update(AuditHead).values(hash=previous))


def record_disclosure(
    person_id: str, recipient: Recipient | str, *, fields: Iterable[str], purpose: Purpose, at: datetime
) -> None:
    """Note that fields of a person were handed to somebody outside (names of fields, no values). The caller commits."""
    name = recipient.value if isinstance(recipient, Recipient) else recipient
    told = ", ".join(fields)
    db.session.add(Disclosure(person_id=person_id, recipient=name, fields=told, purpose=purpose.value, at=at))
