"""What has outlived its term, asked of the register alone: this room knows no other room's tables by name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Exists,
    MetaData,
    String,
    Table,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from shop.accounts.models import Account
from shop.core import clock
from shop.core.db import db
from shop.core.personal_data import (
    Category,
    Erase,
    Keep,
    Moment,
    declaration_of,
    moment_of,
    path_to_subject,
    personal_columns,
    row_term,
    row_words,
    subject_columns,
)
from shop.people.models import Person
from shop.privacy.models.retention import Hold, RetentionRun
from shop.privacy.queries.held import in_words

ACCOUNTS = Account.metadata.tables[Account.__tablename__]
"""The table of which a row that is over takes its whole person along."""
PEOPLE = Person.metadata.tables[Person.__tablename__]


@dataclass(frozen=True)
class Condition:
    """That an event is longer ago than a period."""

    moment: Moment
    keep: Keep


@dataclass(frozen=True)
class Term:
    """What must go when its period is over: values of one column, or whole rows where `column` is None."""

    table: Table
    column: Column[Any] | None
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """The table, or the table and its column."""
        return self.table.name if self.column is None else f"{self.table.name}.{self.column.name}"


def terms(metadata: MetaData) -> list[Term]:
    """Every term of the register that ends by itself, what belongs to a row before the row it belongs to."""
    personal: defaultdict[str, list[tuple[Column[Any], Keep, Erase]]] = defaultdict(list)
    for table, column, declared in personal_columns(metadata):
        personal[table.name].append((column, declared.keep, declared.erase))
    return [
        term for table in reversed(metadata.sorted_tables) for term in _terms_of(table, personal.get(table.name, []))
    ]


def _terms_of(table: Table, personal: list[tuple[Column[Any], Keep, Erase]]) -> Iterator[Term]:
    for column, keep, erase in personal:
        if erase is Erase.BLANK and keep.event is not None and table is not ACCOUNTS:
            yield Term(table, column, (_condition(table, keep),))
    whole = row_term(table)
    if whole is not None:
        yield Term(table, None, (_condition(table, whole),))
    elif any(erase is not Erase.BLANK for _column, _keep, erase in personal):
        keeps = dict.fromkeys(keep for _column, keep, _erase in personal)
        if all(keep.event is not None for keep in keeps):
            yield Term(table, None, tuple(_condition(table, keep) for keep in keeps))


def _condition(table: Table, keep: Keep) -> Condition:
    moment = moment_of(table, keep.event) if keep.event is not None else None
    assert moment is not None, "the register is checked when the app starts"
    return Condition(moment, keep)


def is_over(term: Term, at: datetime) -> ColumnElement[bool]:
    """That a row of the term's table has something left that must go."""
    parts = [_is_past(c.moment, c.keep.cutoff(at)) for c in term.conditions]
    if term.column is not None:
        parts.append(term.column.is_not(None))
    else:
        parts.append(not_(_is_needed_by_law(term.table)))
    if term.table.name != Hold.__tablename__:
        parts.append(not_(_is_held(term.table, at)))
    return and_(*parts)


def _is_held(table: Table, at: datetime) -> ColumnElement[bool]:
    """That somebody said, with a reason and an end, that this row or the one it belongs to stays for now."""
    ways = [(table.name, key) for key in table.primary_key.columns if len(table.primary_key.columns) == 1]
    ways += [(key.column.table.name, column) for column in subject_columns(table) for key in column.foreign_keys]
    named = [and_(Hold.table_name == name, Hold.row_key == cast(column, String)) for name, column in ways]
    return exists().where(Hold.ends_at > at, or_(*named)) if named else false()


def _is_past(moment: Moment, cutoff: datetime) -> ColumnElement[bool]:
    """That the moment, of the row or of the row it belongs to, is before the cutoff; never when it is unknown."""
    if not moment.keys:
        own = func.coalesce(*moment.columns) if len(moment.columns) > 1 else moment.columns[0]
        return own < (clock.local_date(cutoff) if isinstance(own.type, Date) else cutoff)
    key, *rest = moment.keys
    (parent,) = (found.column for found in key.foreign_keys)
    return exists().where(parent == key, _is_past(Moment(tuple(rest), moment.columns), cutoff))


def keys_to(table: Table) -> Iterator[tuple[Column[Any], Erase]]:
    """Every foreign key that leads to a table, with what becomes of its row when the other goes."""
    for other in table.metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                declared = declaration_of(column)
                if declared is not None and declared.kind == "subject":
                    yield column, declared.erase
                else:
                    yield column, Erase.BLANK if column.nullable else Erase.DELETE


def _is_needed_by_law(table: Table) -> ColumnElement[bool]:
    """That rows which the law has the shop keep still belong to this row."""
    needed = [
        exists().where(column == key.column)
        for column, erase in keys_to(table)
        if erase is Erase.KEEP
        for key in column.foreign_keys
    ]
    return or_(*needed) if needed else false()


