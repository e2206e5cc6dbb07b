"""Each invariant notices what breaks it, and a healthy shop breaks none."""

import pytest
from sqlalchemy import select, text, update

from shop.catalogue import stock
from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.operations.queries import broken_invariants
from shop.orders.models import Order, OrderLine
from shop.payments.models import AppliedPayment, PaymentAttempt, Refund
from shop.payments.refunding import decide, propose
from shop.people.actions import record_audit
from shop.people.models import AuditEntry
from tests.factories import make_order, make_product, make_staff

pytestmark = pytest.mark.both_databases


def test_a_healthy_shop_has_nothing_to_tell(app):
    make_order(status="confirmed")
    assert broken_invariants() == []


def test_a_stock_that_is_not_the_sum_of_its_movements_is_named(app):
    product = make_product(stock=5)
    db.session.execute(update(Variant).where(Variant.product_id == product.id).values(stock=6))
    db.session.commit()
    assert [problem[:2] for problem in broken_invariants()] == ["I2"]


def test_an_ended_order_that_still_holds_stock_is_named(app):
    order = make_order(status="confirmed")
    db.session.execute(update(Order).where(Order.id == order.id).values(status="canceled", ended_at=clock.now()))
    db.session.commit()
    assert any("holds" in problem for problem in broken_invariants())


def test_a_paid_attempt_that_nobody_applied_is_named(app):
    order = make_order(status="confirmed")
    db.session.query(AppliedPayment).filter_by(order_id=order.id).delete()
    db.session.commit()
    found = broken_invariants()
    assert any("applied to no order" in problem for problem in found)
    assert any("no payment settles it" in problem for problem in found)


def test_a_refund_beyond_what_was_paid_is_named(app):
    order = make_order(status="confirmed")
    db.session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.order_id == order.id)
        .values(refunded_cents=PaymentAttempt.amount_cents + 1)
    )
    db.session.commit()
    assert [problem[:2] for problem in broken_invariants()] == ["I9"]


def test_a_confirmation_that_was_never_written_is_named(app):
    make_order(status="confirmed")
    db.session.execute(text("DELETE FROM outbox"))
    db.session.commit()
    assert [problem[:2] for problem in broken_invariants()] == ["I5"]


def test_a_changed_audit_entry_is_named(app):
    for action in ("order.viewed", "order.shipped", "order.viewed"):
        record_audit(action, staff_id=1, role="owner", object_kind="order", object_key="1", at=clock.now())
        db.session.commit()
    assert broken_invariants() == []
    second = db.session.query(AuditEntry).order_by(AuditEntry.id).all()[1]
    second.action = "order.refunded"
    db.session.commit()
    assert [problem[:2] for problem in broken_invariants()] == ["I8"]


def test_a_stock_below_zero_is_refused_by_the_database(app):
    product = make_product(stock=1)
    variant = product.variants[0]
    with pytest.raises(stock.NotEnoughStock) as refusal:
        stock.take(variant.id, 2, reason="order", key="order:1", at=clock.now())
    assert refusal.value.available == 1


def accepted_refund() -> Refund:
    """A refund that somebody accepted and nobody sent yet."""
    order = make_order(status="confirmed")
    lines = dict(
        db.session.execute(select(OrderLine.id, OrderLine.quantity).where(OrderLine.order_id == order.id)).all()
    )
    refund = propose(order, cents=1250, origin="staff", key="k", at=clock.now(), lines=lines)
    decide(refund.id, accept=True, reason="", staff_id=make_staff("owner").id, at=clock.now())
    db.session.commit()
    assert broken_invariants() == []
    return refund


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE payment_attempts SET claimed_cents = 1", "do not add up to what they claim"),
        ("DELETE FROM outbox WHERE kind = 'refund'", "nothing asks Mollie for it"),
        ("UPDATE refund_lines SET cents = 1", "do not add up to it"),
        ("UPDATE payment_attempts SET capturing_cents = 1", "do not add up to what they ask of it"),
        (
            "UPDATE refunds SET amount_cents = 99999, status = 'refunded', mollie_id = 're_1'",
            "than it brought",
        ),
    ],
)
def test_a_refund_that_went_wrong_is_named(app, statement, words):
    accepted_refund()
    db.session.execute(text(statement))
    db.session.commit()
    found = broken_invariants()
    assert any(words in problem for problem in found), found
    assert {problem[:2] for problem in found} <= {"I9", "I5"}
