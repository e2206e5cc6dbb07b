"""Pay later (rows 48 to 50): authorized is deliverable, captured as parcels leave, released when called off."""

import json
from datetime import timedelta

import pytest

from shop.core import clock
from shop.core.db import db, writing
from shop.orders import actions as orders
from shop.orders import fulfilment
from shop.orders.models import OrderLine, Shipment
from shop.payments import jobs
from shop.payments.capturing import Parts, worth
from shop.payments.models import PaymentAttempt
from shop.payments.signals import money_received
from shop.shipping.models import Carrier
from shop.staff.actions.refunds import leave_out
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def authorized(back: Back, *, method: str = "klarna", **values: int) -> tuple[int, str]:
    """An order of which the money is set aside."""
    till = back.till
    order_id = till.order(**values)
    mollie_id = till.start(order_id, method=method)
    till.control.authorize(mollie_id)
    till.control.settle()
    return order_id, mollie_id


def elapse(till: Till, seconds: int) -> None:
    """Let time pass at Mollie, and the minutes after which a call that met us busy comes again."""
    till.control.advance(seconds)
    till.control.advance(150)


def send_parcel(back: Back, order_id: int, pieces: int | None = None) -> None:
    """Pack so many pieces, or all, and hand them to a carrier."""
    db.session.rollback()
    line = db.session.query(OrderLine.id).filter_by(order_id=order_id).first()[0]
    carrier = Carrier(code=f"c{clock.now().timestamp()}", name="PostNL", tracking_url="")
    db.session.add(carrier)
    db.session.commit()
    with writing():
        chosen = None if pieces is None else {line: pieces}
        shipment = fulfilment.pack(order_id, chosen, staff_id=back.member, at=clock.now())
        fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=back.member, at=clock.now())
        db.session.commit()
    back.send()


def test_row_48_authorized_can_be_delivered_and_is_captured_when_it_leaves(back: Back, till: Till) -> None:
    received: list[int] = []
    order_id, _mollie_id = authorized(back)
    state, balance = till.state(order_id), back.balance(order_id)
    assert (state.status, state.attempts, state.applied) == ("confirmed", ("authorized",), ("settles",))
    assert (balance.paid_cents, balance.authorized_cents, balance.due_cents) == (0, balance.total_cents, 0)
    assert balance.refundable_cents == 0
    with money_received.connected_to(lambda _sender, **news: received.append(news["cents"])):
        send_parcel(back, order_id)
        assert back.captures(order_id) == [("pending", balance.total_cents)]
        elapse(till, 5)
    assert received == [balance.total_cents]
    assert back.captures(order_id) == [("succeeded", balance.total_cents)]
    assert till.state(order_id).attempts == ("paid",)
    assert back.balance(order_id).paid_cents == balance.total_cents
    assert till.nothing_is_broken()


def test_row_48_partly_sent_is_partly_captured_delivery_with_the_first_parcel(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back, quantity=3)
    total = back.balance(order_id).total_cents
    send_parcel(back, order_id, 1)
    elapse(till, 5)
    assert back.captures(order_id) == [("succeeded", 1250 + 495)]
    send_parcel(back, order_id, 2)
    elapse(till, 5)
    assert [cents for _status, cents in back.captures(order_id)] == [1745, total - 1745]
    assert back.balance(order_id).paid_cents == total
    assert len(back.asked("captures")) == 2
    assert till.nothing_is_broken()


