"""The erasure ledger: what people had us forget or leave, kept outside the database and its backups.

A restored database knows people who were erased after it was made. The ledger tells whom, by a keyed hash of their
random key, and what: an erasure, a withdrawn consent, an objection, a restriction. Lines are numbered by the database,
in the transaction of their cause, and written to the file once that is committed; so the file never runs ahead of a
database, save one that came back from before. Such a database answers 503 until the lines it lacks are done again.
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, abort, current_app, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from shop.core.db import Model, apart, db, insert_or, writing
from shop.core.jobs import every
from shop.core.personal_data import ROOTS, Medium, Purpose, Store, register
from shop.people.models import LedgerEntry, LedgerHead
from shop.people.queries import keys_of

ERASURE, CONSENT_WITHDRAWN, OBJECTION, RESTRICTION = "erasure", "consent_withdrawn", "objection", "restriction"
KINDS = (ERASURE, CONSENT_WITHDRAWN, OBJECTION, RESTRICTION)
STAYS = timedelta(days=400)  # the oldest backup, and a month
LOOK_AGAIN = 2.0  # seconds after which a database that did not seem to change is asked again
TAIL = 4096

log = structlog.get_logger()

register.declare(
    Store(
        "erasure ledger",
        Medium.FILE,
        Purpose.RIGHTS,
        _l("That somebody was erased, objected or withdrew a consent: a keyed hash of a random number, and the time"),
        _l("13 months: as long as the oldest backup, and a month"),
    )
)

Replay = Callable[[str, str, datetime], object]
"""Does again what a line tells: the key of the person or browser, the line's item, and when it happened."""

_replays: dict[str, Replay] = {}
_is_replaying: ContextVar[bool] = ContextVar("is_replaying", default=False)


class BehindLedger(Exception):
    """The database comes from before the last lines of the ledger: they must be done again first."""


class LedgerBroken(Exception):
    """The ledger cannot be believed, or does not go back far enough; the message says why."""


def replays(kind: str) -> Callable[[Replay], Replay]:
    """Say which function does a kind of line again, after a restore; inside a transaction, and it bears repeating."""

    def remember(function: Replay) -> Replay:
        _replays[kind] = function
        return function

    return remember


@dataclass(frozen=True)
class Line:
    """One line of the ledger."""

    number: int
    kind: str
    who: str
    item: str
    at: datetime
    seal: str


class LedgerFile:
    """The file: numbered lines, each sealing the one before it, on disk before anybody is told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[tuple[int, int, int] | None, int] | None = None

    def signature(self) -> tuple[int, int, int] | None:
        """What changes whenever the file does; None when there is no file."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def last_number(self) -> int:
        """The number of the last line, from memory while the file is what it was."""
        signature, seen = self.signature(), self._seen
        if seen is not None and seen[0] == signature:
            return seen[1]
        last = self._last()
        self._seen = (signature, last.number if last else 0)
        return self._seen[1]

    def who(self, key: str) -> str:
        """The keyed hash by which the ledger knows a person or a browser."""
        return hmac.new(self._key(), key.encode(), hashlib.sha256).hexdigest()

    def lines(self, *, after: int = 0) -> list[Line]:
        """The lines after a number; LedgerBroken when a seal does not fit."""
        if not self.path.exists():
            return []
        found: list[Line] = []
        previous: Line | None = None
        for line in self._all():
            if previous is not None and line.seal != self._seal(previous.seal, line):
                raise LedgerBroken(f"line {line.number} of the erasure ledger was changed, or one before it is missing")
            previous = line
            if line.number > after:
                found.append(line)
        return found

    def append(self, entries: list[LedgerEntry]) -> None:
        """Put lines at the end, on the disk itself; those that are there already are passed over."""
        self._key()
        is_new = not self.path.exists()
        with self.path.open("a+b") as file:
            self._cut_torn_line(file)
            last = self._last()
            for entry in entries:
                if last is not None and entry.number <= last.number:
                    continue
                line = Line(entry.number, entry.kind, entry.who, entry.item, entry.at, "")
                last = Line(*_values(line), self._seal(last.seal if last else "", line))
                file.write(_told(last))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(self.path.parent)

    def take_off(self, before: datetime, *, is_dry: bool) -> int:
        """Take lines from before a moment off the front, but never the last one; how many."""
        with self.lock():
            lines = self.lines()
            kept = [line for line in lines if line.at >= before] or lines[-1:]
            if len(kept) != len(lines) and not is_dry:
                unfinished = self.path.with_suffix(".part")
                with unfinished.open("wb") as file:
                    file.writelines(map(_told, kept))
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(self.path)
                _sync_folder(self.path.parent)
            return len(lines) - len(kept)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time, of all processes."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _all(self) -> Iterator[Line]:
        with self.path.open("rb") as file:
            for raw in file:
                if raw.endswith(b"\n"):  # the last one may be torn by a crash: then it was never told to anybody
                    yield _line(raw)

    def _last(self) -> Line | None:
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - TAIL))
                whole = file.read().rpartition(b"\n")[0]
        except FileNotFoundError:
            return None
        return _line(whole.rpartition(b"\n")[2]) if whole else None

    def _cut_torn_line(self, file: Any) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        torn = len(file.read().rpartition(b"\n")[2])
        if torn:
            file.truncate(size - torn)

    def _key(self) -> bytes:
        key = self.path.with_suffix(".key")
        if not key.exists():
            if self.path.exists():
                raise LedgerBroken(f"the key of the erasure ledger is missing: {key.name}")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = key.with_suffix(f".{secrets.token_hex(4)}")
            with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_hex(32).encode())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(unfinished, key)  # whoever is first makes the key; the others read it
            except FileExistsError:
                pass
            finally:
                unfinished.unlink()
        return bytes.fromhex(key.read_text(encoding="ascii").strip())

    def _seal(self, previous: str, line: Line) -> str:
        told = json.dumps([previous, *_values(line)[:-1], line.at.isoformat()])
        return hmac.new(self._key(), told.encode(), hashlib.sha256).hexdigest()[:32]


