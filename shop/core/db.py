"""The database: one `Model`, UTC times, and transactions that mean what they say on SQLite and PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from shop.core.personal_data import (
    Event,
    EventColumns,
    Keep,
    RowWords,
    declare_events,
    declare_row_term,
    declare_row_words,
)

try:  # SQLite 3.7.0 to 3.51.2 can corrupt a WAL database written by several processes; this driver brings its own
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:  # no wheel for this system
    from sqlite3 import dbapi2 as sqlite_driver

FIRST_SAFE_WAL = (3, 51, 3)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def is_wal_safe() -> bool:
    """Whether this SQLite may keep a write-ahead log that several processes write to."""
    return bool(sqlite_driver.sqlite_version_info >= FIRST_SAFE_WAL)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; a naive one is refused, so that local time can never be stored by accident."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments and store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give moments back as aware UTC on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime()})

    __events__: ClassVar[Mapping[Event, EventColumns]] = {}
    __keep__: ClassVar[Keep | None] = None
    __label__: ClassVar[Any] = None  # what people call a row: "order"
    __named_by__: ClassVar[str | None] = None  # the column that tells one from another: "number"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the table, and note what retention counts from, how long its rows stay, and what people call them."""
        super().__init_subclass__(**kwargs)
        if cls.__events__:
            declare_events(cls.__tablename__, cls.__events__)
        if cls.__keep__ is not None:
            declare_row_term(cls.__tablename__, cls.__keep__)
        if cls.__label__ is not None:
            declare_row_words(cls.__tablename__, RowWords(cls.__label__, cls.__named_by__))


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})

_writes: ContextVar[bool | None] = ContextVar("writes", default=None)


def is_postgresql() -> bool:
    """Whether this shop's database is PostgreSQL; otherwise it is SQLite."""
    return db.engine.dialect.name == "postgresql"


def _is_writing() -> bool:
    chosen = _writes.get()
    if chosen is not None:
        return chosen
    return not (has_request_context() and request.method in ("GET", "HEAD", "OPTIONS"))


def insert_or(model: type[Model]) -> Any:
    """An insert that can say what to do when the row is there already (`on_conflict_do_…`), on both databases."""
    return (postgresql_insert if is_postgresql() else sqlite_insert)(model)


@contextmanager
def writing() -> Iterator[None]:
    """Begin anew, ready to write, also inside a GET; ends whatever was being read before.

    On SQLite a transaction must know at its first statement whether it will write (BEGIN IMMEDIATE), or it
    may be refused half way. The caller commits.
    """
    db.session.rollback()
    token = _writes.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _writes.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Begin anew, only to read, also inside a POST: meanwhile everybody else may write."""
    db.session.rollback()
    token = _writes.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        _writes.reset(token)


@contextmanager
def apart(*, is_writing: bool = False) -> Iterator[Connection]:
    """A connection and transaction apart from the session's; committed at the end."""
    token = _writes.set(is_writing)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _writes.reset(token)


def engine_options(url: str) -> dict[str, Any]:
    """How to open this database: the driver, and the patience of its pool."""
    if url.startswith("sqlite"):
        return {"module": sqlite_driver, "pool_size": 16, "max_overflow": 16, "pool_timeout": 30}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def init_database(app: Flask) -> None:
    """Bind the database to the app and set up every connection it will ever make."""
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _set_up_sqlite(db.engine)


def _set_up_sqlite(engine: Engine) -> None:
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        if is_wal_safe():
            cursor.execute("PRAGMA journal_mode=wal")
            cursor.execute("PRAGMA synchronous=full")
        else:
            cursor.execute("PRAGMA journal_mode=delete")
            cursor.execute("PRAGMA synchronous=extra")
        cursor.execute("PRAGMA foreign_keys=on")
        cursor.execute("PRAGMA secure_delete=on")  # erased means overwritten (docs/decisions)
        cursor.execute("PRAGMA temp_store=memory")
        cursor.close()

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writing() else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
