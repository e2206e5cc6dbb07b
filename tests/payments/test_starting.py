"""Starting a payment while anything may go wrong on the way (rows 27 to 33, 35 to 37, 4.1 of what Mollie is told)."""

import json
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.core import clock
from shop.core.db import db
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.payments import bodies, flows, jobs, mollie_gateway
from shop.payments.models import PaymentAttempt
from shop.people.models import Disclosure
from tests.factories import make_order, make_product
from tests.page import Browser
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases

CREATE = "payments.create"


def not_started(till: Till, order_id: int, method: str = "ideal") -> flows.PaymentNotStarted:
    """Try to start a payment in vain."""
    with pytest.raises(flows.PaymentNotStarted) as refusal:
        flows.start_payment(order_id, method=method)
    db.session.rollback()
    return refusal.value


def long_ago(till: Till, order_id: int, minutes: int = 61) -> None:
    """Let the newest try be so many minutes old, and due."""
    attempt = till.attempt(order_id)
    then = attempt.created_at - timedelta(minutes=minutes)
    till.change(PaymentAttempt, attempt.id, created_at=then, next_ask_at=clock.now())


def test_row_27_create_times_out_though_the_payment_was_made(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mollie_gateway, "TIMEOUT", (2, 0.2))
    order_id = till.order()
    till.control.answer_late(0.6, operation=CREATE)
    not_started(till, order_id)
    attempt = till.attempt(order_id)
    assert (attempt.status, attempt.mollie_id) == ("creating", None)
    till.control.settle()
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]
    assert len(till.attempts(order_id)) == 1
    till.pay(mollie_id)
    assert till.state(order_id).status == "confirmed"


def test_row_27_the_answer_was_lost_and_the_job_finds_the_payment(till: Till) -> None:
    order_id = till.order()
    till.control.drop_answer(operation=CREATE)
    not_started(till, order_id)
    till.change(PaymentAttempt, till.attempt(order_id).id, next_ask_at=clock.now())
    assert jobs.reconcile_due() == 1
    attempt = till.attempt(order_id)
    assert attempt.status == "open"
    assert [payment["id"] for payment in till.control.payments()] == [attempt.mollie_id]
    keys = {call["headers"]["Idempotency-Key"] for call in till.calls("POST")}
    assert keys == {attempt.idempotency_key}


def test_row_28_create_times_out_and_nothing_was_made(till: Till) -> None:
    order_id = till.order()
    till.control.drop_request(operation=CREATE)
    not_started(till, order_id)
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]
    assert len(till.attempts(order_id)) == 1


def test_row_29_more_than_an_hour_later_the_payment_is_looked_up_not_made_again(till: Till) -> None:
    order_id = till.order()
    till.control.drop_answer(operation=CREATE)
    not_started(till, order_id)
    long_ago(till, order_id)
    till.control.advance(61 * 60)
    till.control.forget_requests()
    assert till.reconcile(order_id)
    assert till.calls("POST") == []
    assert till.attempt(order_id).mollie_id == till.control.payments()[0]["id"]


def test_row_29_when_there_is_no_such_payment_the_attempt_is_given_up(till: Till) -> None:
    order_id = till.order()
    till.control.drop_request(operation=CREATE)
    not_started(till, order_id)
    long_ago(till, order_id)
    assert till.reconcile(order_id)
    attempt = till.attempt(order_id)
    assert (attempt.status, attempt.next_ask_at) == ("refused", None)
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]
    assert len(till.attempts(order_id)) == 2


def test_row_29_a_last_look_that_failed_is_taken_again(till: Till) -> None:
    order_id = till.order()
    till.control.drop_request(operation=CREATE)
    not_started(till, order_id)
    attempt_id = till.attempt(order_id).id
    till.change(PaymentAttempt, attempt_id, created_at=clock.now() - timedelta(days=6), next_ask_at=clock.now())
    till.control.answer_next(503)
    assert jobs.reconcile_due() == 0
    attempt = till.attempt(order_id)
    assert attempt.status == "creating"
    assert attempt.next_ask_at is not None
    till.change(PaymentAttempt, attempt_id, next_ask_at=clock.now())
    assert jobs.reconcile_due() == 1
    attempt = till.attempt(order_id)
    assert (attempt.status, attempt.next_ask_at) == ("refused", None)


