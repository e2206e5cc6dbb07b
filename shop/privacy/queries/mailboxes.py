"""By which address somebody can be written to: by the register alone."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Select, Table, select

from shop.core.db import Model, db
from shop.core.personal_data import Category, Erase, Purpose, path_to_subject, personal_columns
from shop.people.models import Person

PEOPLE = Person.metadata.tables[Person.__tablename__]


def _mailbox_columns() -> Iterator[tuple[Table, Column[Any], list[Column[Any]]]]:
    """Every column with somebody's e-mail address and its way to the person; accounts first."""
    found = [
        (declared.purpose is not Purpose.ACCOUNT, table, column, path)
        for table, column, declared in personal_columns(Model.metadata)
        if declared.category is Category.EMAIL and declared.erase is not Erase.KEEP
        for path in path_to_subject(table)
        if path[-1].references(PEOPLE.c.id)
    ]
    for _order, table, column, path in sorted(found, key=lambda one: (one[0], one[1].name, one[2].name)):
        yield table, column, path


def _question(table: Table, column: Column[Any], path: list[Column[Any]]) -> Select[Any]:
    *between, last = path
    question = select(last.label("person_id"), column.label("email")).select_from(table).where(column.is_not(None))
    for key in between:
        (target,) = (found.column for found in key.foreign_keys)
        question = question.where(key == target)
    return question.where(last.is_not(None))


def mailboxes_of(person_ids: Iterable[str]) -> dict[str, str]:
    """By which address each of these people can be written to, where one is known."""
    wanted, found = list(person_ids), dict[str, str]()
    for table, column, path in _mailbox_columns():
        missing = [key for key in wanted if key not in found]
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            for row in db.session.execute(_question(table, column, path).where(path[-1].in_(part))):
                if row.email:
                    found.setdefault(row.person_id, row.email)
    return found
