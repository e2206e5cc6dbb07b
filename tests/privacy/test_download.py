"""The download: everything, for people and for programs, and never on a disk or in memory as a whole."""

import csv
import io
import itertools
import json
import tracemalloc
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import insert, select, update

from shop.core import clock
from shop.core.db import Model, db
from shop.core.personal_data import ExportedFile, path_to_subject, personal_columns, register
from shop.core.sheets import disarmed
from shop.orders.models import Order, OrderLine
from shop.people.models import Disclosure
from shop.privacy import export
from shop.privacy.subjects import Subject
from tests.factories import PASSWORD, make_customer, make_order, sign_in
from tests.page import Browser
from tests.privacy.proving import prove
from tests.privacy.rows import CHOSEN, make_row

_sequence = itertools.count(1000)
TABLES = Model.metadata.tables


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP."""
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def downloaded(browser: Browser) -> dict[str, bytes]:
    """The files of a download, after the password where it is asked."""
    page = browser.get("/account/data/download")
    assert page.status == 200, page.location
    assert page.headers["Content-Type"] == "application/zip"
    assert page.headers["Cache-Control"] == "no-store"
    return unpacked(page.body)


def markers_for(person: str, who: str = "mine") -> dict[str, str]:
    """Fill every personal column of every table with a marker of its own, all about one person."""
    at, markers = clock.now(), {}
    for table in dict.fromkeys(table for table, _c, _d in personal_columns(Model.metadata)):
        if table.name == "staff_members":
            continue  # staff are no customers: their own data is not here
        people = [path for path in path_to_subject(table) if path[-1].references(TABLES["people"].c.id)]
        if not people:
            continue  # about a browser, which is no person's
        key: Any = person
        for column in reversed(min(people, key=len)):
            filled = {column.name: key}
            if "sequence" in column.table.columns:
                filled["sequence"] = next(_sequence)
            if column.table is table:
                for _table, personal, _told in personal_columns(Model.metadata):
                    if personal.table is table and (marker := _marker(personal, f"{who}{len(markers)}x")) is not None:
                        filled[personal.name] = marker
                        shown = marker.decode() if isinstance(marker, bytes) else marker
                        markers[f"{table.name}.{personal.name}"] = shown
            key = _change_kept(column, key, filled) or make_row(column.table, at, **filled)
    db.session.commit()
    return markers


def _change_kept(column: Any, key: Any, filled: dict[str, Any]) -> Any:
    """Fill a row that is there already and can be there only once, such as an account."""
    if not column.unique or not column.references(TABLES["people"].c.id):
        return None
    (row,) = column.table.primary_key.columns
    return db.session.scalar(update(column.table).where(column == key).values(filled).returning(row))


def _marker(column: Any, told: str) -> Any:
    kind = type(column.type).__name__
    checked = column.name in CHOSEN.get(column.table.name, {})
    if kind == "LargeBinary":
        return f"{told}-in-bytes".encode()
    if kind not in ("String", "Text", "VARCHAR", "TEXT") or checked:
        return None
    length = getattr(column.type, "length", None) or 40
    return told if length >= len(told) else None


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows alone: what a room keeps in files is not there when a test makes its rows from the schema."""
    monkeypatch.setattr(register, "on_export", {})


@pytest.mark.both_databases
def test_page_and_download_show_every_value_and_nothing_of_anybody_else(app: Flask, no_files: None) -> None:
    mine = make_customer()
    theirs = make_customer()
    markers, others = markers_for(mine.person_id), markers_for(theirs.person_id, "theirs")
    subject = Subject((mine.person_id,), mine.email, mine, True)
    with app.test_request_context("/account/data"):
        files = unpacked(b"".join(export.download(subject, app.extensions["identity"], clock.now())))
    text = files["gegevens.json"].decode()
    tables = "".join(content.decode("utf-8-sig") for name, content in files.items() if name.endswith(".csv"))
    assert len(markers) > 30
    assert {name for name, marker in markers.items() if marker not in text} == set()
    assert {name for name, marker in markers.items() if marker not in tables} == set()
    assert {name for name, marker in others.items() if marker in text + tables} == set()


@pytest.mark.both_databases
def test_the_page_shows_every_value(app: Flask, customer: Browser) -> None:
    markers = markers_for(customer.account.person_id)
    text = customer.get("/account/data").text
    for kind in {name.partition(".")[0] for name in markers}:
        page = customer.get(f"/account/data/all/{kind}")
        assert page.status == 200, kind
        text += page.text
    assert {name for name, marker in markers.items() if marker not in text} == set()
    other = Browser(app)
    prove(other, "iemand@example.com")
    page = other.get("/account/data")
    assert {name for name, marker in markers.items() if marker in page.text} == set()
    assert other.get("/account/data/all/orders").status == 404


