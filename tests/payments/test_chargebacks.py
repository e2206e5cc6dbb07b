"""Chargebacks (rows 45 to 47): flagged, delivery stopped while unsent, and nothing canceled by itself."""

import pytest

from shop.core import clock
from shop.core.db import db, writing
from shop.orders import actions as orders
from shop.orders import fulfilment
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments import jobs
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def pack(order_id: int, staff_id: int) -> None:
    """Pack all of an order."""
    with writing():
        fulfilment.pack(order_id, staff_id=staff_id, at=clock.now())
        db.session.commit()


def is_stopped(order_id: int) -> bool:
    """Whether nothing of an order may leave."""
    db.session.rollback()
    found = db.session.get_one(Order, order_id, populate_existing=True).delivery_stopped_at is not None
    db.session.rollback()
    return found


def test_row_45_a_chargeback_is_flagged_and_stops_what_was_not_sent(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.charge_back(mollie_id)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.attention) == ("confirmed", ("chargeback",))
    assert is_stopped(order_id)
    with pytest.raises(fulfilment.DeliveryStopped):
        pack(order_id, back.member)
    assert till.state(order_id).status == "confirmed"
    assert (back.mails("order_confirmation"), back.mails("order_refunded")) == (1, 0)
    balance = back.balance(order_id)
    assert (balance.charged_back_cents, balance.refundable_cents) == (balance.total_cents, 0)
    assert till.nothing_is_broken()


def test_row_45_a_packed_parcel_does_not_leave_either(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    pack(order_id, back.member)
    till.control.charge_back(mollie_id)
    till.control.settle()
    with writing():
        order = order_for_change(order_id)
        assert order is not None
        with pytest.raises(fulfilment.DeliveryStopped):
            fulfilment.may_leave(order)


def test_row_46_more_webhooks_do_not_clear_the_flag_and_do_not_stop_what_staff_let_go(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.charge_back(mollie_id)
    till.control.call_webhook(mollie_id, copies=3)
    till.control.settle()
    assert till.state(order_id).attention == ("chargeback",)
    assert is_stopped(order_id)
    till.do(orders.let_deliver, order_id)
    till.control.call_webhook(mollie_id, copies=2)
    till.control.settle()
    assert not is_stopped(order_id)
    assert till.state(order_id).attention == ("chargeback",)


def test_row_47_a_reversal_is_found_by_asking_and_clears_the_flag(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    chargeback = till.control.charge_back(mollie_id)
    till.control.settle()
    till.control.reverse(chargeback["id"])
    till.control.settle()
    assert is_stopped(order_id)
    assert till.attempt(order_id).next_ask_at is not None
    back.look(order_id)
    assert not is_stopped(order_id)
    assert jobs.reconcile_all() == 0
    assert "chargeback_reversed" in till.state(order_id).events
    assert back.balance(order_id).charged_back_cents == 0
    pack(order_id, back.member)
    assert till.nothing_is_broken()


def test_a_refund_and_a_chargeback_together_never_exceed_what_was_paid(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.charge_back(mollie_id, {"currency": "EUR", "value": "10.00"})
    till.control.settle()
    back.accept(order_id, 999_999)
    assert [cents for _status, cents in back.refunds(order_id)] == [back.balance(order_id).total_cents - 1000]
    back.send()
    assert [status for status, _cents in back.refunds(order_id)] == ["pending"]
