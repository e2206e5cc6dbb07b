"""Orders that are changed while they wait for their first payment (rows 18 and 20): no old amount goes unseen."""

from datetime import timedelta

import pytest

from shop.aftersale import changing
from shop.core import clock
from shop.core.db import db
from shop.orders.editing import NothingLeft, TotalDiffers, Wish
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.payments import jobs
from shop.payments.rules import PENDING_HOLDS
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def change(order_id: int, pieces: int, *, staff_id: int | None = None, shown_total: int | None = None) -> str:
    """Change how many teapots the order holds, as the screens do."""
    db.session.rollback()
    (line,) = [one.id for one in order_with_all(order_id).lines]
    db.session.rollback()
    wish = Wish(quantities={line: pieces})
    outcome = changing.change_now(order_id, wish, oss_since=None, staff_id=staff_id, shown_total=shown_total)
    db.session.rollback()
    return outcome


def seen(order_id: int) -> Order:
    """The order as it is now."""
    db.session.rollback()
    return order_with_all(order_id)


@pytest.mark.parametrize("pieces", [1, 3])
def test_row_20_staff_change_it_and_the_new_amount_is_asked_for(back: Back, till: Till, pieces: int) -> None:
    order_id = till.order(quantity=2)
    old = till.start(order_id, method="banktransfer")
    before = seen(order_id).total_cents
    assert change(order_id, pieces, staff_id=back.member) == changing.DONE
    order = seen(order_id)
    assert (order.status, order.version, till.stock()) == ("placed", 2, 10 - pieces)
    assert order.total_cents != before
    assert order.expires_at is not None
    assert order.expires_at >= clock.now() + PENDING_HOLDS - timedelta(minutes=1)
    assert till.state(order_id).attempts == ("canceled",)
    assert back.mails("order_difference") == 1
    new = till.start(order_id)
    assert new != old
    till.pay(new)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles",), ())
    assert back.balance(order_id).due_cents == 0
    assert till.nothing_is_broken()


@pytest.mark.parametrize(("pieces", "told", "is_stopped"), [(3, "paid_old_amount", True), (1, "paid_too_much", False)])
def test_row_20_an_old_link_that_cannot_be_closed_is_paid_and_staff_is_told(
    back: Back, till: Till, pieces: int, told: str, is_stopped: bool
) -> None:
    order_id, link = till.started(quantity=2)
    assert change(order_id, pieces, staff_id=back.member) == changing.DONE
    till.pay(link)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles",), (told,))
    assert (seen(order_id).delivery_stopped_at is not None) is is_stopped
    assert till.nothing_is_broken()


def test_row_18_an_old_amount_after_the_changed_order_expired_is_compared_too(back: Back, till: Till) -> None:
    order_id, link = till.started(quantity=2)
    change(order_id, 3, staff_id=back.member)
    till.control.webhooks("off")
    till.control.pay(link)
    till.change(Order, order_id, status="expired", ended_at=clock.now())
    till.control.webhooks("normal")
    till.control.call_webhook(link)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.applied) == ("confirmed", ("settles",))
    assert "paid_old_amount" in state.attention
    assert seen(order_id).delivery_stopped_at is not None


def test_it_was_paid_meanwhile_staff_change_what_is_paid_and_a_customer_asks(back: Back, till: Till) -> None:
    for staff_id, outcome, due in ((back.member, changing.DONE, True), (None, changing.ASKED, False)):
        order_id, link = till.started(quantity=2)
        till.control.webhooks("off")
        till.control.pay(link)
        pieces = 3 if staff_id else 1
        assert change(order_id, pieces, staff_id=staff_id) == outcome
        till.control.webhooks("normal")
        assert till.state(order_id).status == "confirmed"
        assert (back.balance(order_id).due_cents > 0) is due
        assert seen(order_id).version == (2 if staff_id else 1)
    assert till.nothing_is_broken()


def test_row_33_mollie_cannot_tell_and_nothing_changes(back: Back, till: Till) -> None:
    order_id, _link = till.started(quantity=2)
    till.control.answer_next(503, operation="*", times=None)
    assert change(order_id, 1, staff_id=back.member) == changing.UNSURE
    till.control.forget_faults()
    assert (seen(order_id).version, till.stock()) == (1, 8)


def test_what_is_refused_is_refused_before_mollie_is_asked(back: Back, till: Till) -> None:
    order_id = till.order(quantity=2)
    till.start(order_id, method="banktransfer")
    till.control.forget_requests()
    with pytest.raises(NothingLeft):
        change(order_id, 0, staff_id=back.member)
    with pytest.raises(TotalDiffers):
        change(order_id, 1, staff_id=back.member, shown_total=1)
    db.session.rollback()
    assert till.mollie.requests() == []
    assert till.state(order_id).attempts == ("open",)


def test_a_customer_changes_an_unpaid_order_at_once_and_its_stock_is_not_held_for_a_day(till: Till) -> None:
    order_id, _link = till.started(quantity=2)
    assert change(order_id, 1) == changing.DONE
    order = seen(order_id)
    assert (order.status, order.lines[0].quantity, till.stock()) == ("placed", 1, 9)
    assert order.expires_at is not None
    assert order.expires_at < clock.now() + timedelta(hours=1)
    till.change(Order, order_id, expires_at=clock.now() - timedelta(minutes=1))
    till.control.expire(str(till.attempt(order_id).mollie_id))
    jobs.expire_due()
    assert (till.state(order_id).status, till.stock()) == ("expired", 10)
    assert till.nothing_is_broken()