def is_forgotten(at: datetime) -> ColumnElement[bool]:
    """That nothing is left of a person by which anybody could tell who it was; what they did does not tell."""
    return and_(Person.created_on < clock.local_date(at), not_(or_(*_traces())))


def _traces() -> Iterator[Exists]:
    """For each column that can tell who somebody is, that it has a value for this person."""
    for table, column, declared in personal_columns(PEOPLE.metadata):
        if declared.category is Category.ACTIVITY or declared.erase is Erase.KEEP:
            continue
        has_value = and_(column.is_not(None), column != "") if isinstance(column.type, String) else column.is_not(None)
        for path in path_to_subject(table):
            *between, last = path
            if not last.references(PEOPLE.c.id):
                continue
            links = [key == found.column for key in between for found in key.foreign_keys]
            yield select(literal(1)).where(last == PEOPLE.c.id, has_value, *links).correlate(PEOPLE).exists()


def count(table: Table, condition: ColumnElement[bool]) -> int:
    """How many rows of a table a condition is true for."""
    return db.session.scalar(select(func.count()).select_from(table).where(condition)) or 0


AHEAD = timedelta(days=7)
SHOWN, COUNTED = 10, 1000
LATE = timedelta(hours=26)


@dataclass(frozen=True)
class Coming:
    """What one term takes away next: how many rows (counting stops at a thousand), and the first of them by name."""

    term: Term
    rows: int
    first: tuple[tuple[str, str], ...]  # key, name

    @property
    def label(self) -> Any:
        """What people call such rows."""
        words = row_words(self.term.table)
        return words.label if words else self.term.table.name

    @property
    def column_label(self) -> Any:
        """What people call the value that goes, where only that goes."""
        declared = declaration_of(self.term.column) if self.term.column is not None else None
        return declared.label if declared else ""


def forecast(at: datetime) -> list[Coming]:
    """What the nightly job takes away within a week, term by term, in two questions however many terms there are."""
    asked = list(enumerate(terms(PEOPLE.metadata)))
    until = at + AHEAD
    counted = union_all(*(_how_many(n, term, until) for n, term in asked))
    numbers: dict[int, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    named: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    with_rows = [(n, term) for n, term in asked if numbers[n]]
    if with_rows:
        for n, key, name in db.session.execute(union_all(*(_first(n, term, until) for n, term in with_rows))):
            named[n].append((key, _name_in_words(asked[n][1].table, name) or key))
    return [Coming(term, numbers[n], tuple(named[n])) for n, term in with_rows]


def _how_many(n: int, term: Term, until: datetime) -> Any:
    rows = select(literal(1).label("one")).select_from(term.table).where(is_over(term, until)).limit(COUNTED).subquery()
    return select(literal(n), func.count()).select_from(rows)


def _first(n: int, term: Term, until: datetime) -> Any:
    columns = list(term.table.primary_key.columns)
    words = row_words(term.table)
    name = term.table.columns[words.named_by] if words and words.named_by else columns[0]
    rows = select(cast(columns[0], String).label("key"), cast(name, String).label("name"))
    found = rows.where(is_over(term, until)).limit(SHOWN).subquery()
    return select(literal(n), found.c.key, found.c.name)


def _name_in_words(table: Table, name: Any) -> str:
    """What tells a row from the others, as people read it."""
    words = row_words(table)
    return str(in_words(table.columns[words.named_by], name) or "") if words and words.named_by else str(name or "")


def names_of_rows(rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What tells each of these rows (table, key) from the others, in one question for each table."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for name, key in rows:
        if name in PEOPLE.metadata.tables:
            keys[name].append(key)
    found: dict[tuple[str, str], str] = {}
    for name, wanted in keys.items():
        table = PEOPLE.metadata.tables[name]
        words = row_words(table)
        if words is None or words.named_by is None or len(table.primary_key.columns) != 1:
            continue
        (own,) = table.primary_key.columns
        question = select(cast(own, String), table.columns[words.named_by]).where(cast(own, String).in_(wanted))
        found |= {(name, key): _name_in_words(table, told) for key, told in db.session.execute(question)}
    return found


def last_run() -> RetentionRun | None:
    """The last run of the nightly job that came to its end."""
    question = select(RetentionRun).where(RetentionRun.ended_at.is_not(None)).order_by(RetentionRun.began_at.desc())
    return db.session.scalar(question.limit(1))


def is_late(at: datetime) -> bool:
    """Whether the nightly job has not come to its end for more than a day."""
    run = last_run()
    return run is None or at - run.began_at > LATE


def holds(at: datetime) -> list[Hold]:
    """The holds that have not ended, the first to end first."""
    return list(db.session.scalars(select(Hold).where(Hold.ends_at > at).order_by(Hold.ends_at, Hold.id).limit(200)))
