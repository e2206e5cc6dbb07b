"""Mollie's call: doubled, early, late, forged, stormy (rows 1 to 5, 22 to 25, 51, 53 and 54 of the pitfalls)."""

import secrets
import threading
import time

import pytest
from flask import Flask

from shop.core.db import db, writing
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments import flows, mollie_gateway
from shop.payments.models import PaymentAttempt
from tests.factories import make_order
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


def test_row_03_webhook_and_return_at_the_same_instant(till: Till) -> None:
    order_id, mollie_id = till.started()
    with till.app.app_context():
        token = db.session.get_one(Order, order_id).return_token
    till.control.webhooks("hold")
    till.pay(mollie_id)
    seen: list[str] = []

    def come_back() -> None:
        answer = till.app.test_client().get(f"/orders/{token}")
        assert answer.status_code == 200
        seen.append(answer.text)

    visits = [threading.Thread(target=come_back) for _visit in range(4)]
    till.control.release_webhooks()
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join()
    till.control.settle()
    assert len(seen) == 4
    assert all("Bedankt voor je bestelling" in text for text in seen)
    assert paid_once(till, order_id)


def test_row_04_webhook_before_the_answer_to_create(till: Till) -> None:
    order_id = till.order()
    till.control.webhooks("before-answer", status="paid")
    flows.start_payment(order_id, method="ideal")
    till.control.settle()
    assert till.control.deliveries()[0]["answers"] == [200]
    assert paid_once(till, order_id)


def test_row_05_webhook_while_a_transaction_of_ours_is_slow_to_commit(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("off")
    till.pay(mollie_id)
    answers: list[int] = []
    with writing():
        order = order_for_change(order_id)
        assert order is not None
        order.note = "Graag aanbellen"
        db.session.flush()
        call = threading.Thread(target=lambda: answers.append(till.webhook_from_elsewhere(order_id, mollie_id)))
        call.start()
        time.sleep(0.4)
        assert answers == []
        db.session.commit()
    call.join()
    assert answers == [200]
    assert paid_once(till, order_id)
    assert db.session.get_one(Order, order_id).note == "Graag aanbellen"


def test_row_22_webhook_names_the_payment_of_another_order(till: Till) -> None:
    order_id, _own = till.started()
    _other_id, other = till.started()
    till.pay(other)
    till.control.forget_requests()
    assert till.webhook(order_id, other) == 200
    assert till.calls() == []
    assert till.state(order_id).status == "placed"


def test_row_22_a_foreign_payment_does_not_become_that_of_an_unknown_attempt(till: Till) -> None:
    _other_id, other = till.started()
    till.pay(other)
    order_id = till.order()
    till.control.drop_request(operation="payments.create")
    with pytest.raises(flows.PaymentNotStarted):
        flows.start_payment(order_id, method="ideal")
    assert till.webhook(order_id, other) == 200
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied) == ("placed", ("creating",), ())
    assert till.attempt(order_id).mollie_id is None


BAD_BODIES = [
    {"data": {"id": "tr_x/../../customers/cst_1"}},
    {"data": {"id": "tr_abcdef?embed=refunds"}},
    {"data": {"id": "tr_abcdef#x"}},
    {"data": {"id": "tr_" + "a" * 1_000_000}},
    {"data": {"id": "tr_abcdef\n"}},
    {"data": {"id": "pay_abcdefgh"}},
    {"data": {}},
    {"data": b"", "content_type": "text/plain"},
    {"json": {"id": "tr_abcdefgh"}},
    {"data": b'{"id":' * 20_000, "content_type": "application/json"},
    {"data": b"\x00\xff\xfe", "content_type": "application/x-www-form-urlencoded"},
]