def test_row_30_the_same_request_is_still_in_progress(till: Till) -> None:
    order_id = till.order()
    till.control.answer_next(409, operation=CREATE, detail="A request with the same key is still in progress")
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]
    assert len(till.attempts(order_id)) == 1


def test_row_30_the_key_was_used_for_another_request(till: Till) -> None:
    order_id = till.order()
    till.control.drop_answer(operation=CREATE)
    not_started(till, order_id)
    till.change(Order, order_id, language="en")
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]
    assert till.attempt(order_id).status == "open"


def test_row_31_pay_pressed_twice_at_once(till: Till) -> None:
    order_id = till.order()
    found: list[str | None] = []
    start = threading.Barrier(2)

    def press() -> None:
        with till.app.app_context():
            start.wait()
            found.append(flows.start_payment(order_id, method="ideal").mollie_id)

    presses = [threading.Thread(target=press) for _press in range(2)]
    for press_ in presses:
        press_.start()
    for press_ in presses:
        press_.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert len(till.control.payments()) == 1
    assert len(till.attempts(order_id)) == 1


def test_row_32_a_refused_field_is_named_and_the_order_is_kept(till: Till) -> None:
    order_id = till.order()
    till.control.answer_next(422, operation=CREATE, field="description", detail="The description is invalid")
    assert not_started(till, order_id).field == "description"
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("placed", ("refused",))
    assert till.stock() == 9
    assert till.start(order_id)


@pytest.mark.parametrize("field", ["locale", "webhookUrl"])
def test_row_32_what_is_optional_is_left_out_and_tried_once_more(till: Till, field: str) -> None:
    order_id = till.order()
    till.control.answer_next(422, operation=CREATE, field=field, detail="Something is invalid")
    mollie_id = till.start(order_id)
    first, second = till.calls("POST")
    assert field in json.loads(first["body"])
    assert field not in json.loads(second["body"])
    assert first["headers"]["Idempotency-Key"] != second["headers"]["Idempotency-Key"]
    assert till.attempt(order_id).left_out == field
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]


def test_row_32_the_second_request_can_be_repeated_too(till: Till) -> None:
    order_id = till.order()
    till.control.answer_next(422, operation=CREATE, field="locale", detail="The locale is invalid")
    till.control.drop_answer(operation=CREATE)
    not_started(till, order_id)
    mollie_id = till.start(order_id)
    assert [payment["id"] for payment in till.control.payments()] == [mollie_id]


@pytest.mark.parametrize(
    ("status", "form"),
    [
        (503, "json"),
        (429, "json"),
        (500, "json"),
        (502, "html"),
        (200, "empty"),
        (200, "garbage"),
        (500, "list"),
        (422, "no-detail"),
        (422, "text-status"),
    ],
)
def test_row_33_whatever_mollie_answers_the_order_is_kept_and_can_be_paid_later(
    till: Till, visitor: Browser, status: int, form: str
) -> None:
    order_id = till.order()
    till.control.answer_next(status, operation=CREATE, form=form)
    not_started(till, order_id)
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("placed", ("creating",))
    assert till.stock() == 9
    token = db.session.get_one(Order, order_id).return_token
    page = visitor.get(f"/orders/{token}")
    assert page.status == 200
    till.pay(till.start(order_id))
    assert till.state(order_id).status == "confirmed"
    assert len(till.control.payments()) == 1


def test_row_33_mollie_is_not_there_at_all(till: Till, visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = till.order()
    monkeypatch.setitem(till.app.config, "MOLLIE_API_URL", "http://127.0.0.1:9")
    not_started(till, order_id)
    attempt = till.attempt(order_id)
    assert (attempt.status, attempt.next_ask_at) == ("creating", None)
    token = db.session.get_one(Order, order_id).return_token
    visitor.get(f"/orders/{token}")
    page = visitor.send(f"/orders/{token}/pay", method="")
    assert page.status == 503
    assert "De betaling kon zojuist niet worden gestart." in page.text
    assert till.state(order_id).status == "placed"
    monkeypatch.undo()
    assert till.start(order_id)


RATES = st.sampled_from([0, 600, 700, 900, 1900, 2100])
CARTS = st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 9), RATES), min_size=1, max_size=6)


