"""Very many orders, written in large strokes, are orders like all others."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, writing
from shop.demo import scale
from shop.operations.queries import broken_invariants
from shop.orders.models import Order, OrderLine
from shop.payments.models import PaymentAttempt
from shop.people.models import Person
from shop.privacy.queries import held
from tests.factories import make_customer, make_order


@pytest.mark.both_databases
def test_many_orders_are_whole_and_each_somebody_elses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "BATCH", 10)
    monkeypatch.setattr(scale, "TURNS", 2)
    make_order(account=make_customer(), status="completed")
    with writing():
        assert scale.load_orders(73, at=clock.now()) == 73
        db.session.commit()
    make_order(account=make_customer(), status="confirmed")  # the next numbers are free
    loaded = Order.number.like("S-%")
    assert [line for line in broken_invariants() if "S-" in line] == []
    assert db.session.scalar(select(func.count(Order.id)).where(loaded)) == 73
    assert db.session.scalar(select(func.count(Order.email.distinct())).where(loaded)) == 73
    people = set(db.session.scalars(select(Order.person_id).where(loaded)))
    assert len(people) == 73
    assert people <= set(db.session.scalars(select(Person.id)))
    last = db.session.scalars(select(Order).where(loaded).order_by(Order.id.desc())).first()
    assert last is not None
    assert last.person_id is not None
    sums = select(OrderLine.total_cents, PaymentAttempt.amount_cents, PaymentAttempt.paid_at)
    sums = sums.join(PaymentAttempt, PaymentAttempt.order_id == OrderLine.order_id)
    found = db.session.execute(sums.where(OrderLine.order_id == last.id)).one()
    assert found == (last.total_cents, last.total_cents, last.confirmed_at)
    tables = {item.table.name for item in held.items([last.person_id])}
    assert {"orders", "order_lines", "order_addresses", "payment_attempts", "outbox"} <= tables
