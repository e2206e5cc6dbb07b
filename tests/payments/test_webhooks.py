"""Mollie's call: doubled, early, late, forged, stormy (rows 1 to 5, 22 to 25, 51, 53, 54 of the table of pitfalls)."""

import pytest

from tests.payments.till import Till

pytestmark = pytest.mark.both_databases

PAID_ONCE = ("confirmed", ("paid",), ("settles",), ("order_confirmation",))


def paid_once(till: Till, order_id: int) -> bool:
    """Whether an order was paid, confirmed and mailed exactly once, and its stock taken once."""
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied, state.mails) == PAID_ONCE
    assert state.events.count("paid") == 1
    assert state.attention == ()
    assert till.stock() == 9
    return till.nothing_is_broken()


def test_row_01_webhook_twice(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("double")
    till.pay(mollie_id)
    assert [delivery["answers"] for delivery in till.control.deliveries()] == [[200, 200]]
    assert paid_once(till, order_id)


def test_row_02_ten_webhooks_at_the_same_instant(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("parallel", copies=10)
    till.pay(mollie_id)
    assert [delivery["answers"] for delivery in till.control.deliveries()] == [[200] * 10]
    assert paid_once(till, order_id)