def test_row_48_staff_is_warned_once_before_it_lapses(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    assert jobs.warn_of_lapsing() == 0
    till.change(PaymentAttempt, till.attempt(order_id).id, capture_before=clock.now() + timedelta(days=2))
    assert jobs.warn_of_lapsing() == 1
    assert jobs.warn_of_lapsing() == 0
    assert till.state(order_id).attention == ("capture_lapsing",)
    send_parcel(back, order_id)


def test_row_49_a_capture_that_mollie_refuses_is_told_and_not_repeated(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    till.control.answer_next(422, operation="captures.create", detail="The payment cannot be captured")
    send_parcel(back, order_id)
    assert [status for status, _cents in back.captures(order_id)] == ["failed"]
    assert till.state(order_id).attention == ("capture_failed",)
    back.send_again()
    assert len(back.asked("captures")) == 1


def test_row_49_a_capture_that_fails_later_is_told(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    till.control.settings(capture_seconds=9999)
    send_parcel(back, order_id)
    (capture,) = back.capture_rows(order_id)
    till.control.set_capture(str(capture.mollie_id), "failed")
    till.control.settle()
    assert [status for status, _cents in back.captures(order_id)] == ["failed"]
    assert till.state(order_id).attention == ("capture_failed",)
    assert till.attempt(order_id).capturing_cents == 0


def test_row_49_an_answer_that_never_came_captures_once(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    till.control.drop_answer(operation="captures.create")
    send_parcel(back, order_id)
    back.send_again()
    elapse(till, 5)
    assert [status for status, _cents in back.captures(order_id)] == ["succeeded"]
    assert back.balance(order_id).paid_cents == back.balance(order_id).total_cents
    assert len({call["headers"].get("Idempotency-Key") for call in back.asked("captures")}) == 1


def test_row_49_too_late_the_authorization_is_lost_and_told(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    elapse(till, 29 * 86400)
    state = till.state(order_id)
    assert state.attempts[0] in ("failed", "expired")
    assert state.attention == ("authorization_lost",)
    assert back.balance(order_id).due_cents == back.balance(order_id).total_cents


def test_row_50_called_off_it_is_released_and_mollie_says_so_later(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back)
    till.do(orders.cancel, order_id)
    assert back.refunds(order_id) == []
    back.send()
    assert len(back.asked("release-authorization")) == 1
    assert till.state(order_id).attempts == ("authorized",)
    elapse(till, 5)
    state = till.state(order_id)
    assert (state.status, state.attempts, state.attention) == ("canceled", ("canceled",), ())
    assert "authorization_released" in state.events
    assert till.nothing_is_broken()


def test_what_may_be_taken_in_follows_what_has_gone() -> None:
    parts = Parts({1: (2, 1000), 2: (1, 333)}, discount_cents=100, shipping_cents=495, total_cents=2728)
    assert worth(parts, {}) == 0
    assert worth(parts, {1: 1}) == 1000 - 100 * 1000 // 2333 + 495
    assert worth(parts, {1: 2, 2: 1}) == 2728


@pytest.mark.parametrize("method", ["klarna", "riverty"])
def test_a_lender_is_asked_to_wait_for_the_capture(back: Back, till: Till, method: str) -> None:
    authorized(back, method=method)
    (call,) = till.calls("POST")
    sent = json.loads(call["body"])
    assert sent["captureMode"] == "manual"
    assert sent["lines"]
    assert sent["billingAddress"]["email"]


def test_riverty_is_captured_as_parcels_leave_and_the_rest_is_released(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back, method="riverty", quantity=2)
    assert till.state(order_id).events[-2:] == ("set_aside", "confirmed")
    send_parcel(back, order_id, 1)
    elapse(till, 30)
    back.look(order_id)
    total = back.balance(order_id).total_cents
    ((status, cents),) = back.captures(order_id)
    assert (status, 0 < cents < total) == ("succeeded", True)
    send_parcel(back, order_id)
    elapse(till, 30)
    back.look(order_id)
    assert back.balance(order_id).paid_cents == total
    assert till.nothing_is_broken()


def test_what_will_not_be_sent_is_proposed_to_go_back_once_its_money_came_in(back: Back, till: Till) -> None:
    order_id, _mollie_id = authorized(back, quantity=2)
    send_parcel(back, order_id, 1)
    elapse(till, 30)
    back.look(order_id)
    line = db.session.query(OrderLine.id).filter_by(order_id=order_id).one()[0]
    db.session.rollback()
    with writing():
        leave_out(order_id, {line: 1}, reason="Op", staff_id=back.member, at=clock.now())
        db.session.commit()
    assert back.refunds(order_id) == []
    with writing():
        shipment = db.session.query(Shipment.id).filter_by(order_id=order_id).one()[0]
        fulfilment.deliver(shipment, staff_id=back.member, at=clock.now())
        db.session.commit()
    assert till.state(order_id).status == "completed"
    back.send()
    elapse(till, 30)
    back.look(order_id)
    assert back.balance(order_id).paid_cents == back.balance(order_id).total_cents
    assert [status for status, _cents in back.refunds(order_id)] == ["proposed"]
    back.look(order_id)
    assert len(back.refunds(order_id)) == 1
    assert till.nothing_is_broken()
