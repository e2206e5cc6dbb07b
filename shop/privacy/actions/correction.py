"""Putting right what is held, and whatever was made of the old value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update

from shop.accounts.models import MailboxProof
from shop.core.db import Model, db
from shop.core.personal_data import Category, PassOn, Recipient, path_to_subject, register
from shop.mail.messages import readdress
from shop.people.models import Disclosure, Person
from shop.privacy.models.corrections import CorrectionTask
from shop.privacy.queries.held import Holding, Item, holdings, items

PEOPLE = Person.metadata.tables[Person.__tablename__]
OURS = (Recipient.MAIL_RELAY.value, Recipient.HOSTING.value, Recipient.MOLLIE.value)
"""Who works for us or was told no such value: they get the next message right by itself."""


@dataclass
class Corrected:
    """What a correction did."""

    rows: list[Item] = field(default_factory=list)
    tasks: int = 0


def correct(item: Item, values: Mapping[str, Any], person_ids: tuple[str, ...], at: datetime) -> Corrected:
    """Put values of a row right, and wherever else the shop still uses them as they were. The caller commits."""
    held = {value.column: value.value for value in item.values}
    changed = {name: value for name, value in values.items() if (held[name] or "") != (value or "")}
    done = Corrected()
    if not changed:
        return done
    for row in (item, *_in_use_elsewhere(item, changed, person_ids)):
        db.session.execute(update(row.table).where(_is(row)).values(**changed))
        done.rows.append(row)
    db.session.flush()
    db.session.expire_all()  # rows that were read before are read again
    labels = sorted({str(value.label) for value in item.values if value.column in changed})
    for row in done.rows:
        person_id = person_of(row)
        if person_id is not None:
            names = [f"{row.table.name}.{column}" for column in changed]
            done.tasks += pass_on(person_id, names, row.key[0], labels, at)
    return done


def _is(row: Item) -> Any:
    return and_(*(column == part for column, part in zip(row.table.primary_key.columns, row.key, strict=True)))


def _in_use_elsewhere(item: Item, changed: Mapping[str, Any], person_ids: tuple[str, ...]) -> Iterable[Item]:
    """Rows still in use that copied these values: of what somebody keeps for later, an open order has a copy.

    A copy has the same correctable columns with the same values, and a term that has not begun to run. What is put
    right in the copy itself, as for one order, stays there.
    """
    own = {value.column: value for value in item.values if value.is_correctable}
    if any(own[name].keep.event is not None for name in changed):
        return
    for holding in holdings():
        shared = {f.column.name for f in holding.fields if f.declared.is_correctable} & set(own)
        if holding.table is item.table or not set(changed) <= shared:
            continue
        for other in items(person_ids, table=holding.table.name):
            theirs = {value.column: value for value in other.values if value.column in shared}
            is_copy = all(theirs[name].value == own[name].value for name in shared)
            if is_copy and all(v.keep.event is not None and v.ends_on is None for v in theirs.values()):
                yield other


def person_of(row: Item) -> str | None:
    """Whose row it is."""
    for path in path_to_subject(row.table):
        *between, last = path
        if last.references(PEOPLE.c.id):
            links = [key == found.column for key in between for found in key.foreign_keys]
            found = db.session.scalar(select(last).where(_is(row), *links))
            if found is not None:
                return str(found)
    return None


def pass_on(person_id: str, names: Iterable[str], key: Any, labels: Iterable[str], at: datetime) -> int:
    """Tell the rooms, and note for staff what cannot be put right by the program. The caller commits."""
    tasks: dict[tuple[str, str], None] = {}
    for name in names:
        for _what, corrects in sorted(register.on_correct.items()):
            for told in corrects(person_id, name, key, at) or ():
                assert isinstance(told, PassOn)
                tasks[(told.kind, told.about)] = None
    received = select(Disclosure.recipient).where(Disclosure.person_id == person_id).distinct()
    for recipient in db.session.scalars(received.where(Disclosure.recipient.not_in(OURS))):
        tasks[("recipient", recipient)] = None
    for kind, about in tasks:
        _note_task(person_id, kind, about, labels, at)
    return len(tasks)


def _note_task(person_id: str, kind: str, about: str, labels: Iterable[str], at: datetime) -> None:
    told = ", ".join(labels)[:300]
    question = select(CorrectionTask).where(
        CorrectionTask.person_id == person_id,
        CorrectionTask.kind == kind,
        CorrectionTask.about == about,
        CorrectionTask.done_at.is_(None),
    )
    known = db.session.scalar(question)
    if known is None:
        db.session.add(CorrectionTask(person_id=person_id, kind=kind, about=about, fields=told, created_at=at))
    elif told not in known.fields:
        known.fields = f"{known.fields}, {told}"[:300]
    db.session.flush()


def change_email(person_ids: tuple[str, ...], old: str, new: str, at: datetime) -> int:
    """Write another address wherever the old one identified somebody; how many values. The caller commits.

    Raises IntegrityError when another account has the address.
    """
    changed = 0
    for holding in holdings():
        for told in holding.fields:
            if told.declared.category is Category.EMAIL and told.declared.identifies and told.declared.is_correctable:
                changed += _change(holding, told.column, person_ids, old, new, at)
    db.session.execute(delete(MailboxProof).where(MailboxProof.person_id.in_(person_ids), MailboxProof.email == old))
    db.session.expire_all()
    readdress(person_ids, old, new)
    return changed


def _change(holding: Holding, column: Any, person_ids: tuple[str, ...], old: str, new: str, at: datetime) -> int:
    mine = holding.rows_of({"people": person_ids})
    if mine is None:
        return 0
    rows = [i for i in items(person_ids, table=holding.table.name) if (v := i.value_of(column.name)) and v.value == old]
    for row in rows:
        db.session.execute(update(Model.metadata.tables[holding.table.name]).where(_is(row)).values({column.name: new}))
        person_id = person_of(row)
        if person_id is not None:
            pass_on(
                person_id, [f"{holding.table.name}.{column.name}"], row.key[0], [str(column.info["register"].label)], at
            )
    return len(rows)
