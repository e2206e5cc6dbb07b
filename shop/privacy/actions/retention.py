"""Taking away what has outlived its term: values blanked, rows removed with all that belongs to them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, Table, cast, delete, null, select, update

from shop.core import clock
from shop.core.db import Model, db, insert_or, is_postgresql
from shop.core.personal_data import Erase, Needed, path_to_subject, register, row_words
from shop.privacy.models.erasures import TouchedTable
from shop.privacy.models.retention import Hold
from shop.privacy.queries.retention import PEOPLE, Term, is_forgotten, is_over, keys_to


class CannotHold(Exception):
    """There is no such row, or it is nobody's."""


def carry_out(term: Term, at: datetime) -> int:
    """Blank the values or remove the rows whose term is over; how many. The caller commits."""
    if term.column is not None:
        blanked = update(term.table).where(is_over(term, at)).values({term.column: None})
        times: int = db.session.execute(blanked).rowcount  # type: ignore[attr-defined]
        if times:
            touch([term.table.name], at)
        return times
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
    times: int = db.session.execute(delete(table).where(condition)).rowcount  # type: ignore[attr-defined]
    if times:
        touch([table.name], clock.now())
    return times


def touch(tables: Iterable[str], at: datetime) -> None:
    """Remember that tables are to be written anew at night; SQLite overwrites at once. The caller commits."""
    if is_postgresql():
        for name in sorted(tables):
            row = insert_or(TouchedTable).values(name=name, since=at)
            db.session.execute(row.on_conflict_do_nothing())


def hold(table_name: str, row_key: str, *, reason: str, until: datetime, staff_id: int, at: datetime) -> Hold:
    """Keep a row until a moment, whatever its term; CannotHold when there is no such row. The caller commits."""
    table = Model.metadata.tables.get(table_name)
    if table is None or len(table.primary_key.columns) != 1 or not path_to_subject(table):
        raise CannotHold
    (key,) = table.primary_key.columns
    owners = [path[0] for path in path_to_subject(table) if path and path[0].references(PEOPLE.c.id)]
    owner = owners[0] if owners else null()
    found = db.session.execute(select(key, owner).where(cast(key, String) == row_key)).first()
    if found is None:
        raise CannotHold
    row = Hold(
        table_name=table_name,
        row_key=row_key,
        person_id=found[1],
        reason=reason,
        staff_id=staff_id,
        created_at=at,
        ends_at=until,
    )
    db.session.add(row)
    db.session.flush()
    return row


def release(hold_id: int) -> bool:
    """End a hold now; whether there was one. The caller commits."""
    ended = db.session.execute(delete(Hold).where(Hold.id == hold_id).returning(Hold.id))
    return ended.first() is not None


@register.needs("holds")
def held_rows(person_id: str) -> Iterator[Needed]:
    """Rows of a person that somebody keeps for a dispute or a claim (GDPR art. 17(3)(e)), until their own day."""
    question = select(Hold).where(Hold.person_id == person_id, Hold.ends_at > clock.now()).order_by(Hold.id)
    for row in db.session.scalars(question):
        words = row_words(Model.metadata.tables[row.table_name])
        why = _l("kept until %(day)s for a dispute or a claim", day=f"{clock.local_date(row.ends_at):%d-%m-%Y}")
        yield Needed(row.table_name, key_of(row), words.label if words else row.table_name, why)
        yield Needed(Hold.__tablename__, (row.id,))


def key_of(row: Hold) -> tuple[int | str]:
    """The key of the row that a hold keeps."""
    (key,) = Model.metadata.tables[row.table_name].primary_key.columns
    return (key.type.python_type(row.row_key),)
