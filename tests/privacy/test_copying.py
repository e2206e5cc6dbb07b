"""A copy of the shop to develop with: whole, of use, and without anybody in it; and the export of one person."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from shop import create_app
from shop.accounts.models import Account
from shop.core import clock
from shop.core.db import Model, db
from shop.core.outbox import OutboxRow
from shop.core.personal_data import declaration_of, register
from shop.operations.queries import broken_invariants
from shop.orders.models import Order
from shop.people.actions import new_person, record_audit
from shop.privacy.copying import _left_out
from tests.conftest import settings
from tests.databases import new_postgresql_database, shared_folder
from tests.factories import make_customer, make_order, make_product
from tests.page import Browser
from tests.privacy.rows import everything
from tests.privacy.test_download import unpacked
from tests.privacy.traces import Marked, files_of_the_shop


@pytest.fixture
def elsewhere(backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A new folder for a copy, and how to name its database on this backend."""
    folder = tmp_path / "copy"
    if backend == "sqlite":
        return folder, []
    return folder, ["--database", new_postgresql_database(shared_folder(tmp_path_factory))]


@pytest.fixture
def filled(app: Flask) -> Marked:
    """A shop with two customers, orders of theirs, an audit log, and somebody with a rare word in everything."""
    at = clock.now()
    product = make_product(stock=100)
    for account in (make_customer(), make_customer()):
        make_order((product, 2), account=account, status="completed", telephone="+31612345678")
        make_order((product, 1), account=account, status="confirmed")
    for n in range(3):
        record_audit("order.opened", staff_id=None, role="none", object_kind="order", object_key=str(n), at=at)
    person = new_person("nl", at=at)
    db.session.commit()
    return Marked(person.id, at).fill()


def copied(app: Flask, folder: Path, options: list[str]) -> Any:
    """Run the command."""
    answer = app.test_cli_runner().invoke(args=["privacy", "copy", str(folder), *options])
    assert answer.exit_code == 0, answer.output
    return answer


def opened(app: Flask, folder: Path, options: list[str]) -> Flask:
    """The shop on the copy."""
    url = options[1] if options else f"sqlite:///{folder / 'shop.sqlite'}"
    return create_app(settings(folder, url, app.config["MOLLIE_API_URL"]))


@pytest.mark.both_databases
def test_a_copy_is_whole_and_not_one_byte_of_it_is_anybodys(
    app: Flask, filled: Marked, elsewhere: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, options = elsewhere
    assert len(filled.filled) > 25
    assert filled.traces_in(files_of_the_shop(app)), "the search finds nothing even before: it shows nothing"
    before = everything()
    numbers, people = set(db.session.scalars(select(Order.number))), {row[0] for row in before["people"]}
    secrets = secrets_of()
    copied(app, folder, options)
    shop = opened(app, folder, options)
    with shop.app_context():
        after = everything()
        rows = repr(after)
        assert filled.traces_in(files_of_the_copy(folder)) == []
        (folder / "rows.txt").write_text(rows)
        assert filled.traces_in([folder / "rows.txt"]) == []
        assert "+31612345678" not in rows
        left_out = {table.name for table in _left_out()}
        assert {name: len(found) for name, found in after.items() if name not in left_out} == {
            name: len(found) for name, found in before.items() if name not in left_out
        }
        assert not any(after[name] for name in left_out)
        assert not {value for value in secrets_of() if value in secrets}
        assert not numbers & set(db.session.scalars(select(Order.number)))
        assert not people & {row[0] for row in after["people"]}
        assert sums(after) == sums(before)
        db.session.rollback()
        monkeypatch.setattr("shop.core.outbox._handlers", {})
        assert broken_of_the_rows_made_by_hand() == []
        assert db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))) == (
            db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.failed_at.is_not(None)))
        )
        db.session.rollback()
        assert Browser(shop).get("/").status == 200
        db.session.remove()
        db.engine.dispose()


def broken_of_the_rows_made_by_hand() -> list[str]:
    """What is wrong in the copy, save what was so in the rows that the test itself made from the schema."""
    return [line for line in broken_invariants() if line.startswith(("I2", "I7", "I8", "I9: the"))]


def sums(rows: dict[str, list[tuple[Any, ...]]]) -> Any:
    """The amounts of all orders and the stock of all variants."""
    tables = Model.metadata.tables
    told = {}
    for name, column in (("orders", "total_cents"), ("variants", "stock"), ("order_lines", "total_cents")):
        place = list(tables[name].columns.keys()).index(column)
        told[name] = sorted(row[place] for row in rows[name])
    return told


