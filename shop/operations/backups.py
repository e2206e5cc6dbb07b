"""Backups: all rows in one consistent reading while the shop serves, with its pictures, encrypted; and back again.

A backup holds rows, not a database file: it is the same for SQLite and PostgreSQL, and one may be restored into the
other. Left out are sessions and codes, copies of identity documents, the erasure ledger, and every key. The fiscal
vault's sealed papers go into a backup of their own.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import flask_migrate
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select, text

from shop.accounts.models import Code, SignInSession
from shop.core.db import apart, db
from shop.operations.sealed import SealBroken, SealedReader, SealedWriter
from shop.people.ledger import have_everybody_look

SHOP, VAULT = "shop", "vault"
FOLDERS = {SHOP: ("media", "downloads", "shop.toml"), VAULT: ("vault",)}
LEFT_OUT = (SignInSession.__tablename__, Code.__tablename__, "alembic_version")
AT_ONCE = 2000
DAYS, WEEKS, MONTHS = 7, 4, 12
ENDING = ".shopbackup"
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Contents:
    """What a backup turned out to hold."""

    made_at: str
    revision: str
    rows: dict[str, int]
    files: int


def create(app: Flask, folder: Path, at: datetime) -> list[Path]:
    """Write a backup of the shop and one of its vault, each whole or not at all; where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    instance = Path(app.config["INSTANCE_PATH"])
    made = []
    for kind in (SHOP, VAULT):
        if kind == VAULT and not (instance / "vault").is_dir():
            continue
        path = folder / f"{kind}-{at.astimezone(UTC).strftime(STAMP)}{ENDING}"
        unfinished = path.with_suffix(".part")
        with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            _write(file, kind, instance, at, app.config["BACKUP_KEY"])
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        made.append(path)
    return made


def _write(file: BinaryIO, kind: str, instance: Path, at: datetime, key: str) -> None:
    sealed = SealedWriter(file, key)
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=cast(BinaryIO, sealed), mode="w|gz", format=tarfile.PAX_FORMAT) as tar:

        def put(name: str, content: bytes) -> None:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), int(at.timestamp())
            tar.addfile(member, io.BytesIO(content))
            sums[name] = hashlib.sha256(content).hexdigest()

        rows: dict[str, int] = {}
        with apart() as connection:
            _begin_snapshot(connection)
            revision = MigrationContext.configure(connection).get_current_revision() or ""
            head = {"kind": kind, "made_at": at.isoformat(), "revision": revision}
            put("head.json", json.dumps(head).encode())
            if kind == SHOP:
                for table in _tables(connection):
                    rows[table.name] = 0
                    for number, some in enumerate(_rows(connection, table)):
                        put(f"tables/{table.name}/{number:06d}.jsonl", b"".join(map(_line, some)))
                        rows[table.name] += len(some)
                put("sequences.json", json.dumps(_sequences(connection)).encode())
        for path in _files(instance, kind):
            put(f"files/{path.relative_to(instance)}", path.read_bytes())
        put("manifest.json", json.dumps({"rows": rows, "sums": sums}).encode())
    sealed.close()


def _begin_snapshot(connection: Connection) -> None:
    """See one moment of the database from here on: SQLite does so by itself, PostgreSQL when it is asked first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def _tables(connection: Connection) -> list[Table]:
    """The tables as the database itself has them, what others point to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    result = connection.execution_options(yield_per=AT_ONCE).execute(select(table))
    yield from (list(some) for some in result.partitions(AT_ONCE))


def _files(instance: Path, kind: str) -> Iterator[Path]:
    for name in FOLDERS[kind]:
        place = instance / name
        found = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        yield from (path for path in found if not path.name.startswith("."))


