"""Orders that changed after the payment was made (row 20), and links that are paid twice (row 62)."""

import pytest
from sqlalchemy import update

from shop.core.db import db
from shop.orders.models import Order
from shop.payments import flows, rules
from shop.payments.flows import PaymentNotStarted
from shop.payments.simulator.methods import ALL as AT_MOLLIE
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def make_dearer(order_id: int, cents: int) -> None:
    """Change an order so that it costs more, or less."""
    db.session.rollback()
    changed = {"shipping_cents": Order.shipping_cents + cents, "total_cents": Order.total_cents + cents}
    db.session.execute(update(Order).where(Order.id == order_id).values(changed))
    db.session.commit()


def test_row_20_paid_in_full_before_a_change_the_difference_is_due_and_paid_apart(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    with pytest.raises(PaymentNotStarted):
        flows.start_payment(order_id, method="ideal")
    make_dearer(order_id, 300)
    assert back.balance(order_id).due_cents == 300
    second = till.start(order_id)
    assert till.attempt(order_id).amount_cents == 300
    till.pay(second)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles", "supplement"), ())
    assert back.balance(order_id).due_cents == 0
    assert back.balance(order_id).paid_cents == back.balance(order_id).total_cents
    with pytest.raises(PaymentNotStarted):
        flows.start_payment(order_id, method="ideal")


OFFERED = tuple(one.id for one in AT_MOLLIE if one.active and one.id not in rules.NOT_OFFERED)


@pytest.mark.parametrize("method", [name for name in OFFERED if name not in rules.LOANS])
def test_row_20_the_difference_is_paid_in_any_way_that_is_paid_at_once(back: Back, till: Till, method: str) -> None:
    order_id, _mollie_id = back.paid()
    make_dearer(order_id, 300)
    link = till.start(order_id, method=method)
    if method == "banktransfer":  # takes days: until then the order waits, and the link is not made twice
        till.control.leave_pending(link)
        till.control.advance(3 * 86400)
        back.look(order_id)
        assert till.state(order_id).applied == ("settles",)
        assert back.balance(order_id).due_cents == 300
    till.pay(link)
    back.look(order_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles", "supplement"), ())
    balance = back.balance(order_id)
    assert (balance.due_cents, balance.paid_cents) == (0, balance.total_cents)
    assert till.nothing_is_broken()


@pytest.mark.parametrize("method", [name for name in OFFERED if name in rules.LOANS])
def test_row_20_the_difference_is_not_lent_and_mollie_is_not_asked(back: Back, till: Till, method: str) -> None:
    order_id, _mollie_id = back.paid()
    make_dearer(order_id, 1000)
    asked = len(till.calls("POST"))
    with pytest.raises(PaymentNotStarted):
        flows.start_payment(order_id, method=method)
    assert len(till.calls("POST")) == asked
    assert len(till.attempts(order_id)) == 1


@pytest.mark.parametrize("method", [name for name in OFFERED if name in rules.LOANS])
def test_row_20_an_order_that_was_lent_is_paid_up_in_another_way(back: Back, till: Till, method: str) -> None:
    order_id = till.order()
    till.control.authorize(till.start(order_id, method=method))
    till.control.settle()
    make_dearer(order_id, 300)
    assert back.balance(order_id).due_cents == 300
    till.pay(till.start(order_id))
    assert till.state(order_id).applied == ("settles", "supplement")
    assert back.balance(order_id).due_cents == 0
    assert till.nothing_is_broken()


def test_row_20_the_difference_paid_twice_is_surplus_the_second_time(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    make_dearer(order_id, 300)
    first, second = till.start(order_id), till.start(order_id, method="creditcard")
    till.pay(first)
    till.pay(second)
    state = till.state(order_id)
    assert (state.applied, state.attention) == (("settles", "supplement", "surplus"), ("paid_twice",))


def test_row_20_an_older_lower_amount_is_paid_and_delivery_waits_for_the_rest(back: Back, till: Till) -> None:
    order_id, mollie_id = till.started()
    make_dearer(order_id, 300)
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles",), ("paid_old_amount",))
    assert back.balance(order_id).due_cents == 300
    db.session.rollback()
    assert db.session.get_one(Order, order_id, populate_existing=True).delivery_stopped_at is not None
    till.pay(till.start(order_id))
    db.session.rollback()
    assert db.session.get_one(Order, order_id, populate_existing=True).delivery_stopped_at is None
    assert till.state(order_id).applied == ("settles", "supplement")


def test_row_20_an_older_higher_amount_is_told(back: Back, till: Till) -> None:
    order_id, mollie_id = till.started()
    make_dearer(order_id, -100)
    till.pay(mollie_id)
    assert till.state(order_id).attention == ("paid_too_much",)
    assert back.balance(order_id).due_cents == 0


def test_row_20_a_new_total_is_a_new_attempt(till: Till) -> None:
    order_id, first = till.started()
    make_dearer(order_id, 300)
    second = till.start(order_id)
    assert first != second
    old, new = till.attempts(order_id)
    assert new.amount_cents == old.amount_cents + 300


def test_row_62_a_link_is_paid_after_the_order_was_settled(back: Back, till: Till) -> None:
    order_id, link = till.started()
    other = till.start(order_id, method="creditcard")
    till.pay(other)
    till.pay(link)
    state = till.state(order_id)
    assert (state.status, state.applied) == ("confirmed", ("settles", "surplus"))
    assert state.attention == ("paid_twice",)
    assert state.mails == ("order_confirmation",)
    paid_twice = back.balance(order_id)
    assert paid_twice.refundable_cents == 2 * paid_twice.total_cents
    assert till.nothing_is_broken()
