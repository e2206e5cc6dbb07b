"""The download of somebody's data: a ZIP made while it is sent, so that nothing of it is ever kept on a disk.

Rows pass through in small numbers: memory does not grow with them. Two passes are made, one for the one file that
machines read and one for a table each; both see the database as it was when the download began.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import structlog
from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import Column

from shop.core.db import db, is_postgresql, reading
from shop.core.i18n import language, public_url
from shop.core.identity import Identity
from shop.core.personal_data import Category, declaration_of, register
from shop.core.sheets import disarmed
from shop.people.models import Disclosure
from shop.privacy import showing
from shop.privacy.queries.held import Holding, Item, holdings, in_words, items
from shop.privacy.rules import meaning_of
from shop.privacy.subjects import Subject

SAME_MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: two downloads of the same data are the same but for their date
PIECE = 64 * 1024
FORMAT = "1.0"

log = structlog.get_logger()


class _Sink(io.RawIOBase):
    """Where the ZIP is written to: it only goes forward, and hands on what it has."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, piece: Any) -> int:
        """Take a piece."""
        told = bytes(piece)
        self._pieces.append(told)
        self.size += len(told)
        return len(told)

    def take(self) -> bytes:
        """Hand on what there is."""
        told, self._pieces, self.size = b"".join(self._pieces), [], 0
        return told


def download(subject: Subject, identity: Identity, at: datetime) -> Iterator[bytes]:
    """The ZIP, piece by piece; needs the app's context until the last one."""
    sink = _Sink()
    with _as_it_was(), ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, texts in _files(subject, identity, at):
            with archive.open(_entry(name), "w", force_zip64=True) as file:
                for text in texts:
                    file.write(text.encode())
                    if sink.size >= PIECE:
                        yield sink.take()
        for name, content in _made_elsewhere(subject):
            archive.writestr(_entry(name), content)
            yield sink.take()
    yield sink.take()


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Read everything as it is at this moment, whatever others write meanwhile."""
    with reading():
        if is_postgresql():
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, SAME_MOMENT)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _files(subject: Subject, identity: Identity, at: datetime) -> Iterator[tuple[str, Iterable[str]]]:
    yield "leesmij.html", [readme(subject, identity, at)]
    yield "gegevens.json", _json(subject, identity, at)
    for holding in holdings():
        found = items(subject.person_ids, browser_ids=subject.browser_ids, table=holding.table.name)
        name = "ontvangers" if holding.table.name == Disclosure.__tablename__ else holding.table.name
        yield f"tabellen/{name}.csv" if name != "ontvangers" else "ontvangers.csv", _csv(holding, found)


def _made_elsewhere(subject: Subject) -> Iterator[tuple[str, bytes]]:
    """Receipts, invoices and other files that rooms know of."""
    taken: set[str] = set()
    missing: set[str] = set()
    for person_id in subject.person_ids:
        for what, exports in sorted(register.on_export.items()):
            try:
                for file in exports(person_id):
                    name = safe_name(file.name)
                    if name not in taken:
                        taken.add(name)
                        yield f"bestanden/{name}", file.content
            except Exception as problem:  # the rest is theirs all the same, and they are told what is not there
                log.error("download.incomplete", what=what, error=type(problem).__name__)
                missing.add(what)
    if missing:
        told = _("This could not be put in the download just now. Write to us and we send it to you:")
        yield "bestanden/ontbreekt.txt", f"{told}\n{', '.join(sorted(missing))}\n".encode()


def safe_name(name: str) -> str:
    """A file's name that leads nowhere else, on any system."""
    parts = [re.sub(r"[^A-Za-z0-9._-]", "-", part).lstrip(".-")[:80] for part in name.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part) or "bestand"


def _json(subject: Subject, identity: Identity, at: datetime) -> Iterator[str]:
    head = {
        "$schema": public_url("privacy.data_schema_file", lang="nl"),
        "@context": "https://schema.org",
        "format": FORMAT,
        "made_at": at.isoformat(timespec="seconds"),
        "language": language(),
        "controller": {"name": identity.legal_name, "address": identity.address, "email": identity.email},
        "about": {"email": subject.email, "has_proved_mailbox": subject.has_proved_mailbox},
        "columns": {field.name: _column(field) for holding in holdings() for field in holding.fields},
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "data": {'
    table, label = None, ""
    for item in items(subject.person_ids, browser_ids=subject.browser_ids):
        if item.table.name != table:
            yield "\n  ]," if table is not None else ""
            table, label = item.table.name, str(item.words.label)
            yield f"\n  {json.dumps(table)}: [\n   "
        else:
            yield ",\n   "
        yield json.dumps(_row(item, label), ensure_ascii=False)
    yield ("\n  ]" if table is not None else "") + "\n }\n}\n"


def _column(field: Any) -> dict[str, Any]:
    declared = field.declared
    told = {
        "label": str(declared.label),
        "category": declared.category.value,
        "category_label": str(declared.category.label),
        "purpose": str(declared.purpose.label),
        "basis": str(declared.purpose.basis.label),
        "source": str(declared.source.label),
        "kept": str(declared.keep.describe()),
        "law": declared.keep.law or None,
        "recipients": [str(recipient.label) for recipient in declared.recipients],
        "at_erasure": declared.erase.value,
    }
    meaning = meaning_of(field.column.name)
    return {**told, "schema_org": meaning} if meaning else told


def _row(item: Item, label: str) -> dict[str, Any]:
    told: dict[str, Any] = {"key": item.key_text, "label": label}
    told["values"] = {value.column: plain(value.value) for value in item.values}
    if item.details:
        told["details"] = {name: plain(value) for name, value in item.details.items()}
    ends = {value.column: value.ends_on.isoformat() for value in item.values if value.ends_on and not value.is_empty}
    return {**told, "kept_until": ends} if ends else told


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return showing.message_text(value)
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _csv(holding: Holding, found: Iterable[Item]) -> Iterator[str]:
    """A table as programs for sheets open it: with a mark for UTF-8, semicolons, and no cell that is a formula."""
    heads = [str(told.info["register"].label) for told in holding.details]
    yield "\ufeff" + _line(
        [column.name for column in holding.key] + [str(f.declared.label) for f in holding.fields] + heads
    )
    told = [_telling(field.column) for field in holding.fields]
    beside = [(_telling(column), column.name) for column in holding.details]
    for item in found:
        values = (tell(value.value) for tell, value in zip(told, item.values, strict=True))
        yield _line([*item.key, *values, *(tell(item.details[name]) for tell, name in beside)])


def _telling(column: Column[Any]) -> Callable[[Any], Any]:
    """How a column's values are told; the words for a code are looked up once, not for each of thousands of rows."""
    declared = declaration_of(column)
    if declared is None or declared.words is None:
        return plain
    return cache(lambda value: plain(in_words(column, value)))


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([disarmed(cell) for cell in cells])
    return out.getvalue()


def readme(subject: Subject, identity: Identity, at: datetime) -> str:
    """The page to begin with: what is in the ZIP, why it is kept, who got it, and which rights there are."""
    return render_template(
        "files/leesmij.html",
        subject=subject,
        identity=identity,
        at=at,
        categories=list(Category),
        holdings=list(holdings()),
        words={holding.table.name: holding.words for holding in holdings()},
        showing=showing,
    )
