"""Before an order is called off its open payment is closed at Mollie, and one made just now is not lost from sight."""

import pytest

from shop.aftersale import changing
from shop.core.db import db
from shop.orders.queries import order_with_all
from shop.payments import flows
from shop.payments.queries import attempts_of, refunds_of
from tests.factories import make_order

pytestmark = pytest.mark.both_databases


def open_payment(mollie, **values) -> tuple[int, str]:
    """A placed order with an open payment at Mollie: their numbers."""
    order_id = make_order(**values).id
    attempt = flows.start_payment(order_id, method="ideal")
    mollie_id = str(attempt.mollie_id)
    db.session.rollback()
    return order_id, mollie_id


def test_an_unpaid_order_is_called_off_and_its_payment_can_no_longer_be_paid(app, mollie):
    order_id, _mollie_id = open_payment(mollie)
    was_cancelable = attempts_of(order_id)[0].is_cancelable
    db.session.rollback()
    assert changing.cancel_by_customer(order_id) == changing.DONE
    assert order_with_all(order_id).status == "canceled"
    assert attempts_of(order_id)[0].status == ("canceled" if was_cancelable else "open")


def test_a_payment_made_just_now_is_seen_and_becomes_a_proposal(app, mollie):
    order_id, mollie_id = open_payment(mollie)
    mollie.control.webhooks("off")
    mollie.control.pay(mollie_id)
    assert changing.cancel_by_customer(order_id) == changing.DONE
    order = order_with_all(order_id)
    assert (order.status, order.confirmed_at is not None) == ("canceled", True)
    assert [(one.status, one.amount_cents) for one in refunds_of(order_id)] == [("proposed", order.total_cents)]


def test_while_mollie_is_silent_nothing_is_called_off(app, mollie):
    order_id, _mollie_id = open_payment(mollie)
    mollie.control.answer_next(500, operation="payments.get")
    assert changing.cancel_by_customer(order_id) == changing.UNSURE
    assert order_with_all(order_id).status == "placed"
