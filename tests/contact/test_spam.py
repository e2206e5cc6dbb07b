"""A shop that counts: what becomes of floods, and of people who write in the middle of one."""

import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from shop import create_app
from shop.contact import limits
from shop.contact.models import ContactThread
from shop.core.db import Model, db
from shop.core.security import limiter
from tests.conftest import empty, settings
from tests.contact.conftest import only_thread, stamp_of


@pytest.fixture(scope="module")
def limited_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A shop that counts; the other shops of this test process do not."""
    folder = tmp_path_factory.mktemp("limited-shop")
    values = settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", "http://127.0.0.1:1")
    shop = create_app({**values, "RATELIMIT_ENABLED": True})
    with shop.app_context():
        Model.metadata.create_all(db.engine)
    yield shop
    limiter.enabled = False


@pytest.fixture
def app(limited_shop: Flask) -> Iterator[Flask]:
    """That shop with an empty database, and nothing counted yet."""
    limiter.enabled = True
    limiter.reset()
    with limited_shop.app_context():
        empty(limited_shop)
        yield limited_shop
        db.session.rollback()
        db.session.remove()
    limiter.enabled = False


def test_under_attack_a_form_asks_for_a_sum_and_takes_messages_without_it_apart(app, visitor, send):
    visitor.get("/contact")
    assert "data-puzzle" not in str(visitor.page.soup)
    for _time in range(30):
        limits._hit(limits.ATTACK, "contact-all")
    puzzle = visitor.get("/contact").soup.find(id="proof")["data-puzzle"]
    stamp = stamp_of(app, seconds_ago=30)
    send(visitor, stamp=stamp)
    assert only_thread().suspicion == "unproven"
    nonce = limits.nonce_of(stamp)
    proof = next(str(n) for n in range(10_000_000) if hashlib.sha256(f"{nonce}:{n}".encode()).digest()[:2] == b"\0\0")
    assert puzzle != nonce
    send(visitor, stamp=stamp, proof=proof)
    send(visitor, stamp=stamp, proof=proof)
    found = db.session.scalars(select(ContactThread.suspicion).order_by(ContactThread.id)).all()
    assert found == ["unproven", "", "unproven"]  # a sum counts once


def test_many_messages_of_one_visitor_stand_apart_and_one_address_gets_five_mails(visitor, send, outbox):
    for _time in range(8):
        assert send(visitor).status == 303
    found = db.session.scalars(select(ContactThread.suspicion).order_by(ContactThread.id)).all()
    assert found == [*[""] * 6, "many", "many"]
    assert len(outbox.mails()) == 5
