"""Who is touched when something went wrong with a table, or with an account of staff, in a period: by the schema."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, Table, or_, select, union

from shop.core.db import Model, UtcDateTime, db
from shop.core.personal_data import path_to_subject, personal_columns
from shop.people.models import AuditEntry, Person, StaffMember

PEOPLE = Person.metadata.tables[Person.__tablename__]
MOST = 100_000


def tables() -> list[str]:
    """The tables with personal data that lead to a person, by name."""
    return sorted({table.name for table, _column, _told in personal_columns(Model.metadata) if list(_ways(table))})


def people_in_table(name: str, *, since: datetime, until: datetime) -> list[str]:
    """The keys of everybody of whom a row of the table was there and of that period, or whose row has no moment.

    A row counts when one of its own moments lies in the period, or was made before its end by a row it belongs to;
    where nothing tells when a row came, it counts: somebody too many is told, never one too few.
    """
    table = Model.metadata.tables[name]
    asked = [_people_by(table, way, since, until) for way in _ways(table)]
    if not asked:
        return []
    everybody = union(*asked).subquery()
    staff = select(StaffMember.person_id)
    question = select(everybody.c[0]).where(everybody.c[0].is_not(None), everybody.c[0].not_in(staff))
    return sorted(db.session.scalars(question.limit(MOST)))


def people_seen_by(staff_id: int, *, since: datetime, until: datetime) -> list[str]:
    """The keys of everybody whose record an account of staff opened or changed in a period: from the audit log."""
    question = (
        select(AuditEntry.person_id)
        .where(
            AuditEntry.staff_id == staff_id,
            AuditEntry.at >= since,
            AuditEntry.at <= until,
            AuditEntry.person_id.is_not(None),
        )
        .distinct()
        .limit(MOST)
    )
    return sorted(str(person_id) for person_id in db.session.scalars(question))


def _ways(table: Table) -> Iterator[list[Column[Any]]]:
    for way in path_to_subject(table):
        if way and way[-1].references(PEOPLE.c.id):
            yield way


def _people_by(table: Table, way: list[Column[Any]], since: datetime, until: datetime) -> Select[Any]:
    *between, last = way
    question = select(last).select_from(table)
    for key in between:
        (target,) = (found.column for found in key.foreign_keys)
        question = question.where(key == target)
    moments = [column for column in table.columns if isinstance(column.type, UtcDateTime)]
    if moments:
        within = [column.between(since, until) for column in moments]
        unknown = [column.is_(None) for column in moments]
        question = question.where(or_(*within, *([] if len(unknown) != len(moments) else [_all(unknown)])))
    return question


def _all(conditions: list[Any]) -> Any:
    first, *rest = conditions
    for condition in rest:
        first = first & condition
    return first
