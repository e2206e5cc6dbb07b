"""Proposing and deciding: once for each cause, by somebody with a name, and never more than remains."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import Conflict
from shop.operations.queries import broken_invariants
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.queries import order_for_change
from shop.payments.models import AppliedPayment, PaymentAttempt, Refund
from shop.payments.queries import balance_of, refunds_of
from shop.payments.refund_rules import shared_out, taken_from
from shop.payments.refunding import MoreThanRemains, decide, propose
from shop.payments.signals import refund_declined, refund_settled
from tests.factories import make_attempt, make_order, make_product, make_staff

pytestmark = pytest.mark.both_databases


def proposed(order, cents=1000, key="k", **values):
    """A refund as somebody proposes it: the order's row held, then committed."""
    with writing():
        held = order_for_change(order.id)
        refund = propose(held, cents=cents, origin=values.pop("origin", "staff"), key=key, at=clock.now(), **values)
        db.session.commit()
    return refund


def decided(refund, *, accept=True, **values):
    """What a member of staff decides about it."""
    member = values.pop("staff_id", None) or make_staff("owner").id
    with writing():
        found = decide(refund.id, accept=accept, reason="Beschadigd", staff_id=member, at=clock.now(), **values)
        db.session.commit()
    return found


def balance(order):
    """The order's money by now."""
    db.session.rollback()
    return balance_of(db.session.get_one(Order, order.id, populate_existing=True))


def test_a_proposal_moves_no_money(app, outbox):
    order = make_order(status="confirmed")
    refund = proposed(order)
    assert refund.status == "proposed"
    assert outbox.rows("refund") == []
    assert balance(order).refunding_cents == 0
    assert balance(order).refundable_cents == order.total_cents


def test_proposed_twice_for_the_same_cause_is_proposed_once(app):
    order = make_order(status="confirmed")
    assert proposed(order).id == proposed(order, cents=500).id
    assert proposed(order, origin="change").id != proposed(order).id
    assert len(refunds_of(order.id)) == 2


def test_no_more_is_proposed_than_was_paid(app):
    order = make_order(status="confirmed")
    assert proposed(order, cents=999_999).amount_cents == order.total_cents
    with pytest.raises(MoreThanRemains):
        proposed(make_order(status="placed"))


def test_lines_and_delivery_add_up_to_the_amount(app):
    order = make_order((make_product(price_cents=333), 3), (make_product(price_cents=1000), 1), status="confirmed")
    first, second = line_ids(order)
    refund = proposed(order, cents=2000, lines={first: 2, second: 1}, shipping_cents=495)
    assert refund.shipping_cents + sum(line.cents for line in refund.lines) == 2000
    smaller = decided(refund, cents=1001)
    assert smaller.shipping_cents + sum(line.cents for line in smaller.lines) == smaller.amount_cents == 1001


def line_ids(order):
    """The lines of an order."""
    return list(db.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.id)))


def test_accepting_writes_the_outbox_row_in_the_same_transaction(app, outbox):
    order = make_order(status="confirmed")
    refund = decided(proposed(order))
    assert (refund.status, refund.decided_by is not None) == ("queued", True)
    assert [row.reference for row in outbox.rows("refund")] == [str(refund.id)]
    assert balance(order).refunding_cents == 1000
    assert balance(order).refundable_cents == order.total_cents - 1000
    assert broken_invariants() == []


def test_a_decision_is_taken_once(app, outbox):
    refund = decided(proposed(make_order(status="confirmed")))
    with pytest.raises(Conflict):
        decided(refund, accept=False)
    assert len(outbox.rows("refund")) == 1


def test_declined_is_told_and_moves_nothing(app, outbox):
    order, told = make_order(status="confirmed"), []
    refund = proposed(order)
    with refund_declined.connected_to(lambda _sender, **news: told.append(news["refund"].id)):
        assert decided(refund, accept=False).status == "declined"
    assert told == [refund.id]
    assert outbox.rows("refund") == []
    assert balance(order).refundable_cents == order.total_cents


def test_more_than_remains_is_refused_and_nothing_changes(app, outbox):
    order = make_order(status="confirmed")
    first, second = proposed(order, cents=1500, key="a"), proposed(order, cents=1500, key="b")
    decided(first)
    with pytest.raises(MoreThanRemains) as refusal:
        decided(second)
    assert refusal.value.available == order.total_cents - 1500
    db.session.rollback()
    assert db.session.get_one(Refund, second.id, populate_existing=True).status == "proposed"
    assert len(outbox.rows("refund")) == 1
    assert decided(second, cents=order.total_cents - 1500).amount_cents == 245