def _sequences(connection: Connection) -> dict[str, int]:
    """The last number each table gave out, where the database remembers that apart from its rows."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            known = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first()
            if known is None:
                return {}
        return {row[0]: row[1] for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    found = {}
    for table in _tables(connection):
        for name in _serials(connection, table):
            last, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608
            found[table.name] = last if is_called else last - 1
    return found


def _serials(connection: Connection, table: Table) -> Iterator[str]:
    for column in table.primary_key.columns:
        asked = text("SELECT pg_get_serial_sequence(:table, :column)")
        name = connection.execute(asked, {"table": f'"{table.name}"', "column": column.name}).scalar()
        if name:
            yield str(name)


def _line(row: Any) -> bytes:
    return json.dumps({name: _packed(value) for name, value in row._mapping.items()}).encode() + b"\n"


def _packed(value: Any) -> Any:
    match value:
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return {"at": aware.astimezone(UTC).isoformat()}
        case date():
            return {"on": value.isoformat()}
        case bytes() | memoryview():
            return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value


def _unpacked(value: Any) -> Any:
    match value:
        case {"at": told}:
            return datetime.fromisoformat(told)
        case {"on": told}:
            return date.fromisoformat(told)
        case {"bytes": told}:
            return base64.b64decode(told)
    return value


def _members(path: Path, key: str) -> Iterator[tuple[str, bytes]]:
    """What is in a backup, in order; SealBroken when it cannot be believed to its end."""
    with path.open("rb") as file:
        reader = SealedReader(file, key)
        try:
            with tarfile.open(fileobj=cast(BinaryIO, reader), mode="r|gz") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    yield member.name, content.read() if content else b""
            while reader.read(1 << 20):
                pass
        except (tarfile.TarError, EOFError, OSError) as problem:
            raise SealBroken("the backup cannot be read to its end") from problem


def verify(path: Path, key: str) -> Contents:
    """Read a backup to its end and compare every sum; what it holds. SealBroken when anything does not fit."""
    head: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    sums: dict[str, str] = {}
    rows: dict[str, int] = {}
    for name, content in _members(path, key):
        if name == "manifest.json":
            manifest = json.loads(content)
            continue
        sums[name] = hashlib.sha256(content).hexdigest()
        if name == "head.json":
            head = json.loads(content)
        elif name.startswith("tables/"):
            table = name.split("/")[1]
            rows[table] = rows.get(table, 0) + content.count(b"\n")
    if not head or sums != manifest.get("sums") or any(rows.get(t, 0) != n for t, n in manifest["rows"].items()):
        raise SealBroken("the backup is not what its own list says")
    files = sum(1 for name in sums if name.startswith("files/"))
    return Contents(head["made_at"], head["revision"], manifest["rows"], files)


def restore(app: Flask, path: Path, key: str) -> Contents:
    """Put a backup in the place of what is there. It is read to its end first; the ledger is not replayed here."""
    contents = verify(path, key)
    instance = Path(app.config["INSTANCE_PATH"])
    if contents.rows:
        db.session.remove()
        _drop_everything()
        flask_migrate.upgrade(revision=contents.revision)
        with apart(is_writing=True) as connection:
            tables = {table.name: table for table in _tables(connection)}
            for table in reversed(tables.values()):
                connection.execute(delete(table))
            for name, content in _members(path, key):
                if name.startswith("tables/"):
                    _insert(connection, tables[name.split("/")[1]], content)
                elif name == "sequences.json":
                    _set_sequences(connection, tables, json.loads(content))
        flask_migrate.upgrade()
        have_everybody_look()
    for name, content in _members(path, key):
        if name.startswith("files/"):
            _put_file(instance, name.removeprefix("files/"), content)
    return contents


def _drop_everything() -> None:
    with apart(is_writing=True) as connection:
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)


def _insert(connection: Connection, table: Table, content: bytes) -> None:
    rows = [
        {name: _unpacked(value) for name, value in json.loads(line).items()}
        for line in content.splitlines()
        if line.strip()
    ]
    if rows:
        connection.execute(insert(table), rows)


def _set_sequences(connection: Connection, tables: dict[str, Table], told: dict[str, int]) -> None:
    if connection.dialect.name == "sqlite":
        for name, last in told.items():
            connection.execute(
                text("UPDATE sqlite_sequence SET seq = max(seq, :n) WHERE name = :t"), {"n": last, "t": name}
            )
        return
    for table in tables.values():
        for name in _serials(connection, table):
            (key,) = table.primary_key.columns
            highest = connection.execute(select(func.max(key))).scalar() or 0
            last = max(highest, told.get(table.name, 0))
            connection.execute(
                text("SELECT setval(:s, :n, :called)"), {"s": name, "n": max(last, 1), "called": last > 0}
            )


def _put_file(instance: Path, name: str, content: bytes) -> None:
    target = (instance / name).resolve()
    if not target.is_relative_to(instance.resolve()):
        raise SealBroken(f"{name} does not belong in the instance folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def prune(folder: Path, at: datetime) -> list[Path]:
    """Remove backups that are neither of the last 7 days, nor the last of one of 4 weeks or 12 months; which ones."""
    removed: list[Path] = []
    for kind in (SHOP, VAULT):
        made = {path: made_at(path) for path in folder.glob(f"{kind}-*{ENDING}")}
        kept = set(to_keep(made.values(), at))
        doomed = [path for path, moment in made.items() if moment not in kept]
        for path in doomed:
            path.unlink()
        removed += doomed
    for path in folder.glob("*.part"):
        if at.timestamp() - path.stat().st_mtime > timedelta(days=1).total_seconds():
            path.unlink()
    return sorted(removed)


def made_at(path: Path) -> datetime:
    """When a backup was made, by its name."""
    return datetime.strptime(path.name.removesuffix(ENDING).partition("-")[2], STAMP).replace(tzinfo=UTC)


def to_keep(moments: Iterable[datetime], at: datetime) -> Iterator[datetime]:
    """The newest of each of the last 7 days, of 4 weeks and of 12 months that have one; never older than a year."""
    newest_first = sorted((moment for moment in moments if at - moment <= timedelta(days=366)), reverse=True)
    for name, most in (("%Y-%m-%d", DAYS), ("%G-%V", WEEKS), ("%Y-%m", MONTHS)):
        seen: dict[str, datetime] = {}
        for moment in newest_first:
            seen.setdefault(moment.strftime(name), moment)
        yield from list(seen.values())[:most]
