"""Taking away what has outlived its term: values blanked, rows removed with all that belongs to them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select, update

from shop.core.db import db
from shop.core.personal_data import Erase
from shop.privacy.queries.retention import PEOPLE, Term, is_forgotten, is_over, keys_to


def carry_out(term: Term, at: datetime) -> int:
    """Blank the values or remove the rows whose term is over; how many. The caller commits."""
    if term.column is not None:
        blanked = update(term.table).where(is_over(term, at)).values({term.column: None})
        return db.session.execute(blanked).rowcount  # type: ignore[attr-defined, no-any-return]
    return remove_rows(term.table, is_over(term, at))


def forget_people(at: datetime) -> int:
    """Remove people of whom nothing is left by which anybody could tell who they were. The caller commits."""
    return remove_rows(PEOPLE, is_forgotten(at))


def remove_rows(table: Table, condition: ColumnElement[bool]) -> int:
    """Remove rows, after what belongs to them; what only points to them loses the link. The caller commits."""
    (key,) = table.primary_key.columns if len(table.primary_key.columns) == 1 else (None,)
    if key is not None:
        doomed = db.session.scalars(select(key).where(condition)).all()
        condition = key.in_(doomed)
        for column, erase in keys_to(table):
            if erase is Erase.BLANK:
                db.session.execute(update(column.table).where(column.in_(doomed)).values({column: None}))
            elif erase is Erase.DELETE:
                remove_rows(column.table, column.in_(doomed))
    return db.session.execute(delete(table).where(condition)).rowcount  # type: ignore[attr-defined, no-any-return]
