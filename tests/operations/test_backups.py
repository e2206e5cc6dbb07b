"""Backups: consistent while the shop serves, readable with their key alone, and they bring nobody back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from shop import create_app
from shop.accounts.models import Account, SignInSession
from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.consent import WORDING
from shop.core.db import Model, db, writing
from shop.core.personal_data import Purpose
from shop.operations import backups
from shop.operations.queries import broken_invariants
from shop.operations.sealed import SealBroken
from shop.people import ledger
from shop.people.actions import lift, new_person, restrict
from shop.people.consents import browser_of, record_choice
from shop.people.models import Person
from shop.people.queries import stops_of
from shop.privacy import id_pictures
from shop.privacy.actions import erasing
from shop.privacy.models.erasures import Erasure
from tests.conftest import empty, settings
from tests.databases import new_database, shared_folder
from tests.factories import make_customer, make_order, make_product, make_staff, sign_in
from tests.page import Browser
from tests.privacy.rows import everything
from tests.privacy.traces import Marked

pytestmark = pytest.mark.both_databases
KEY = "a-key-for-backups-a-key-for-backups"


@pytest.fixture
def shop(backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A migrated shop of its own, whose database may be replaced."""
    yield from _shop(backend, tmp_path, tmp_path_factory)


def _shop(backend: str, folder: Path, factory: pytest.TempPathFactory) -> Iterator[Flask]:
    address = new_database(backend, folder, shared_folder(factory))
    values = settings(folder / "instance", address, "http://127.0.0.1:1")
    app = create_app(
        {**values, "SQLALCHEMY_DATABASE_URI": address.replace("shop.sqlite", "s.sqlite"), "BACKUP_KEY": KEY}
    )
    (folder / "instance" / "media").mkdir(parents=True)
    (folder / "instance" / "media" / "pot.webp").write_bytes(b"a picture")
    with app.app_context():
        Model.metadata.create_all(db.engine)
        flask_migrate.stamp()
        empty(app)
        yield app
        db.session.remove()
        db.engine.dispose()


def filled() -> Account:
    """A few customers and orders; one of the customers."""
    account = make_customer()
    make_order(account=account, status="completed", telephone="+31612345678")
    make_order(account=account, status="canceled")
    make_order(status="confirmed")
    make_staff("owner")
    return account


def made(shop: Flask, *, later: timedelta = timedelta(0)) -> Path:
    """A new backup of the shop; its name is the second in which it was made."""
    db.session.rollback()
    return backups.create(shop, Path(shop.config["BACKUP_PATH"]), clock.now() + later)[0]


def without_sessions() -> dict[str, Any]:
    """All rows but those that a backup leaves out."""
    return {name: rows for name, rows in everything().items() if name not in backups.LEFT_OUT}


def test_what_comes_back_is_what_was_there_numbers_that_were_given_out_included(shop: Flask) -> None:
    account_id = filled().id
    before = without_sessions()
    path = made(shop)
    with writing():
        db.session.delete(db.session.scalars(select(Variant)).first() and db.session.get(Account, account_id))
        db.session.commit()
    make_product()
    assert without_sessions() != before
    found = backups.restore(shop, path, KEY)
    assert without_sessions() == before
    assert (found.rows["orders"], found.files) == (3, 2)
    assert broken_invariants() == []
    make_order(status="confirmed")
    assert broken_invariants() == []


def test_sessions_and_codes_are_left_out(shop: Flask) -> None:
    browser = Browser(shop)
    sign_in(browser, make_customer())
    path = made(shop)
    backups.restore(shop, path, KEY)
    assert db.session.scalars(select(SignInSession)).all() == []