def test_a_refund_that_nobody_decided_about_is_refused_by_the_database(app):
    refund = proposed(make_order(status="confirmed"))
    with pytest.raises(IntegrityError):
        db.session.execute(update(Refund).where(Refund.id == refund.id).values(status="queued"))


def test_a_payment_claimed_beyond_its_amount_is_refused_by_the_database(app):
    order = make_order(status="confirmed")
    with pytest.raises(IntegrityError):
        db.session.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.order_id == order.id)
            .values(claimed_cents=order.total_cents + 1)
        )


def test_twenty_accept_at_once_and_no_more_goes_back_than_was_paid(app):
    order = make_order(status="confirmed")
    member = make_staff("owner").id
    refunds = [proposed(order, cents=300, key=str(n)).id for n in range(20)]

    def accept(refund_id):
        with app.app_context():
            try:
                with writing():
                    decide(refund_id, accept=True, reason="", staff_id=member, at=clock.now())
                    db.session.commit()
            except MoreThanRemains:
                return False
            return True

    with ThreadPoolExecutor(20) as crowd:
        accepted = list(crowd.map(accept, refunds))
    assert sum(accepted) == order.total_cents // 300
    assert balance(order).refunding_cents == 300 * sum(accepted) <= order.total_cents
    assert broken_invariants() == []


def test_one_decision_takes_from_several_payments_when_no_single_one_holds_it(app, outbox):
    order = make_order(status="confirmed")
    attempt = make_attempt(order, status="paid", amount_cents=600)
    db.session.add(
        AppliedPayment(attempt_id=attempt.id, order_id=order.id, role="supplement", amount_cents=600, at=clock.now())
    )
    db.session.commit()
    refund = decided(proposed(order, cents=order.total_cents + 600))
    parts = refunds_of(order.id)
    assert [part.amount_cents for part in parts] == [order.total_cents, 600]
    assert parts[1].first_part_id == refund.id
    assert len(outbox.rows("refund")) == 2
    assert balance(order).refundable_cents == 0


def test_cash_of_a_pick_up_goes_back_by_hand(app, outbox):
    order, told = make_order(pays_by="pickup", delivery="pickup"), []
    db.session.add(OrderEvent(order_id=order.id, kind="paid", at=clock.now()))
    db.session.commit()
    assert balance(order).paid_cents == order.total_cents
    with refund_settled.connected_to(lambda _sender, **news: told.append(news["refund"].id)):
        refund = decided(proposed(order, cents=500))
    assert (refund.status, refund.is_by_hand, told) == ("refunded", True, [refund.id])
    assert outbox.rows("refund") == []
    assert outbox.mails().count("order_refunded") == 1
    assert balance(order).refundable_cents == order.total_cents - 500


def test_what_is_due_after_an_order_was_changed(app):
    order = make_order(status="confirmed")
    assert balance(order).due_cents == 0
    db.session.execute(
        update(Order)
        .where(Order.id == order.id)
        .values(items_cents=Order.items_cents + 700, total_cents=Order.total_cents + 700)
    )
    db.session.commit()
    assert balance(order).due_cents == 700
    assert balance(make_order(status="canceled")).due_cents == 0
    assert balance(make_order()).due_cents > 0


def test_money_that_went_back_for_a_change_can_become_due_again(app):
    order = make_order(status="confirmed")
    decided(proposed(order, cents=300, origin="change"))
    assert balance(order).due_cents == 300
    decided(proposed(order, cents=200, origin="withdrawal"))
    assert balance(order).due_cents == 300


def test_parts_always_add_up():
    for cents in range(0, 50):
        for weights in ([1], [1, 1, 1], [333, 1000, 1], [0, 5], [0, 0]):
            assert sum(shared_out(cents, weights)) == cents


def test_money_goes_back_from_the_payment_that_holds_it():
    assert taken_from(5, {1: 10, 2: 6, 3: 4}) == [(2, 5)]
    assert taken_from(15, {1: 10, 2: 6, 3: 4}) == [(1, 10), (2, 5)]
    assert taken_from(21, {1: 10, 2: 6, 3: 4}) == []


def test_an_insert_without_a_known_origin_is_refused(app):
    order = make_order(status="confirmed")
    row = {"order_id": order.id, "origin": "gift", "origin_key": "x", "amount_cents": 1, "status": "proposed"}
    with pytest.raises(IntegrityError):
        db.session.execute(insert(Refund).values(**row, token="t", idempotency_key="i", created_at=clock.now()))
