"""A copy of the shop without anybody in it, to develop with: found by walking the register, no table is named.

Every row comes along, save what means nothing without vault or ledger. Keys, sums and stock are those of the shop;
personal values are invented, the same one for the same value; secrets are new and open nothing; all moments are earlier
by the same number of days. Not one personal byte is written to the copy, also not for a moment.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)

from shop.accounts.passwords import hash_password
from shop.core.db import Model, apart, engine_options
from shop.core.personal_data import ROOTS, declaration_of, path_to_subject, register, row_words
from shop.privacy.inventing import Inventor

ALONG = ("media", "downloads", "shop.toml")  # files without anybody in them: pictures, what is sold, who the shop is
AT_ONCE = 2000
DATABASE = "shop.sqlite"


class CannotCopy(Exception):
    """The copy cannot be made there, or would not be whole; the message says why."""


@dataclass(frozen=True)
class Copied:
    """What a copy holds, and the password of every customer in it."""

    rows: int
    left_out: tuple[str, ...]
    password: str


def copy_shop(instance: Path, folder: Path, url: str = "") -> Copied:
    """Make a copy in an empty folder and, where an address is given, an empty database; whole or not at all."""
    if folder.exists() and any(folder.iterdir()):
        raise CannotCopy(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    inventor = Inventor(password_hash=hash_password(password))
    file = None if url else folder / DATABASE
    try:
        with _target(url or f"sqlite:///{file}") as target, apart() as source:
            if source.dialect.name == "postgresql":
                source.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            inventor.known = _numbers(source, inventor)
            _make_tables(target, revision=MigrationContext.configure(source).get_current_revision())
            rows = sum(_copy_table(source, target, table, inventor) for table in _copied())
            for _what, copies in sorted(register.on_copy.items()):
                copies(target)
            _set_sequences(target)
            _prove_whole(target)
    except BaseException:
        if file is not None:
            for path in folder.glob(f"{DATABASE}*"):
                path.unlink()
        raise
    for name in ALONG:
        place = instance / name
        if place.is_dir():
            shutil.copytree(place, folder / name)
        elif place.is_file():
            shutil.copyfile(place, folder / name)
    return Copied(rows, tuple(sorted(table.name for table in _left_out())), password)


@contextmanager
def _target(url: str) -> Iterator[Connection]:
    """The copy's database, new, in one transaction."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        try:
            os.close(os.open(address.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise CannotCopy(f"{address.database} is there already") from None
    engine = create_engine(address, **engine_options(url))
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            if inspect(connection).get_table_names():
                raise CannotCopy("the database of the copy must be empty")
            yield connection
    finally:
        engine.dispose()


def _by_hand(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is said by ourselves, so that tables and rows are one transaction


def _left_out() -> set[Table]:
    """Tables that stay here, with all that cannot do without them."""
    found = {table for table in Model.metadata.sorted_tables if table.name in register.never_copied}
    for table in Model.metadata.sorted_tables:
        if any(not column.nullable and _leads_to(column, found - {table}) for column in table.columns):
            found.add(table)
    return found


def _copied() -> list[Table]:
    left_out = _left_out()
    return [table for table in Model.metadata.sorted_tables if table not in left_out]


def _leads_to(column: Column[Any], tables: set[Table]) -> bool:
    return any(key.column.table in tables for key in column.foreign_keys)


def _numbers(source: Connection, inventor: Inventor) -> dict[str, str]:
    """Numbers by which people call what is theirs, each with another of its shape, unique as they were."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for table in _copied():
        words = row_words(table)
        if words is None or words.named_by is None or not path_to_subject(table):
            continue
        column = table.columns[words.named_by]
        declared = declaration_of(column)
        is_number = declared is not None and declared.kind == "plain" and isinstance(column.type, String)
        if not (is_number and column.unique):
            continue
        question = select(column).where(column.is_not(None))
        for value in source.execution_options(yield_per=AT_ONCE).execute(question).scalars():
            turn = 0
            while (other := inventor.number(value, turn)) in taken:
                turn += 1
            taken.add(other)
            found[value] = other
    return found


def _make_tables(target: Connection, *, revision: str | None) -> None:
    """Make the database as the models are, and have it say at which migration that is."""
    Model.metadata.create_all(target)
    if revision:
        target.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        target.execute(text("INSERT INTO alembic_version (version_num) VALUES (:now)"), {"now": revision})


def _copy_table(source: Connection, target: Connection, table: Table, inventor: Inventor) -> int:
    change = _changes(table, inventor)
    question = select(table).order_by(*table.primary_key.columns)
    result = source.execution_options(yield_per=AT_ONCE).execute(question)
    rows = 0
    for some in result.mappings().partitions(AT_ONCE):
        target.execute(insert(table), [change(row) for row in some])
        rows += len(some)
    return rows


def _changes(table: Table, inventor: Inventor) -> Any:
    left_out = _left_out()

    def changed(column: Column[Any], value: Any) -> Any:
        declared = declaration_of(column)
        assert declared is not None, "the register is checked when the app starts"
        if declared.kind == "secret":
            return inventor.secret(column, value)
        if value is None or _leads_to(column, left_out):
            return None
        if _is_root(column) or any(_is_root(key.column) for key in column.foreign_keys):
            return inventor.root(value)
        if declared.is_personal:
            return inventor.personal(column, declared, value)
        return inventor.moment(value) if isinstance(value, date) else inventor.plain(value)

    return lambda row: {column.name: changed(column, row[column.name]) for column in table.columns}


def _is_root(column: Column[Any]) -> bool:
    return column.table.name in ROOTS and column.primary_key


def _set_sequences(target: Connection) -> None:
    """Have PostgreSQL count on from the rows that came along; SQLite does so by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in _copied():
        for column in table.primary_key.columns:
            asked = text("SELECT pg_get_serial_sequence(:table, :column)")
            name = target.execute(asked, {"table": f'"{table.name}"', "column": column.name}).scalar()
            highest = target.execute(select(func.max(column))).scalar() if name else None
            if highest is not None:
                target.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": highest})


def _prove_whole(target: Connection) -> None:
    if target.dialect.name == "sqlite":
        lost = target.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise CannotCopy(f"{len(lost)} rows would point to something that is not there: first of {lost[0][0]}")