@pytest.mark.parametrize("sent", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_row_23_a_body_that_is_not_mollies(till: Till, sent: dict[str, object]) -> None:
    order_id, _mollie_id = till.started()
    till.control.forget_requests()
    token = till.attempt(order_id).token
    answer = till.app.test_client().post(f"/webhooks/mollie/{token}", **sent)
    assert answer.status_code in (200, 400, 413, 415)
    assert "tr_" not in answer.text
    assert till.mollie.requests() == []
    assert till.state(order_id).status == "placed"


def test_row_23_the_address_opened_as_a_page_is_no_page(till: Till) -> None:
    order_id, _mollie_id = till.started()
    till.control.forget_requests()
    assert till.app.test_client().get(f"/webhooks/mollie/{till.attempt(order_id).token}").status_code == 405
    assert till.mollie.requests() == []


def test_row_24_unknown_id_or_unknown_address(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.forget_requests()
    assert till.webhook(order_id, "tr_" + "Z" * 22) == 200
    assert till.post(f"/webhooks/mollie/{secrets.token_urlsafe(32)}", data={"id": mollie_id}) == 200
    assert till.mollie.requests() == []
    assert till.orders() == 1


def test_five_hundred_forged_calls_change_nothing(till: Till) -> None:
    order_id, mollie_id = till.started()
    token = till.attempt(order_id).token
    till.control.forget_requests()
    client = till.app.test_client()
    for number in range(250):
        client.post(f"/webhooks/mollie/{secrets.token_urlsafe(32)}", data={"id": mollie_id})
        client.post(f"/webhooks/mollie/{token}", data={"id": f"tr_{number:022}", "status": "paid"})
    assert till.mollie.requests() == []
    assert till.state(order_id).status == "placed"


def test_row_25_a_storm_of_calls_costs_a_bounded_number_of_questions(till: Till) -> None:
    order_id, mollie_id = till.started()
    token = till.attempt(order_id).token
    till.control.forget_requests()
    client = till.app.test_client()
    answers = {client.post(f"/webhooks/mollie/{token}", data={"id": mollie_id}).status_code for _call in range(200)}
    assert answers == {200, 503}
    assert len(till.calls()) == flows.ASKS_A_MINUTE


def test_row_51_the_answer_is_quick_and_the_mail_waits_in_the_outbox(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("off")
    till.pay(mollie_id)
    began = time.perf_counter()
    assert till.webhook(order_id, mollie_id) == 200
    assert time.perf_counter() - began < 1
    assert till.state(order_id).mails == ("order_confirmation",)


def test_row_53_both_slash_forms_are_answered_without_a_redirect(till: Till) -> None:
    order_id, mollie_id = till.started()
    path = f"/webhooks/mollie/{till.attempt(order_id).token}"
    assert till.post(path, data={"id": mollie_id}) == 200
    assert till.post(f"{path}/", data={"id": mollie_id}) == 200


def test_row_54_a_call_from_elsewhere_needs_no_origin_token_or_cookie(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("off")
    till.pay(mollie_id)
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = till.app.test_client().post(
        f"/webhooks/mollie/{till.attempt(order_id).token}", data={"id": mollie_id}, headers=headers
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert paid_once(till, order_id)


def test_a_webhook_that_cannot_be_applied_is_asked_for_again(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.webhooks("off")
    till.pay(mollie_id)
    till.control.answer_next(500, operation="payments.get")
    assert till.webhook(order_id, mollie_id) == 503
    assert till.state(order_id).status == "placed"
    assert till.webhook(order_id, mollie_id) == 200
    assert paid_once(till, order_id)


def test_while_mollie_is_left_alone_the_webhook_is_put_off(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.answer_next(503, operation="payments.get", times=None)
    for _failure in range(mollie_gateway.FAILURES):
        assert till.webhook(order_id, mollie_id) == 503
    till.control.forget_requests()
    assert till.webhook(order_id, mollie_id) == 503
    assert till.calls() == []


def test_the_attempt_remembers_that_its_webhook_works(app: Flask, till: Till) -> None:
    order_id, mollie_id = till.started()
    assert till.attempt(order_id).last_webhook_at is None
    till.pay(mollie_id)
    assert till.attempt(order_id).last_webhook_at is not None


def test_an_attempt_of_nothing_known_is_not_made_up(app: Flask, till: Till) -> None:
    order = make_order()
    assert flows.reconcile(123_456) is True
    assert db.session.query(PaymentAttempt).filter_by(order_id=order.id).count() == 0
