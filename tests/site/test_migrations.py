"""Migrations make what the models say, on both databases, up and down, and lose no row on the way."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, inspect, select, text

from shop import create_app
from shop.config import ROOT
from shop.core import clock
from shop.core.db import Model, db, is_postgresql
from tests.conftest import settings
from tests.databases import new_database, shared_folder
from tests.privacy.rows import everything, make_row

pytestmark = pytest.mark.both_databases

REBUILDS = """
revision = "9999"
down_revision = "{head}"
branch_labels = depends_on = None
import sqlalchemy as sa
from alembic import op

REBUILD = "always" if op.get_bind().dialect.name == "sqlite" else "never"

def upgrade():
    for table in ("people", "orders", "payment_attempts"):
        with op.batch_alter_table(table, recreate=REBUILD) as batch:
            batch.add_column(sa.Column("added", sa.Integer(), nullable=True))

def downgrade():
    for table in ("people", "orders", "payment_attempts"):
        with op.batch_alter_table(table, recreate=REBUILD) as batch:
            batch.drop_column("added")
"""


@pytest.fixture
def bare(backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A shop on a database in which nothing is yet."""
    address = new_database(backend, tmp_path, shared_folder(tmp_path_factory))
    app = create_app(settings(tmp_path, address, "http://127.0.0.1:1"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def structure(connection: Connection) -> dict[str, Any]:
    """Everything about the tables that a database can tell."""
    told = inspect(connection)
    return {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in told.get_columns(name)],
            "key": told.get_pk_constraint(name)["constrained_columns"],
            "links": _sorted(told.get_foreign_keys(name), "constrained_columns", "referred_table", "options", "name"),
            "unique": _sorted(told.get_unique_constraints(name), "name", "column_names"),
            "checks": _sorted(told.get_check_constraints(name), "name", "sqltext"),
            "indexes": _sorted(told.get_indexes(name), "name", "column_names", "unique", "dialect_options"),
            "never_again": _never_uses_a_number_again(connection, name),
        }
        for name in told.get_table_names()
        if name != "alembic_version"
    }


def _sorted(found: Any, *keys: str) -> list[str]:
    return sorted(str([_words(thing.get(key)) for key in keys]) for thing in found)


def _words(told: Any) -> str:
    if isinstance(told, dict):
        return ", ".join(f"{key}: {_words(value)}" for key, value in sorted(told.items()))
    return " ".join(str(told).split())


def _never_uses_a_number_again(connection: Connection, name: str) -> bool:
    if connection.dialect.name == "postgresql":
        return True
    made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}).scalar_one()
    return "AUTOINCREMENT" in made


def read(question: Callable[[Connection], Any]) -> Any:
    """Ask the database something by itself."""
    with db.engine.connect() as connection:
        return question(connection)


def test_migrating_from_nothing_makes_what_the_models_say(app: Flask, bare: Flask, backend: str) -> None:
    flask_migrate.upgrade()
    migrated = read(structure)
    with app.app_context():
        modelled = read(structure)
    assert migrated.keys() == modelled.keys()
    for name in migrated:
        assert migrated[name] == modelled[name], name


def test_alembic_sees_no_difference(bare: Flask) -> None:
    flask_migrate.upgrade()
    options = {"compare_type": True}
    assert read(lambda c: compare_metadata(MigrationContext.configure(c, opts=options), Model.metadata)) == []


def test_the_rows_that_the_shop_cannot_do_without_are_there(app: Flask, bare: Flask) -> None:
    flask_migrate.upgrade()
    migrated = {name: _without_keys(rows) for name, rows in everything().items() if rows}
    with app.app_context():
        expected = {name: _without_keys(rows) for name, rows in everything().items() if rows}
    assert migrated == expected


def _without_keys(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(row[1:] for row in rows)


def test_down_and_up_again_leaves_nothing_behind(bare: Flask) -> None:
    flask_migrate.upgrade()
    first = read(structure)
    flask_migrate.downgrade(revision="base")
    assert read(structure) == {}
    flask_migrate.upgrade()
    assert read(structure) == first


def test_a_second_upgrade_changes_nothing(bare: Flask) -> None:
    flask_migrate.upgrade()
    before = everything()
    flask_migrate.upgrade()
    assert everything() == before


def test_rebuilding_a_table_keeps_its_rows_and_their_children(bare: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade()
    now = clock.now()
    order_id = make_row(Model.metadata.tables["orders"], now, person_id=make_row(Model.metadata.tables["people"], now))
    for name in ("order_lines", "order_addresses", "payment_attempts", "shipments"):
        make_row(Model.metadata.tables[name], now, order_id=order_id)
    db.session.commit()
    before = everything()
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    head = read(lambda c: MigrationContext.configure(c).get_current_revision())
    (folder / "versions" / "9999_rebuild.py").write_text(REBUILDS.format(head=head))
    flask_migrate.upgrade(directory=str(folder))
    assert everything() == before
    assert "added" in {column["name"] for column in read(lambda c: inspect(c).get_columns("orders"))}
    flask_migrate.downgrade(directory=str(folder))
    assert everything() == before
    if not is_postgresql():
        assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    assert len(db.session.execute(select(Model.metadata.tables["order_lines"])).all()) == 1