def test_the_json_is_as_its_published_schema_says(
    app: Flask, no_files: None, customer: Browser, visitor: Browser
) -> None:
    make_order(account=customer.account, status="confirmed")
    markers_for(customer.account.person_id)
    told = json.loads(downloaded(customer)["gegevens.json"])
    schema = json.loads(visitor.get("/privacy/gegevens.schema.json").body)
    assert told["$schema"] == schema["$id"] == "http://localhost/privacy/gegevens.schema.json"
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(told)
    told["data"]["orders"][0]["values"]["shoe_size"] = 42
    assert not Draft202012Validator(schema).is_valid(told), "what is not declared is no part of it"
    assert told["columns"]["orders.email"]["schema_org"] == "https://schema.org/email"


def test_the_readable_part_tells_all_that_the_law_asks(app: Flask, customer: Browser) -> None:
    page = downloaded(customer)["leesmij.html"].decode()
    for told in ("SO SERA B.V.", "Triasplein 121", "80054811", customer.account.email, "Autoriteit Persoonsgegevens"):
        assert told in page
    for label in ("Telefoonnummer", "grondslag", "30 dagen na de bezorging", "Mollie B.V."):
        assert label in page, label
    assert "<script" not in page


def test_tables_open_in_a_sheet_and_hold_no_formula(app: Flask, customer: Browser) -> None:
    order = make_order(account=customer.account)
    db.session.get_one(Order, order.id).note = '=HYPERLINK("http://evil.example";"é")'
    db.session.commit()
    content = downloaded(customer)["tabellen/orders.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    heads, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    told = dict(zip(heads, row, strict=True))
    assert told["Je opmerking bij de bestelling"] == '\'=HYPERLINK("http://evil.example";"é")'


@pytest.mark.parametrize("cell", ["=1+1", "+31612345678", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "|1", "%1"])
def test_what_a_sheet_takes_for_a_formula_is_disarmed(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"
    assert disarmed("3845 GD") == "3845 GD"
    assert disarmed(None) == ""


def test_files_that_rooms_know_of_are_in_it_under_safe_names(app: Flask, customer: Browser) -> None:
    @register.exports("test")
    def files(person_id: str) -> Any:
        if person_id == customer.account.person_id:
            yield ExportedFile("../../bon 1.pdf", b"%PDF")

    try:
        assert downloaded(customer)["bestanden/bon-1.pdf"] == b"%PDF"
    finally:
        del register.on_export["test"]


def test_a_file_that_cannot_be_opened_keeps_nobody_from_the_rest(app: Flask, customer: Browser) -> None:
    @register.exports("test")
    def files(person_id: str) -> Any:
        yield ExportedFile("bon.pdf", b"%PDF")
        raise OSError

    try:
        found = downloaded(customer)
    finally:
        del register.on_export["test"]
    assert found["bestanden/bon.pdf"] == b"%PDF"
    assert b"test" in found["bestanden/ontbreekt.txt"]


def test_a_stolen_session_gets_no_download_without_the_password(app: Flask, at: Any) -> None:
    at("2027-01-10 12:00")
    customer = Browser(app)
    sign_in(customer, make_customer())
    at("2027-01-10 12:11")
    page = customer.get("/account/data/download")
    assert page.location == "/account/data/confirm?next=/account/data/take"
    customer.get(page.location)
    page = customer.send("/account/data/confirm", password=PASSWORD, _follow=True)
    assert page.heading == "Je gegevens downloaden"
    assert "gegevens.json" in downloaded(customer)


def test_two_downloads_of_the_same_data_are_the_same_but_for_their_date(app: Flask) -> None:
    account = make_customer()
    make_order(account=account)
    subject, at = Subject((account.person_id,), account.email, account, False), clock.now()
    with app.test_request_context("/account/data"):
        first = b"".join(export.download(subject, app.extensions["identity"], at))
        assert b"".join(export.download(subject, app.extensions["identity"], at)) == first


@pytest.mark.both_databases
def test_a_large_download_passes_through_little_memory(app: Flask) -> None:
    account, at = make_customer(), clock.now()
    pattern = make_order(account=account)
    columns = [c for c in Order.__table__.columns if c.name not in ("id", "number", "placement_key", "return_token")]
    values = {c.name: getattr(pattern, c.name) for c in columns}
    unique = [{"number": f"N{n}", "return_token": f"token-{n}", "placement_key": f"key-{n}"} for n in range(500)]
    db.session.execute(insert(Order), [{**values, **one} for one in unique])
    orders = db.session.scalars(select(Order.id).where(Order.person_id == account.person_id)).all()
    line = {"kind": "goods", "sku": "X", "name": "Theepot", "quantity": 1, "unit_price_cents": 1, "total_cents": 1}
    db.session.execute(insert(OrderLine), [{**line, "vat_basis_points": 0, "order_id": order} for order in orders])
    told = {"recipient": "mail relay", "fields": "e-mail", "purpose": "D4", "at": at, "person_id": account.person_id}
    for _turn in range(10):
        db.session.execute(insert(Disclosure), [told] * 2_000)
    db.session.commit()
    db.session.expunge_all()
    subject = Subject((account.person_id,), account.email, account, False)
    with app.test_request_context("/account/data"):
        sum(len(piece) for piece in export.download(subject, app.extensions["identity"], at))  # templates are read
        tracemalloc.start()
        size = sum(len(piece) for piece in export.download(subject, app.extensions["identity"], at))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 100_000
    assert peak < 6_000_000
