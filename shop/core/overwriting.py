"""What is deleted is gone from the disk too: SQLite's log is emptied, PostgreSQL's tables are written anew.

On SQLite `secure_delete` overwrites what is deleted from the database file at once; older copies of its pages are in
the write-ahead log until that is emptied, for which nobody may be reading. On PostgreSQL a row is out of reach of SQL
and of dumps at once; its bytes stay until the table is rewritten, and in its own log until that is let go.
"""

import re
import time
from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import Column, Connection, Table, event, inspect, text
from sqlalchemy.exc import DBAPIError

from shop.core.db import Model, db, is_postgresql
from shop.core.personal_data import personal_columns

BETWEEN = 0.05  # seconds between two tries

log = structlog.get_logger()


def overwrite_log(patience: float = 0.0) -> bool:
    """Empty SQLite's log, trying for so many seconds while others read; whether nothing is left in it."""
    if is_postgresql():
        return True
    until = time.monotonic() + patience
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            while True:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (is_busy, _pages, _moved) = cursor.fetchone() or (0, 0, 0)
                if not is_busy or time.monotonic() >= until:
                    return not is_busy
                time.sleep(BETWEEN)
        finally:
            cursor.execute("PRAGMA busy_timeout=10000")
            cursor.close()
    finally:
        connection.close()


def rewrite_tables(names: Iterable[str], patience: float = 5.0) -> list[str]:
    """Write PostgreSQL's tables anew, one after the other; which ones have nothing left of what was deleted.

    Each is closed to others while it is copied. What somebody who began to read earlier may still look at is copied
    too, so a table is written again, trying for so many seconds, until nothing of the kind is left in it.
    """
    engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    clean = []
    until = time.monotonic() + patience
    with engine.connect() as connection:
        for name in names:
            while (left := _write_anew(connection, name)) and time.monotonic() < until:
                time.sleep(BETWEEN)
            if left:
                log.warning("database.still_read", table=name)
            else:
                clean.append(name)
        for statement in ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"):
            try:
                connection.execute(text(statement))
            except DBAPIError:  # needs a role of its own (pg_checkpoint); without it PostgreSQL does it in its own time
                log.info("database.log_kept", statement=statement)
    return clean


def _write_anew(connection: Connection, name: str) -> int:
    """Write one table anew; how many deleted rows had to be copied because somebody may be reading them."""
    told: list[int] = []

    def hear(notice: Any) -> None:
        number = re.search(r"\d+", notice.message_detail or "")
        if number:
            told.append(int(number[0]))  # "DETAIL: 2 dead row versions cannot be removed yet."

    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(hear)
    try:
        connection.execute(text(f'VACUUM (FULL, VERBOSE) "{name}"'))
    finally:
        driver.remove_notice_handler(hear)
    return sum(told)


def forget_statistics(connection: Connection) -> None:
    """Have PostgreSQL keep no samples of personal values for its planner: they would outlive the rows."""
    told = inspect(connection)
    present = {(table, column["name"]) for table in told.get_table_names() for column in told.get_columns(table)}
    for table, column, _declared in personal_columns(Model.metadata):
        if (table.name, column.name) in present:
            _keep_no_samples(connection, table, column)


def _keep_no_samples(connection: Connection, table: Table, column: Column[Any]) -> None:
    connection.execute(text(f'ALTER TABLE "{table.name}" ALTER COLUMN "{column.name}" SET STATISTICS 0'))


@event.listens_for(Table, "after_create")
def _without_samples(table: Table, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "postgresql":
        for found, column, _declared in personal_columns(Model.metadata):
            if found is table:
                _keep_no_samples(connection, table, column)
