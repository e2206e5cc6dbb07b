"""A shop that counts tries, for the tests about guessing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from shop import create_app
from shop.core.db import Model, db
from shop.core.security import limiter
from tests.conftest import empty, settings


@pytest.fixture
def limited_app(tmp_path: Path) -> Iterator[Flask]:
    """A shop of its own with limits; the shops of other tests have none."""
    values = settings(tmp_path, f"sqlite:///{tmp_path / 'shop.sqlite'}", "http://127.0.0.1:1")
    shop = create_app({**values, "RATELIMIT_ENABLED": True})
    with shop.app_context():
        Model.metadata.create_all(db.engine)
        empty(shop)
        yield shop
        db.session.rollback()
    limiter.enabled = False
