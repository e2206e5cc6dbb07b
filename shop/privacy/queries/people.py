"""Which people are behind an e-mail address, asked of the register alone."""

from collections.abc import Iterator

from sqlalchemy import Select, exists, select, true, union

from shop.accounts.models import Account
from shop.core.db import Model, db
from shop.core.personal_data import path_to_subject, personal_columns
from shop.people.models import Person

PEOPLE = Person.metadata.tables[Person.__tablename__]


def account_with_address(email: str) -> Account | None:
    """The confirmed account with this (normalised) address."""
    return db.session.scalar(select(Account).where(Account.email == email, Account.confirmed_at.is_not(None)))


def people_with_address(email: str) -> tuple[str, ...]:
    """The keys of all people whom this (normalised) address identifies, in a fixed order.

    Somebody with an account is identified by its address alone, whatever address an order of theirs may have.
    """
    found = list(_found_by(email))
    if not found:
        return ()
    everybody = union(*found).subquery()
    person = everybody.c[0]
    elsewhere = exists().where(Account.person_id == person, Account.email != email)
    return tuple(sorted(db.session.scalars(select(person).where(~elsewhere))))


def _found_by(email: str) -> Iterator[Select[tuple[str]]]:
    for table, column, declared in personal_columns(Model.metadata):
        if not declared.identifies:
            continue
        only = table.columns[declared.identifies].is_(True) if isinstance(declared.identifies, str) else true()
        for path in path_to_subject(table):
            *between, last = path
            if last.references(PEOPLE.c.id):
                links = [key == found.column for key in between for found in key.foreign_keys]
                yield select(last).where(column == email, last.is_not(None), only, *links)