def _values(line: Line) -> tuple[int, str, str, str, datetime]:
    return line.number, line.kind, line.who, line.item, line.at


def _told(line: Line) -> bytes:
    told = {"n": line.number, "kind": line.kind, "who": line.who, "item": line.item, "at": line.at.isoformat()}
    return json.dumps({**told, "seal": line.seal}).encode() + b"\n"


def _line(raw: bytes) -> Line:
    try:
        told = json.loads(raw)
        at = datetime.fromisoformat(told["at"])
        return Line(told["n"], told["kind"], told["who"], told["item"], at, told["seal"])
    except (ValueError, KeyError, TypeError) as problem:
        raise LedgerBroken("a line of the erasure ledger cannot be read") from problem


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def ledger_file() -> LedgerFile:
    """The ledger of this shop."""
    found: LedgerFile = current_app.extensions["ledger"].file
    return found


def note(kind: str, key: str, *, at: datetime, item: str = "") -> None:
    """Have the ledger tell, once this transaction is committed, that a person or browser (by key) is to be obeyed.

    `kind` is erasure, consent_withdrawn, objection or restriction; `item` says of what ("addresses:12", "analysis"),
    never a personal value. Of somebody who was several people before, every key is told. The caller commits.
    """
    if _is_replaying.get():
        return
    file = ledger_file()
    db.session.execute(insert_or(LedgerHead).values(id=1, number=0).on_conflict_do_nothing())
    for one in keys_of(key):
        number = db.session.execute(
            update(LedgerHead)
            .where(LedgerHead.id == 1)
            .values(number=LedgerHead.number + 1)
            .returning(LedgerHead.number)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        if number <= file.last_number():
            raise BehindLedger
        db.session.add(LedgerEntry(number=number, kind=kind, who=file.who(one), item=item[:200], at=at))
    db.session.flush()
    db.session.info["ledger"] = True


@event.listens_for(Session, "after_transaction_end")
def _write_after_commit(session: Session, transaction: Any) -> None:
    if transaction.parent is None and session.info.pop("ledger", False):
        try:
            write_down()
        except Exception as problem:  # it is committed, and the next try writes it: the disk is full, or away
            log.error("ledger.unwritten", error=type(problem).__name__)


@every(seconds=30)
def write_down() -> int:
    """Write to the file what is committed and waits for it; how many lines."""
    file = ledger_file()
    with apart() as connection:
        if connection.execute(select(LedgerEntry.number).limit(1)).first() is None:
            return 0
    with file.lock(), apart(is_writing=True) as connection:
        waiting = connection.execute(select(LedgerEntry.__table__).order_by(LedgerEntry.number)).all()
        entries = [LedgerEntry(**row._mapping) for row in waiting]
        file.append(entries)
        done = [entry.number for entry in entries]
        connection.execute(delete(LedgerEntry).where(LedgerEntry.number.in_(done)))
    return len(entries)


@register.retains("erasure ledger")
def take_old_lines_off(at: datetime, is_dry: bool) -> int:
    """Take off what no backup can bring back any more."""
    return ledger_file().take_off(at - STAYS, is_dry=is_dry)


def have_everybody_look() -> None:
    """Let every process ask the database anew: another one was just put in its place."""
    with suppress(FileNotFoundError):
        os.utime(ledger_file().path)


def noted_number() -> int:
    """The number of the last line that the database has done."""
    with apart() as connection:
        return int(connection.execute(select(LedgerHead.number).where(LedgerHead.id == 1)).scalar() or 0)


class Watch:
    """Whether the database lags behind the ledger; asked at every request, so mostly answered from memory."""

    def __init__(self, file: LedgerFile, database: Path | None) -> None:
        self.file = file
        self.database = database  # of SQLite: a copy put in its place is another file
        self._seen: tuple[Any, float] | None = None
        self._lock = threading.Lock()

    def is_behind(self) -> bool:
        """Whether lines of the ledger are still to be done in this database."""
        now, signs, seen = time.monotonic(), self._signs(), self._seen
        if seen is not None and seen[0] == signs and now - seen[1] < LOOK_AGAIN:
            return False
        with self._lock:
            if seen is not None and seen[0][1] != signs[1]:
                db.engine.dispose()
            is_behind = self.file.last_number() > _number_in_database()
            self._seen = None if is_behind else (signs, now)
        return is_behind

    def _signs(self) -> tuple[Any, Any]:
        inode = None
        if self.database is not None:
            with suppress(FileNotFoundError):
                inode = os.stat(self.database).st_ino
        return self.file.signature(), inode


def _number_in_database() -> int:
    """As `noted_number`, past SQLAlchemy: it is no question of the page that happens to be asked for."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT number FROM ledger_head WHERE id = 1")
        row = cursor.fetchone()
        cursor.close()
        connection.rollback()
    finally:
        connection.close()
    return int(row[0]) if row else 0


def is_behind() -> bool:
    """Whether this database lags behind the ledger: nobody may be served, and nothing sent, until it is replayed."""
    watch: Watch = current_app.extensions["ledger"]
    return watch.is_behind()


def replay() -> int:
    """Do again what the ledger tells and this database does not know; how many lines. LedgerBroken when that cannot be.

    Each line is a transaction of its own, with the note of its number: what was interrupted goes on where it was.
    """
    db.session.rollback()
    file = ledger_file()
    write_down()
    done = noted_number()
    lines = file.lines(after=done)
    if lines and lines[0].number != done + 1:
        raise LedgerBroken(
            f"the ledger begins at line {lines[0].number}, but this database has done no more than {done}: "
            "it is older than the ledger goes back"
        )
    unknown = {line.kind for line in lines} - set(_replays)
    if unknown:
        raise LedgerBroken(f"this program is older than the ledger: it cannot do {', '.join(sorted(unknown))} again")
    keys = _keys_by_hash({line.who for line in lines})
    token = _is_replaying.set(True)
    try:
        for line in lines:
            with writing():
                for key in keys.get(line.who, []):
                    _replays[line.kind](key, line.item, line.at)
                db.session.execute(insert_or(LedgerHead).values(id=1, number=0).on_conflict_do_nothing())
                db.session.execute(update(LedgerHead).where(LedgerHead.id == 1).values(number=line.number))
                db.session.commit()
    finally:
        _is_replaying.reset(token)
    return len(lines)


def adopt_when_empty() -> None:
    """Let a new database, in which nobody is yet, begin after the last line: it can bring nobody back."""
    if ledger_file().last_number() <= noted_number():
        return
    with writing():
        if all(db.session.execute(select(_root(name).c.id).limit(1)).first() is None for name in ROOTS):
            db.session.execute(insert_or(LedgerHead).values(id=1, number=0).on_conflict_do_nothing())
            last = ledger_file().last_number()
            db.session.execute(update(LedgerHead).where(LedgerHead.id == 1).values(number=last))
            db.session.commit()


def _root(name: str) -> Any:
    return Model.metadata.tables[name]


def _keys_by_hash(wanted: set[str]) -> dict[str, list[str]]:
    """The people and browsers of this database that the ledger's hashes stand for."""
    file = ledger_file()
    found: dict[str, list[str]] = {}
    if not wanted:
        return found
    with apart() as connection:
        for name in ROOTS:
            for key in connection.execution_options(yield_per=5000).execute(select(_root(name).c.id)).scalars():
                hashed = file.who(key)
                if hashed in wanted:
                    found.setdefault(hashed, []).append(key)
    return found


def init_ledger(app: Flask) -> None:
    """Set up the ledger, and answer nothing while the database lags behind it."""
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    database = Path(address.removeprefix("sqlite:///")) if address.startswith("sqlite:///") else None
    app.extensions["ledger"] = Watch(LedgerFile(Path(app.config["LEDGER_PATH"])), database)

    @app.before_request
    def refuse_while_behind() -> None:
        if request.endpoint != "operations.alive" and is_behind():
            log.error("ledger.behind", advice="flask privacy replay")
            abort(503)
