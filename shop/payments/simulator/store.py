"""What the simulator remembers, in one SQLite file that survives a restart."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:
        import sqlite3

Doc = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    profile TEXT NOT NULL, parent TEXT, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_profile ON objects (kind, profile, seq);
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (parent, kind, seq);
CREATE TABLE IF NOT EXISTS timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, payment_id TEXT NOT NULL, url TEXT NOT NULL, reason TEXT NOT NULL,
    manner TEXT NOT NULL, copies INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL,
    state TEXT NOT NULL, answers TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at REAL NOT NULL, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS form_tokens (token TEXT PRIMARY KEY, object_id TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "timers", "deliveries", "idempotency", "form_tokens", "faults", "received", "settings")


class Store:
    """One connection behind one lock: every change is a whole transaction."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self.after_commit: Callable[[], None] = lambda: None
        self._db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=wal")
        self._db.execute("PRAGMA synchronous=normal")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Put the file away."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; transactions inside each other are one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0
        self.after_commit()

    def run(self, sql: str, *values: object) -> int:
        """Carry out one statement; gives the number of rows it changed."""
        with self._lock:
            return int(self._db.execute(sql, values).rowcount)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and nothing is written."""
        with self._lock:
            yield

    def rows(self, sql: str, *values: object) -> list[Doc]:
        """The rows a question gives, as dictionaries."""
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, values).fetchall()]

    def row(self, sql: str, *values: object) -> Doc | None:
        """The first row a question gives."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def add(self, kind: str, doc: Doc, *, parent: str | None = None) -> Doc:
        """Keep a new object."""
        self.run(
            "INSERT INTO objects (id, kind, profile, parent, doc) VALUES (?, ?, ?, ?, ?)",
            *(doc["id"], kind, doc["profileId"], parent, json.dumps(doc)),
        )
        return doc

    def save(self, doc: Doc) -> None:
        """Keep the changes of an object."""
        self.run("UPDATE objects SET doc = ? WHERE id = ?", json.dumps(doc), doc["id"])

    def forget(self, object_id: str) -> None:
        """Delete one object."""
        self.run("DELETE FROM objects WHERE id = ?", object_id)

    def find(self, kind: str, object_id: str) -> Doc | None:
        """The object of this kind with this id."""
        found = self.row("SELECT doc FROM objects WHERE id = ? AND kind = ?", object_id, kind)
        return json.loads(found["doc"]) if found else None

    def children(self, kind: str, parent: str) -> list[Doc]:
        """The objects that belong to another, oldest first."""
        rows = self.rows("SELECT doc FROM objects WHERE parent = ? AND kind = ? ORDER BY seq", parent, kind)
        return [json.loads(row["doc"]) for row in rows]

    def find_by(self, kind: str, name: str, value: str) -> Doc | None:
        """The object of this kind with this value in one of its properties."""
        sql = "SELECT doc FROM objects WHERE kind = ? AND json_extract(doc, '$.' || ?) = ?"
        found = self.row(sql, kind, name, value)
        return json.loads(found["doc"]) if found else None

    def page(
        self, where: str, values: Sequence[object], *, start: int | None, limit: int, newest_first: bool
    ) -> list[Doc]:
        """One page of objects from a sequence number on, with one more to see whether there is a next."""
        order, beyond = ("DESC", "<=") if newest_first else ("ASC", ">=")
        if start is not None:
            where, values = f"{where} AND seq {beyond} ?", [*values, start]
        sql = f"SELECT doc FROM objects WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        return [json.loads(row["doc"]) for row in self.rows(sql, *values, limit)]

    def setting(self, name: str, default: Any) -> Any:
        """A switch of the simulator."""
        found = self.row("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(found["value"]) if found else default

    def set_setting(self, name: str, value: object) -> None:
        """Turn a switch."""
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, json.dumps(value))

    def empty(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608
