"""Erased means: no byte is left, in any spelling, of anything that was erased; on both databases."""

import secrets
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, String, select, text

from shop.core import clock
from shop.core.db import Model, apart, db, is_postgresql
from shop.core.overwriting import rewrite_tables
from shop.core.personal_data import Category, Erase, personal_columns
from shop.papers.documents import paper_of
from shop.papers.models import Invoice
from shop.papers.rules import Party
from shop.people.actions import new_person
from shop.privacy.actions import erasing
from shop.privacy.commands import retain
from shop.privacy.models.erasures import Erasure
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.receipts import preview_of
from shop.privacy.queries.retention import Term
from tests.conftest import Outbox
from tests.factories import make_customer
from tests.papers.conftest import VAT_NUMBER
from tests.papers.orders import invoiced, paid_order
from tests.privacy.rows import CHOSEN
from tests.privacy.test_retention import DAY, NOW, TERMS, row_of
from tests.privacy.traces import Marked, contents_of, files_of_the_shop, let_log_go


@pytest.fixture
def marked(app: Flask) -> Marked:
    """Somebody with a rare word in everything that the register knows."""
    let_log_go()
    at = clock.now()
    person = new_person("nl", at=at)
    db.session.commit()
    return Marked(person.id, at).fill()


@pytest.mark.both_databases
def test_no_byte_is_left_of_somebody_who_was_erased(app: Flask, marked: Marked, outbox: Outbox) -> None:
    assert len(marked.filled) > 25
    assert marked.traces_in(files_of_the_shop(app)), "the search finds nothing even before: it shows nothing"
    at = clock.now()
    erasure = erasing.accept([marked.person_id], language="nl", at=at)
    erasure_id = erasure.id
    db.session.commit()
    assert erasing.carry_out(erasure_id, at)
    outbox.carry_out()
    assert erasing.finish(erasure_id, at + timedelta(seconds=1), patience=5)
    erasing.rewrite_touched(clock.now())
    assert marked.traces_in(files_of_the_shop(app)) == []


def test_a_compressed_stream_is_looked_into_however_large_its_file(marked: Marked, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(secrets.token_bytes(9_000_000) + zlib.compress(f"Beste {marked.stem},".encode() * 50) + b"end")
    assert marked.traces_in([file])


@pytest.mark.both_databases
def test_what_the_vault_keeps_of_somebody_is_there_sealed_alone_and_the_preview_says_so(
    app: Flask, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "identity", replace(app.extensions["identity"], vat_number=VAT_NUMBER))
    let_log_go()
    at = clock.now()
    account = make_customer()
    who = Marked(account.person_id, at)
    order = paid_order(account=account, status="completed", at=at - timedelta(days=60))
    buyer = Party(f"{who.stem}é", "Donkerstraat 52", "3841 CD", "Harderwijk", "NL")
    number = invoiced(order, buyer).number
    outbox.carry_out()
    preview = preview_of(plan_for([account.person_id]))
    (kept,) = [part for part in preview.stays if part.table == "invoices"]
    assert (kept.names, kept.law) == ([number], "AWR 52, BW 2:10")
    assert kept.until is not None
    assert kept.until.year == clock.today().year + 7
    erasure_id = erasing.accept([account.person_id], language="nl", at=at).id
    db.session.commit()
    assert erasing.carry_out(erasure_id, at)
    outbox.carry_out()
    assert erasing.finish(erasure_id, at + timedelta(seconds=1), patience=5)
    erasing.rewrite_touched(clock.now())
    assert who.traces_in(files_of_the_shop(app)) == []
    invoice = db.session.scalars(select(Invoice)).one()
    assert invoice.sealed is None, "it is drawn and in the vault's folder"
    assert paper_of(invoice).buyer.name == buyer.name, "whoever has the vault's key still reads it"


def marked_values(term: Term, word: str) -> dict[str, Any]:
    """Something with a word in it, for each text that a term takes away."""
    found: dict[str, Any] = {}
    for table, column, declared in personal_columns(Model.metadata):
        has_own_term = declared.erase is Erase.BLANK and declared.keep.event is not None  # a shorter one, usually
        is_taken = table is term.table and (not has_own_term if term.column is None else term.column is column)
        if not is_taken or column.name in CHOSEN.get(table.name, ()):
            continue
        if declared.category is Category.EMAIL:
            found[column.name] = f"{word.lower()}@example.com"
        elif isinstance(column.type, LargeBinary):
            found[column.name] = f"Beste {word}".encode()
        elif isinstance(column.type, String) and (column.type.length or len(word)) >= len(word):
            found[column.name] = word
    return found


@pytest.mark.both_databases
def test_every_term_leaves_all_bytes_the_day_before_its_end_and_none_the_day_after(app: Flask, outbox: Outbox) -> None:
    let_log_go()
    stem = secrets.token_hex(2)
    for before_the_end, is_there in ((DAY, True), (-DAY, False)):
        words: dict[str, str] = {}
        for n, term in enumerate(TERMS):
            word = f"Z{stem}{n:02x}{'b' if is_there else 'a'}"
            if values := marked_values(term, word):
                words[term.name] = word
                if term.table is Invoice.__table__:
                    values["sequence"] = 1 + is_there
                row_of(term, before_the_end=before_the_end, **values)
        assert len(words) > 40, "what a term takes away is mostly text"
        for _what in retain(NOW, is_dry=False):
            pass
        outbox.carry_out()
        erasing.complete_all(clock.now())
        erasing.rewrite_touched(clock.now())
        found: dict[str, list[str]] = {}
        for file, content in contents_of(files_of_the_shop(app)):
            lower = content.lower()
            for name, word in words.items():
                if word.lower().encode() in lower:
                    found.setdefault(name, []).append(str(file))
        assert set(found) == (set(words) if is_there else set()), found


@pytest.mark.both_databases
def test_a_table_that_somebody_still_reads_as_it_was_is_not_said_to_be_clean(app: Flask, outbox: Outbox) -> None:
    if not is_postgresql():
        pytest.skip("SQLite overwrites at once; its log is tested with a reader elsewhere")
    account = make_customer()
    person = account.person_id
    outbox.carry_out()
    with apart() as reader:
        reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        reader.execute(text("SELECT 1"))  # a moment to look from; a table that is read would be waited for
        erasure_id = erasing.accept([person], language="nl", at=clock.now()).id
        db.session.commit()
        assert erasing.carry_out(erasure_id, clock.now())
        assert "accounts" not in rewrite_tables(["accounts"], patience=0.1)
        erasing.rewrite_touched(clock.now())
        db.session.expire_all()
        assert db.session.get_one(Erasure, erasure_id).rewritten_at is None
        db.session.rollback()
    erasing.rewrite_touched(clock.now())
    db.session.expire_all()
    assert db.session.get_one(Erasure, erasure_id).rewritten_at is not None
