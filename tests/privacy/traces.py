"""Looking for traces of somebody in bytes: every spelling of one rare word, also inside ZIP, PDF and base64."""

import base64
import hashlib
import html
import io
import quopri
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import LargeBinary, String, Table, Text, text

from shop.core.db import Model, db, is_postgresql
from shop.core.personal_data import Category, Declaration, Erase, path_to_subject, personal_columns
from tests.privacy.rows import CHOSEN, make_row

MOST = 1_000_000  # bytes of a compressed stream, and that come out of it
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
ENDED = {"withdrawals": "ended_at", "orders": "ended_at", "staff_members": "left_at"}
"""What says of a row that it is over: what still runs is left alone by an erasure."""


class Marked:
    """A person who has the same rare word in every text that the register knows of them."""

    def __init__(self, person_id: str, at: datetime) -> None:
        self.stem = f"Zq{secrets.token_hex(3)}w"
        self.person_id = person_id
        self.email = f"{self.stem.lower()}@example.com"
        self.telephone = f"+3161{secrets.randbelow(10**7):07d}"
        self.at = at
        self._n = 0
        self.filled: list[str] = []
        self._keys: dict[str, Any] = {"people": person_id}

    def fill(self) -> "Marked":
        """Give every table with personal data a row about this person, with the word in every column that takes it."""
        for table in dict.fromkeys(table for table, _column, _told in personal_columns(Model.metadata)):
            self._row(table)
        db.session.commit()
        return self

    def _row(self, table: Table) -> Any:
        if table.name in self._keys:
            return self._keys[table.name]
        paths = [path for path in path_to_subject(table) if path[-1].references(_people().c.id)]
        if not paths:
            return None
        first = min(paths, key=len)[0]
        (parent,) = (key.column.table for key in first.foreign_keys)
        values = {first.name: self._row(parent)}
        for found, column, declared in personal_columns(Model.metadata):
            if found is table and (word := self._word(table, column, declared)) is not None:
                values[column.name] = word
                self.filled.append(f"{table.name}.{column.name}")
        if table.name in ENDED:
            values[ENDED[table.name]] = self.at
        self._keys[table.name] = make_row(table, self.at, **values)
        return self._keys[table.name]

    def _word(self, table: Table, column: Any, declared: Declaration) -> Any:
        if declared.erase is Erase.KEEP or column.name in {"action", *CHOSEN.get(table.name, ())}:
            return None
        if declared.category is Category.EMAIL:
            return self.email
        if declared.category is Category.TELEPHONE:
            return self.telephone
        self._n += 1
        word = f"{self.stem}é&{self._n}"
        if isinstance(column.type, LargeBinary):
            return b"Subject: x\r\n\r\n" + base64.encodebytes(f"Beste {word},".encode())
        if isinstance(column.type, String) and (column.type.length or 99) >= len(word):
            return word
        if isinstance(column.type, String) and (column.type.length or 99) >= len(self.stem):
            return self.stem
        return word if isinstance(column.type, Text) else None

    def needles(self) -> dict[bytes, str]:
        """Every spelling to look for, in lower case where case does not matter, and what it is."""
        found: dict[bytes, str] = {}
        for word in (self.stem, self.telephone, self.telephone[3:], self.email):
            found[word.lower().encode()] = f"utf-8 of {word}"
            found[word.lower().encode("utf-16-le")] = f"utf-16 of {word}"
            found[word.lower().encode("utf-16-be")] = f"utf-16 of {word}"
            found[quote(word).lower().encode()] = f"percent of {word}"
            found[html.escape(word).lower().encode()] = f"entities of {word}"
            found["".join(f"&#{ord(sign)};" for sign in word).lower().encode()] = f"entities of {word}"
            found["".join(f"%{ord(sign):02x}" for sign in word).encode()] = f"percent of {word}"
            found["".join(f"={ord(sign):02x}" for sign in word).encode()] = f"quoted-printable of {word}"
            found[quopri.encodestring(word.encode()).strip().lower()] = f"quoted-printable of {word}"
        return found

    def exact_needles(self) -> dict[bytes, str]:
        """Spellings in which case matters: base64, and hashes without salt."""
        found: dict[bytes, str] = {}
        for word in (self.stem, self.telephone, self.email):
            for spelled in {word, word.lower(), word.upper()}:
                for before in range(3):
                    whole = base64.b64encode(b"\0" * before + spelled.encode()).decode()
                    core = whole[{0: 0, 1: 2, 2: 3}[before] :].rstrip("=")[:-1]
                    found[core.encode()] = f"base64 of {spelled}"
        for value in (self.email, self.telephone):
            for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
                digest = hashlib.new(name, value.encode())
                found[digest.digest()] = f"{name} of {value}"
                found[digest.hexdigest().encode()] = f"{name} of {value}"
                found[base64.b64encode(digest.digest()).rstrip(b"=")] = f"{name} of {value}"
        return found

    def traces_in(self, files: Iterable[Path]) -> list[str]:
        """Where something of this person is left, and in which spelling."""
        found = []
        loose, exact = self.needles(), self.exact_needles()
        for file, data in contents_of(files):
            for part in (data, *_unpacked(data)):
                lower = part.lower()
                found += [f"{file.name}: {what}" for needle, what in loose.items() if needle in lower]
                found += [f"{file.name}: {what}" for needle, what in exact.items() if needle in part]
        return found


def contents_of(files: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """What is in files; one that a database took away a moment ago is passed over."""
    for file in files:
        with suppress(FileNotFoundError):
            yield file, file.read_bytes()


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is inside ZIP files and compressed streams, as in a PDF."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            yield from (opened.read(name) for name in opened.namelist())
    view = memoryview(data)  # a piece of a large file is looked at, not copied
    for hit in ZLIB.finditer(data):
        try:
            yield zlib.decompressobj().decompress(view[hit.start() : hit.start() + MOST], MOST)
        except zlib.error:
            continue


def _people() -> Table:
    return Model.metadata.tables["people"]


def files_of_the_shop(app: Any) -> list[Path]:
    """Database and everything beside it: log, instance folder, ledger; the mail folder stands for mailboxes."""
    folder = Path(app.config["INSTANCE_PATH"])
    found = [file for file in folder.rglob("*") if file.is_file() and "mail" not in file.relative_to(folder).parts[:1]]
    return found + (_postgresql_files() if is_postgresql() else [])


def _postgresql_files() -> list[Path]:
    """This database's own files, those that all databases share, and the log."""
    row = db.session.execute(
        text("SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()")
    ).one()
    db.session.rollback()
    data = Path(row[0])
    folders = (data / "base" / str(row[1]), data / "global", data / "pg_wal", data / "pg_xact", data / "pg_stat_tmp")
    return [file for folder in folders if folder.exists() for file in folder.rglob("*") if file.is_file()]


def let_log_go() -> None:
    """Have the tests' PostgreSQL keep no old log, as docs/running.md asks of a real one."""
    if is_postgresql():
        db.session.rollback()
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ALTER SYSTEM SET wal_recycle = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
