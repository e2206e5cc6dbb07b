"""Rows that the database writes again from rows that are there, with other keys: what makes a million of a thousand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint, cast, func, insert, literal, select, true

from shop.core.db import Model, UtcDateTime, db, is_postgresql
from shop.people.models import Person

PEOPLE = Model.metadata.tables[Person.__tablename__]

Special = Callable[[Any], Any]
"""What a column has in the nth row of its table, where that follows from the number."""


def next_id(column: Any) -> int:
    """The first number of a table that no row has."""
    return int(db.session.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


@dataclass
class Block:
    """Rows of several tables that belong together; their numbers follow each other, a table at a time."""

    specials: Mapping[str, Special] = field(default_factory=dict)  # by "table.column"
    first: dict[Table, int] = field(default_factory=dict)
    rows: dict[Table, int] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)

    def add(self, model: type[Model], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write rows of a table, after those that they belong to; given back with their keys."""
        table = Model.metadata.tables[model.__tablename__]
        if table is PEOPLE:
            self.people = [row["id"] for row in rows]
        else:
            self.first[table] = next_id(table.c.id)
            rows = [{"id": self.first[table] + n, **row} for n, row in enumerate(rows)]
        self.rows[table] = len(rows)
        db.session.execute(insert(model), rows)
        return rows

    def write_again(self, turns: range) -> None:
        """Write all of it once more for each turn; a turn is a number that was not given before. The caller commits."""
        start = select(literal(turns.start).label("turn")).cte("turns", recursive=True)
        numbers = start.union_all(select(start.c.turn + 1).where(start.c.turn < turns.stop - 1))
        for table, count in self.rows.items():
            key = table.c.id
            if table is PEOPLE:
                mine = key.in_(self.people)
            else:
                mine = key.between(self.first[table], self.first[table] + count - 1)
            values = [self._again(one, numbers.c.turn).label(one.name) for one in table.columns]
            rows = select(*values).select_from(table).join(numbers, true()).where(mine)
            db.session.execute(insert(table).from_select([one.name for one in table.columns], rows))

    def _again(self, column: Column[Any], turn: Any) -> Any:
        """What a column has in a copy of a row: another key or moment, what must be unique made so, or the same."""
        table = column.table
        if (special := self.specials.get(f"{table.name}.{column.name}")) is not None:
            return special(table.c.id + turn * self.rows[table] - self.first[table])
        target = next((key.column.table for key in column.foreign_keys), table if column.primary_key else None)
        if target is PEOPLE:
            return _eight_signs(turn) + func.substr(column, 9, type_=String)
        if target in self.first and isinstance(column.type, Integer):
            return column + turn * self.rows[target]
        if isinstance(column.type, UtcDateTime):
            return _earlier(column, turn)
        if isinstance(column.type, String) and _is_unique(column):
            return column + "." + cast(turn, String)
        return column

    def count_on(self) -> None:
        """Have PostgreSQL give out numbers after those that are taken; SQLite does so by itself."""
        if not is_postgresql():
            return
        for table in self.first:
            last = select(func.max(table.c.id)).scalar_subquery()
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


def _is_unique(column: Column[Any]) -> bool:
    sets = [one.columns for one in column.table.constraints if isinstance(one, UniqueConstraint)]
    sets += [index.columns for index in column.table.indexes if index.unique]
    return bool(column.unique) or any(len(columns) == 1 and column.name in columns for columns in sets)


def _eight_signs(turn: Any) -> Any:
    if is_postgresql():
        return func.lpad(func.to_hex(turn), 8, "0", type_=String)
    return func.printf("%08x", turn, type_=String)


def _earlier(column: Column[Any], turn: Any) -> Any:
    """A moment so many seconds earlier, as each database keeps moments."""
    if is_postgresql():
        return column - func.make_interval(0, 0, 0, 0, 0, 0, turn)
    return func.strftime("%Y-%m-%d %H:%M:%f000", column, func.printf("-%d seconds", turn, type_=String))
