"""The ground that all other tests stand on: the shop comes up empty, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, is_postgresql
from shop.people.actions import new_person
from shop.people.models import AuditHead, Person


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_begins_with_an_empty_shop(app: Flask, backend: str, turn: int) -> None:
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    assert db.session.scalar(select(AuditHead.hash)) == "0" * 64
    new_person("nl", at=clock.now())
    db.session.commit()
    assert is_postgresql() == (backend == "postgresql")
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