def test_a_wrong_key_a_cut_file_and_a_changed_one_are_refused_and_change_nothing(shop: Flask, tmp_path: Path) -> None:
    filled()
    path = made(shop)
    before = without_sessions()
    whole = path.read_bytes()
    bad = tmp_path / "bad.shopbackup"
    assert backups.verify(path, KEY).rows["orders"] == 3
    for content, key in (
        (whole, "another-key-another-key-another-key"),
        (whole[:-1], KEY),
        (whole[: len(whole) // 2], KEY),
        (whole[:20], KEY),
        (b"", KEY),
        (whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:], KEY),
        (whole + b"x", KEY),
        (b"something else", KEY),
    ):
        bad.write_bytes(content)
        with pytest.raises(SealBroken):
            backups.restore(shop, bad, key)
    assert without_sessions() == before


def test_who_was_erased_after_the_backup_stays_erased_after_its_restore(shop: Flask) -> None:
    account = filled()
    other, person, email = make_customer().person_id, account.person_id, account.email
    path = made(shop)
    with writing():
        erasure = erasing.accept([person], language="nl", at=clock.now())
        erasure_id, code = erasure.id, erasure.code
        db.session.commit()
    erasing.carry_out(erasure_id, clock.now())
    erasing.finish(erasure_id, clock.now() + timedelta(days=2))
    again = make_customer(email=email).person_id
    orders = len(everything()["orders"])
    visitor = Browser(shop)
    assert visitor.get("/").status == 200
    backups.restore(shop, path, KEY)
    assert db.session.get(Person, person) is not None
    db.session.rollback()
    for address in ("/", "/privacy", "/account/sign-in"):
        assert visitor.get(address).status == 503
    answer = shop.test_cli_runner().invoke(args=["privacy", "replay"])
    assert answer.output == "1 line done again\n"
    db.session.expunge_all()
    assert visitor.get("/").status == 200
    assert db.session.get(Person, person) is None
    assert db.session.get(Person, again) is None, "who came back later was not in the backup"
    assert db.session.get(Person, other) is not None
    assert len(everything()["orders"]) == orders
    assert visitor.get(f"/erasures/{code}").status == 200
    assert broken_invariants() == []


def test_all_that_was_asked_after_the_backup_is_obeyed_again_after_its_restore(shop: Flask) -> None:
    now = clock.now()
    erased, objecting, restricted, lifting = (make_customer().person_id for _n in range(4))
    token = record_choice([Purpose.ANALYSIS], wording=WORDING, token=None, at=now)
    restrict(lifting, "analysis", at=now)
    db.session.commit()
    path = made(shop)
    with writing():
        restrict(objecting, "objection", at=now)
        restrict(restricted, "restricted", at=now)
        lift(lifting, "analysis", at=now)
        record_choice([], wording=WORDING, token=token, at=now)
        erasure_id = erasing.accept([erased], language="nl", at=now).id
        db.session.commit()
    erasing.carry_out(erasure_id, now)
    lines = ledger.ledger_file().lines()
    assert {line.kind for line in lines} == set(ledger.KINDS)
    backups.restore(shop, path, KEY)
    assert (stops_of(objecting), stops_of(lifting)) == (frozenset(), {"analysis"})
    assert browser_of(token or "") is not None
    db.session.rollback()
    assert Browser(shop).get("/").status == 503
    assert ledger.replay() == len(lines) - 1
    db.session.expunge_all()
    assert Browser(shop).get("/").status == 200
    assert db.session.get(Person, erased) is None
    assert stops_of(objecting) == {"objection"}
    assert stops_of(restricted) == {"restricted"}
    assert stops_of(lifting) == frozenset()
    assert browser_of(token or "") is None
    assert ledger.ledger_file().lines() == lines, "what is done again is not told again"
    db.session.rollback()


def test_the_command_restores_replays_and_says_so(shop: Flask) -> None:
    account = filled()
    run = shop.test_cli_runner().invoke
    person = account.person_id
    db.session.rollback()
    output = run(args=["backup", "create"]).output
    path = output.split("made ")[1].split("\n")[0]
    assert "whole: " in run(args=["backup", "verify", path]).output
    with writing():
        erasure_id = erasing.accept([person], language="nl", at=clock.now()).id
        db.session.commit()
    erasing.carry_out(erasure_id, clock.now())
    answer = run(args=["backup", "restore", path, "--yes"])
    assert answer.exit_code == 0, answer.output
    assert "done again from the erasure ledger: 1" in answer.output
    assert "ready to open" in answer.output
    db.session.expunge_all()
    assert db.session.get(Person, person) is None
    assert db.session.scalars(select(Erasure.state)).one() == "erased"


def test_a_backup_holds_no_readable_byte_and_one_made_after_an_erasure_nothing_at_all(shop: Flask) -> None:
    at = clock.now()
    marked = Marked(new_person("nl", at=at).id, at)
    db.session.commit()
    marked.fill()
    before = made(shop)
    assert marked.traces_in([before]) == []
    with writing():
        erasure_id = erasing.accept([marked.person_id], language="nl", at=at).id
        db.session.commit()
    erasing.carry_out(erasure_id, at)
    erasing.finish(erasure_id, at + timedelta(days=2))
    inside = Path(shop.config["BACKUP_PATH"]) / "inside"
    for backup, is_empty in ((before, False), (made(shop, later=timedelta(seconds=1)), True)):
        inside.write_bytes(b"\n".join(content for _name, content in backups._members(backup, KEY)))
        assert (marked.traces_in([inside]) == []) is is_empty


def test_a_backup_is_of_one_moment_also_while_people_buy(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    filled()
    rows_of: Callable[..., Any] = backups._rows

    def buying(connection: Any, table: Any) -> Iterator[list[Any]]:
        if table.name in ("products", "orders", "order_lines"):
            _buy()
        yield from rows_of(connection, table)

    monkeypatch.setattr(backups, "_rows", buying)
    path = made(shop)
    monkeypatch.undo()
    assert len(everything()["orders"]) > 3
    assert backups.restore(shop, path, KEY).rows["orders"] == 3
    assert broken_invariants() == []


def _buy() -> None:
    make_order(status="confirmed")
    db.session.rollback()


def test_from_sqlite_to_postgresql_and_back(
    shop: Flask, backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    filled()
    before = without_sessions()
    path = made(shop)
    db.session.remove()
    other = "sqlite" if backend == "postgresql" else "postgresql"
    (tmp_path / "other").mkdir()
    for app in _shop(other, tmp_path / "other", tmp_path_factory):
        backups.restore(app, path, KEY)
        assert without_sessions() == before
        make_order(status="confirmed")
        assert broken_invariants() == []


def test_old_backups_go_by_the_day_the_week_and_the_month(tmp_path: Path, backend: str) -> None:
    now = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
    for day in range(500):
        moment = now - timedelta(days=day)
        (tmp_path / f"shop-{moment.strftime(backups.STAMP)}{backups.ENDING}").write_bytes(b"")
    backups.prune(tmp_path, now)
    kept = sorted((now - backups.made_at(path)).days for path in tmp_path.glob("shop-*"))
    assert kept[:7] == list(range(7))
    assert 7 + 2 <= len(kept) <= 7 + 4 + 12
    assert kept[-1] <= 366
    assert kept[-1] >= 300
    assert json.dumps(kept)


def test_a_copy_of_an_identity_document_is_in_no_backup_and_comes_back_from_none(shop: Flask) -> None:
    """Neither the file nor a readable byte of it; a row that names it opens nothing once the file is gone."""
    filled()
    name, wrapped = id_pictures.keep(b"a passport, blacked out")
    lying = Path(shop.config["INSTANCE_PATH"]) / id_pictures.FOLDER / name
    assert lying.is_file()
    made(shop)
    every = sorted(Path(shop.config["BACKUP_PATH"]).glob(f"*{backups.ENDING}"))
    names = [member for path in every for member, _content in backups._members(path, KEY)]
    assert "files/media/pot.webp" in names
    assert not [one for one in names if id_pictures.FOLDER in one or name in one]
    lying.unlink()
    backups.restore(shop, every[0], KEY)
    assert id_pictures.files() == []
    assert id_pictures.opened(name, wrapped) is None
