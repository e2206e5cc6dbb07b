"""Erased means: no byte is left, in any spelling, of anything that was erased; on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from shop.core import clock
from shop.core.db import db
from shop.people.actions import new_person
from shop.privacy.actions import erasing
from tests.conftest import Outbox
from tests.privacy.traces import Marked, files_of_the_shop, let_log_go


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