def secrets_of() -> set[str]:
    """Every long secret in this database."""
    found: set[str] = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if (told := declaration_of(column)) is not None and told.kind == "secret":
                values = db.session.scalars(select(column).where(column.is_not(None)))
                found |= {str(value) for value in values if len(str(value)) > 8}
    return found


def files_of_the_copy(folder: Path) -> list[Path]:
    """Everything in the copy's folder; on PostgreSQL its database's own files too."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    if db.engine.dialect.name != "postgresql":
        return found
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CHECKPOINT"))
        asked = "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        data, oid = connection.execute(text(asked)).one()
    return found + [path for path in (Path(data) / "base" / str(oid)).rglob("[0-9]*") if path.is_file()]


@pytest.mark.both_databases
def test_a_copy_of_a_shop_that_is_right_is_right(app: Flask, elsewhere: tuple[Path, list[str]]) -> None:
    folder, options = elsewhere
    product = make_product(stock=100)
    mine = make_customer()
    for status in ("placed", "confirmed", "completed", "canceled"):
        make_order((product, 2), account=mine, status=status)
    make_order((product, 1), status="confirmed")
    wrong = broken_invariants()
    email, moments = mine.email, list(db.session.scalars(select(Order.placed_at).order_by(Order.id)))
    output = copied(app, folder, options).output
    shop = opened(app, folder, options)
    with shop.app_context():
        assert len(broken_invariants()) == len(wrong)
        earlier = {
            before - after
            for before, after in zip(
                moments, db.session.scalars(select(Order.placed_at).order_by(Order.id)), strict=True
            )
        }
        assert len(earlier) == 1
        assert timedelta(days=1) <= earlier.pop() <= timedelta(days=27)
        addresses = set(db.session.scalars(select(Order.email).where(Order.person_id.in_(one_account()))))
        (address,) = addresses
        assert address is not None
        assert address.endswith("@example.com")
        assert address != email
        db.session.rollback()
        password = next(line for line in output.splitlines() if "password" in line).split()[-1]
        browser = Browser(shop)
        browser.get("/account/sign-in")
        assert browser.send("/account/sign-in", email=address, password=password).status == 303
        db.session.remove()
        db.engine.dispose()


def one_account() -> Any:
    """The people with an account."""
    return select(Account.person_id)


def test_a_copy_is_made_only_where_nothing_is_and_leaves_nothing_behind_when_it_fails(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer()
    busy = tmp_path / "busy"
    busy.mkdir()
    (busy / "something").write_text("here")
    answer = app.test_cli_runner().invoke(args=["privacy", "copy", str(busy)])
    assert answer.exit_code == 1
    assert [path.name for path in busy.iterdir()] == ["something"]

    def fails(_connection: Any) -> None:
        raise RuntimeError("no more room")

    monkeypatch.setitem(register.on_copy, "fails", fails)
    assert app.test_cli_runner().invoke(args=["privacy", "copy", str(tmp_path / "half")]).exit_code == 1
    assert list((tmp_path / "half").iterdir()) == []


def test_an_export_is_the_download_of_everybody_with_the_address_and_is_in_their_own_log(
    app: Flask, tmp_path: Path
) -> None:
    account = make_customer(email="sanne@example.com", given_name="Sanne")
    order = make_order(account=account, status="confirmed").number
    stranger = make_order(status="confirmed").number
    file = tmp_path / "sanne.zip"
    run = app.test_cli_runner().invoke
    args = ["privacy", "export", " Sanne@Example.com", str(file), "--reason", "V-ABCDEFGH"]
    answer = run(args=args)
    assert answer.exit_code == 0, answer.output
    assert file.stat().st_mode & 0o777 == 0o600
    files = unpacked(file.read_bytes())
    told = files["gegevens.json"].decode()
    assert order in told
    assert "V-ABCDEFGH" in told
    assert stranger not in told
    assert run(args=args).exit_code == 1, "it does not write over a file"
    nobody = ["privacy", "export", "niemand@example.com", str(tmp_path / "x.zip"), "--reason", "V-ABCDEFGH"]
    assert run(args=nobody).exit_code == 1
    assert not (tmp_path / "x.zip").exists()


def test_a_copy_is_written_over_no_database(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "there.sqlite"
    file.write_bytes(b"")
    args = ["privacy", "copy", str(tmp_path / "to"), "--database", f"sqlite:///{file}"]
    assert app.test_cli_runner().invoke(args=args).exit_code == 1
    assert file.read_bytes() == b""
