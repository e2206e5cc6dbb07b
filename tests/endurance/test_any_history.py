"""Whatever happens to orders, in whatever order, and whatever breaks off on the way: all ends in one truth."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from shop import create_app
from shop.core.db import Model, db
from shop.papers import drawing
from tests.conftest import settings
from tests.databases import new_database, shared_folder
from tests.endurance.conftest import IS_LONG
from tests.histories.bank import ADDRESS
from tests.histories.history import Shelf, drawn, smallest, wrong_after
from tests.papers.conftest import VAT_NUMBER

ASKED_FOR = int(os.environ.get("ENDURANCE") or 0)
"""ENDURANCE=1 is 10,000 histories on each database; a larger number is that many."""
LONG, SHORT = (ASKED_FOR if ASKED_FOR > 1 else 10_000), {"sqlite": 100, "postgresql": 25}
FIRST = int(os.environ.get("FIRST_HISTORY") or 1)


@pytest.fixture
def shelf(
    backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shelf]:
    """A shop of its own on one kind of database, without sockets, threads or waiting for a disk."""
    database = new_database(backend, tmp_path, shared_folder(tmp_path_factory))
    app = create_app({**settings(tmp_path, database, ADDRESS), "VIES_URL": ""})
    with app.app_context():
        if backend == "sqlite":
            event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=off"))
        Model.metadata.create_all(db.engine)
        app.extensions["identity"] = replace(app.extensions["identity"], vat_number=VAT_NUMBER)
    monkeypatch.setattr(drawing, "pdf_of", lambda _paper, **_more: b"%PDF-")  # drawn in tests of its own
    made = Shelf(app)
    commit = Session.commit

    def commit_or_die(session: Session) -> None:
        made.story.point()
        commit(session)
        made.story.point()

    monkeypatch.setattr(Session, "commit", commit_or_die)
    yield made
    made.bank.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
@pytest.mark.both_databases
def test_any_history_ends_in_one_truth(shelf: Shelf, backend: str) -> None:
    for number in range(FIRST, FIRST + (LONG if IS_LONG else SHORT[backend])):
        steps = drawn(number)
        wrong = wrong_after(shelf, steps)
        if wrong:
            fewer = smallest(shelf, steps)
            story = "\n  ".join(map(str, fewer))
            pytest.fail(f"history {number}: {wrong}\nmade small: {wrong_after(shelf, fewer)}\n  {story}")
