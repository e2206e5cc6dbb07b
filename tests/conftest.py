"""What every test can ask for: the shop on a database, its visitors, its Mollie, its outbox, and the time."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, delete, select, text

from shop import create_app
from shop.core import outbox as core_outbox
from shop.core.db import Model, db
from shop.core.security import limiter
from shop.payments import flows, mollie_gateway
from shop.payments.simulator import SimulatorServer
from tests.databases import new_database, shared_folder
from tests.page import Browser, Page

SEEDED = ("vat_rates",)


def settings(folder: Path, database: str, mollie_url: str) -> dict[str, Any]:
    """The settings of a test shop."""
    return {
        "ENVIRONMENT": "test",
        "INSTANCE_PATH": folder,
        "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only",
        "SECRET_KEY_FALLBACKS": [],
        "SQLALCHEMY_DATABASE_URI": database,
        "REDIS_URL": "",
        "PUBLIC_URL": "http://localhost",
        "MAIL_URL": "file:",
        "MAIL_FROM": "",
        "MOLLIE_API_KEY": "test_shop00000000000000000000000000000",
        "MOLLIE_API_URL": mollie_url,
        "PROXIES": 0,
        "EXTRA_HOSTS": [],
        "VAT_OSS_SINCE": None,
        "PORT": 8000,
        "TESTING": True,
        "RATELIMIT_ENABLED": False,
    }


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    """A Mollie of the tests' own; one for each test process."""
    with SimulatorServer(tmp_path_factory.mktemp("mollie") / "simulator.sqlite") as server:
        yield server


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory, simulator: SimulatorServer) -> Callable[[str], Flask]:
    """One shop for each kind of database, made when first asked for."""
    made: dict[str, Flask] = {}

    def shop_on(backend: str) -> Flask:
        if backend not in made:
            folder = tmp_path_factory.mktemp(f"shop-{backend}")
            database = new_database(backend, folder, shared_folder(tmp_path_factory))
            app = create_app(settings(folder, database, simulator.base_url))
            with app.app_context():
                Model.metadata.create_all(db.engine)
            made[backend] = app
        return made[backend]

    return shop_on


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_databases` on SQLite and PostgreSQL, all others on SQLite."""
    if "backend" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("backend", ["sqlite", "postgresql"] if marked else ["sqlite"], scope="function")


@pytest.fixture
def app(backend: str, shops: Callable[[str], Flask]) -> Iterator[Flask]:
    """The shop with an empty database; an app context is open for the test's own questions."""
    shop = shops(backend)
    limiter.enabled = False  # of the whole process: another shop that was made in it may have them on
    with shop.app_context():
        empty(shop)
        yield shop
        db.session.rollback()
        db.session.remove()


def empty(shop: Flask) -> None:
    """Take every row out and put back those that a migration puts in."""
    from shop.catalogue.models import CatalogueVersion
    from shop.people.models import AuditHead, LedgerHead
    from shop.pricing.models import VatRate

    with db.engine.connect() as connection:
        _take_rows_out(connection)
        connection.commit()
    percents = {"NL": (2100, 900, 0), "BE": (2100, 600, 0), "DE": (1900, 700, 0)}
    for country, points in percents.items():
        for vat_class, basis_points in zip(("standard", "reduced", "zero"), points, strict=True):
            db.session.add(
                VatRate(
                    country=country,
                    vat_class=vat_class,
                    basis_points=basis_points,
                    from_on=datetime(2019, 1, 1).date(),
                )
            )
    db.session.add(CatalogueVersion(id=1, version=1))
    db.session.add(AuditHead(id=1, hash="0" * 64))
    db.session.add(LedgerHead(id=1, number=0))
    db.session.commit()
    for file in Path(shop.config["LEDGER_PATH"]).parent.glob("erasures.*"):
        file.unlink()
    for file in (Path(shop.config["INSTANCE_PATH"]) / "mail").glob("*.eml"):
        file.unlink()


def _take_rows_out(connection: Connection) -> None:
    """Delete the rows of tables that have any: on PostgreSQL emptying all of them costs more than most tests."""
    tables = list(reversed(Model.metadata.sorted_tables))
    if db.engine.dialect.name == "postgresql":
        looks = (f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in tables)
        filled = set(connection.scalars(text(" UNION ALL ".join(looks))))
        tables = [table for table in tables if table.name in filled]
        is_used = "pg_sequence_last_value(seqrelid) IS NOT NULL"
        connection.execute(text(f"SELECT setval(seqrelid, 1, false) FROM pg_sequence WHERE {is_used}"))
    for table in tables:
        connection.execute(delete(table))


@pytest.fixture
def mollie(app: Flask, simulator: SimulatorServer) -> SimulatorServer:
    """Mollie as this test has it: nothing paid yet, nothing broken yet."""
    simulator.control.reset()
    mollie_gateway.breaker.reset()
    flows.asked.forget()
    return simulator


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser that has never been here."""
    return Browser(app)


@pytest.fixture
def customer(app: Flask) -> Browser:
    """A browser in which a customer is signed in; `customer.account` is whose."""
    from tests.factories import make_customer, sign_in

    account = make_customer()
    browser = Browser(app)
    sign_in(browser, account)
    return browser


@pytest.fixture
def staff(app: Flask) -> Callable[..., Browser]:
    """Browsers of staff: `staff("owner")` is one signed in with that role."""
    from tests.factories import make_staff, sign_in_staff

    def signed_in(*roles: str) -> Browser:
        browser = Browser(app)
        sign_in_staff(browser, make_staff(*roles))
        return browser

    return signed_in


class Outbox:
    """What waits to be carried out, and how to carry it out."""

    def rows(self, kind: str | None = None) -> list[core_outbox.OutboxRow]:
        """The rows, oldest first."""
        question = select(core_outbox.OutboxRow).order_by(core_outbox.OutboxRow.id)
        if kind is not None:
            question = question.where(core_outbox.OutboxRow.kind == kind)
        db.session.rollback()
        return list(db.session.scalars(question))

    def mails(self) -> list[str]:
        """The names of the messages that were asked for, oldest first."""
        return [row.reference for row in self.rows("mail")]

    def carry_out(self) -> int:
        """Do all that is due."""
        return core_outbox.carry_out_due()


@pytest.fixture
def outbox(app: Flask) -> Outbox:
    """The outbox of this shop."""
    return Outbox()


@pytest.fixture
def mailbox(app: Flask, outbox: Outbox) -> Callable[[], list[Any]]:
    """Hand over what is due and read every message that has arrived, oldest first."""
    from email import message_from_bytes
    from email.policy import default

    def read() -> list[Any]:
        outbox.carry_out()
        folder = Path(app.config["INSTANCE_PATH"]) / "mail"
        return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]

    return read


@pytest.fixture
def at() -> Iterator[Callable[[str], time_machine.Traveller]]:
    """Move the clock: `at("2026-03-01 12:00")` is that moment in Harderwijk, and time goes on from there."""
    travels: list[time_machine.travel] = []

    def move(moment: str) -> time_machine.Traveller:
        local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        travel = time_machine.travel(local, tick=True)
        travels.append(travel)
        return travel.start()

    yield move
    for travel in reversed(travels):
        travel.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say so, rather than fail, where there is no Chromium for the browser tests."""
    if chromium() is None:
        skip = pytest.mark.skip(reason="no Chromium on this machine: install Debian's package chromium")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


def chromium() -> str | None:
    """The path of an installed Chromium, if there is one."""
    for candidate in (os.environ.get("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if candidate and Path(candidate).exists():
            return candidate
    return None


__all__ = ["Browser", "Outbox", "Page"]
