"""Real processes on both databases, with a shop of one shelf."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from shop import create_app
from shop.core.db import db
from tests.conftest import settings
from tests.databases import new_database, shared_folder
from tests.processes import RunningShop

IS_LONG = bool(os.environ.get("ENDURANCE"))


@pytest.fixture
def running(
    backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., RunningShop]]:
    """`running(sites=2)` is a shop of real processes, migrated and empty; all its processes end with the test."""
    opened: list[RunningShop] = []

    def open_shop(sites: int = 1) -> RunningShop:
        database = new_database(backend, tmp_path, shared_folder(tmp_path_factory))
        shop = RunningShop(tmp_path, database, sites=sites)
        shop.__enter__()
        opened.append(shop)
        return shop

    yield open_shop
    for shop in opened:
        shop.__exit__(None, None, None)


@pytest.fixture
def inside() -> Callable[[RunningShop], AbstractContextManager[Flask]]:
    """`with inside(shop):` looks into the running shop's own database from the test."""

    @contextmanager
    def look(shop: RunningShop) -> Iterator[Flask]:
        values = settings(shop.folder / "instance", shop.database, shop.simulator.base_url)
        app = create_app({**values, "PUBLIC_URL": shop.urls[0]})
        with app.app_context():
            yield app
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()

    return look