def test_row_35_random_carts_are_never_refused(till: Till) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(lines=CARTS, shipping=st.integers(0, 2000))
    def check(lines: list[tuple[int, int, int]], shipping: int) -> None:
        bought = [(make_product(price_cents=price, stock=20), quantity) for price, quantity, _rate in lines]
        order = make_order(*bought)
        items = sum(price * quantity for price, quantity, _rate in lines)
        if not 10 <= items + shipping <= 1_500_000:
            return
        whole = order_with_all(order.id)
        for line, (_price, _quantity, rate) in zip(whole.lines, lines, strict=True):
            line.vat_basis_points = rate
        whole.shipping_cents, whole.total_cents = shipping, items + shipping
        db.session.commit()
        mollie_gateway.breaker.reset()
        attempt = flows.start_payment(order.id, method="klarna")
        assert attempt.status == "open"
        db.session.rollback()

    check()


def test_row_36_an_order_of_nothing_never_meets_mollie(till: Till) -> None:
    product = make_product(price_cents=0)
    order = make_order((product, 1), pays_by="free", delivery="pickup")
    not_started(till, order.id)
    assert till.mollie.requests() == []
    assert till.state(order.id).status == "confirmed"
    assert till.state(order.id).mails == ("order_confirmation",)


def test_only_a_placed_order_can_be_paid(till: Till) -> None:
    for status in ("confirmed", "expired", "canceled", "completed"):
        order_id = make_order(status=status).id
        not_started(till, order_id)
    not_started(till, 999_999)
    assert till.calls("POST") == []


def test_nobody_starts_payments_without_end(till: Till) -> None:
    order_id = till.order()
    for _try in range(20):
        till.control.cancel(till.start(order_id))
        till.control.settle()
    not_started(till, order_id)
    assert len(till.attempts(order_id)) == 20


def test_mollie_is_told_no_more_than_the_payment_needs(till: Till) -> None:
    order_id = till.order(email="geheim@example.com", telephone="0612345678", note="Achterom")
    till.start(order_id)
    order = db.session.get_one(Order, order_id)
    attempt = till.attempt(order_id)
    (call,) = till.calls("POST")
    assert json.loads(call["body"]) == {
        "amount": {"currency": "EUR", "value": "17.45"},
        "description": order.number,
        "redirectUrl": f"http://localhost/orders/{order.return_token}",
        "webhookUrl": f"http://localhost/webhooks/mollie/{attempt.token}",
        "locale": "nl_NL",
        "metadata": attempt.token,
        "method": "ideal",
    }
    assert call["headers"]["X-Mollie-Client-Info"] == "redacted"
    assert db.session.query(Disclosure).one().fields == "order_number, amount"  # and nothing of the customer


def test_pay_later_is_told_the_address_and_the_ledger_says_so(till: Till) -> None:
    order_id = till.order(email="sanne@example.com")
    till.start(order_id, "klarna")
    (call,) = till.calls("POST")
    assert json.loads(call["body"])["billingAddress"] == {
        "givenName": "Sanne",
        "familyName": "de Vries",
        "streetAndNumber": "Donkerstraat 52",
        "postalCode": "3841 CD",
        "city": "Harderwijk",
        "country": "NL",
        "email": "sanne@example.com",
    }
    assert [line["type"] for line in json.loads(call["body"])["lines"]] == ["physical", "shipping_fee"]
    told = db.session.query(Disclosure).one()
    assert told.fields == ", ".join((*bodies.PAYMENT_FIELDS, *bodies.ADDRESS_FIELDS, *bodies.LINE_FIELDS))
    assert "Donkerstraat" not in told.fields


def test_without_a_method_the_customer_chooses_at_mollie(till: Till) -> None:
    order_id = till.order()
    mollie_id = till.start(order_id, "")
    (call,) = till.calls("POST")
    assert "method" not in call["body"]
    assert till.start(order_id, "") == mollie_id


def test_an_address_that_mollie_cannot_call_is_not_sent_to_it(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = till.order()
    monkeypatch.setitem(till.app.config, "MOLLIE_API_URL", "https://api.mollie.com")
    for public, is_called in (
        ("http://localhost", False),
        ("http://192.168.1.7:8000", False),
        ("http://127.0.0.1:8000", False),
        ("https://shop.local", False),
        ("https://www.sosera.nl", True),
    ):
        monkeypatch.setitem(till.app.config, "PUBLIC_URL", public)
        assert bodies.can_be_called() is is_called
    assert till.state(order_id).status == "placed"
