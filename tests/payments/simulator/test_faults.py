"""What can be made to go wrong, as the real client meets it."""

import pytest
import requests
from mollie.api.client import Client
from mollie.api.error import NotFoundError, RequestError, ResponseError, ResponseHandlingError, UnprocessableEntityError

from shop.payments.simulator import ControlRefused, SimulatorServer
from tests.payments.simulator.conftest import euro, make_client, order


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503])
def test_the_next_call_can_be_answered_with_any_error(mollie: Client, sim: SimulatorServer, status: int) -> None:
    sim.control.answer_next(status, operation="payments.create", detail="Refused", field="amount")
    assert len(mollie.payments.list()) == 0
    with pytest.raises(ResponseError, match="Refused") as refused:
        mollie.payments.create(order())
    assert (refused.value.status, refused.value.field) == (status, "amount")
    assert mollie.payments.create(order()).status == "open"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ("html", 502, ResponseHandlingError),
        ("empty", 200, ResponseHandlingError),
        ("garbage", 200, ResponseHandlingError),
        ("list", 500, ResponseHandlingError),
        ("no-detail", 422, KeyError),
        ("text-status", 422, TypeError),
    ],
)
def test_an_answer_can_be_of_no_use(
    mollie: Client, sim: SimulatorServer, form: str, status: int, error: type[Exception]
) -> None:
    sim.control.answer_next(status, form=form, times=2)
    for _ in range(2):
        with pytest.raises(error):
            mollie.payments.list()
    assert len(mollie.payments.list()) == 0


def test_a_payment_can_be_of_the_other_mode(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    sim.control.refuse_mode(payment.id)
    for _ in range(2):
        with pytest.raises(NotFoundError, match="the wrong mode is used"):
            mollie.payments.get(payment.id)


def test_headers_can_be_added_to_an_error(sim: SimulatorServer) -> None:
    sim.control.answer_next(429, headers={"Retry-After": "7"})
    assert requests.get(f"{sim.base_url}/v2/methods", timeout=5).headers["Retry-After"] == "7"


def test_a_fault_can_last_until_it_is_forgotten(mollie: Client, sim: SimulatorServer) -> None:
    sim.control.answer_next(503, operation="methods.list", times=None)
    for _ in range(3):
        with pytest.raises(ResponseError):
            mollie.methods.list()
    sim.control.forget_faults()
    assert len(mollie.methods.list())


def test_a_dropped_request_makes_nothing(mollie: Client, sim: SimulatorServer) -> None:
    sim.control.drop_request(operation="payments.create")
    with pytest.raises(RequestError):
        mollie.payments.create(order(), idempotency_key="attempt-1")
    assert sim.control.payments() == []
    mollie.payments.create(order(), idempotency_key="attempt-1")
    assert len(sim.control.payments()) == 1


def test_a_dropped_answer_is_given_to_whoever_repeats(mollie: Client, sim: SimulatorServer) -> None:
    sim.control.drop_answer(operation="payments.create")
    with pytest.raises(RequestError):
        mollie.payments.create(order(), idempotency_key="attempt-1")
    (made,) = sim.control.payments()
    assert mollie.payments.create(order(), idempotency_key="attempt-1").id == made["id"]


def test_an_answer_can_come_too_late(mollie: Client, sim: SimulatorServer) -> None:
    mollie.set_timeout((2, 0.2))
    sim.control.answer_late(0.4, operation="payments.create")
    with pytest.raises(RequestError):
        mollie.payments.create(order())
    assert len(sim.control.payments()) == 1


def test_all_answers_can_be_slow(mollie: Client, sim: SimulatorServer) -> None:
    sim.control.settings(api_delay=0.3)
    mollie.set_timeout((2, 0.1))
    with pytest.raises(RequestError):
        mollie.payments.list()


def test_a_payment_can_be_shown_otherwise_than_it_is(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    sim.control.show_amount(payment.id, "0.01", "USD")
    assert mollie.payments.get(payment.id).amount == {"currency": "USD", "value": "0.01"}
    sim.control.show_mode(payment.id)
    assert mollie.payments.get(payment.id).mode == "live"
    sim.control.show_status(payment.id)
    assert mollie.payments.get(payment.id).status == "paidout"
    sim.control.hide_paid_at(payment.id)
    odd = mollie.payments.get(payment.id)
    assert (odd.status, odd.is_paid()) == ("paid", False)
    sim.control.be_honest(payment.id)
    assert mollie.payments.get(payment.id).is_paid()


def test_parts_of_an_answer_can_be_replaced(mollie: Client, sim: SimulatorServer) -> None:
    elsewhere = {"href": "https://api.mollie.com/v2/payments?from=tr_x", "type": "application/hal+json"}
    sim.control.merge_into_answer({"_links": {"next": elsewhere, "previous": None}}, operation="payments.list")
    page = mollie.payments.list()
    assert page["_links"]["next"] == elsewhere
    assert "previous" not in page["_links"]
    assert page["_links"]["self"]["href"].startswith(sim.base_url)


def test_what_the_shop_sent_can_be_looked_at(mollie: Client, sim: SimulatorServer) -> None:
    mollie.payments.create(order(), idempotency_key="attempt-1")
    with pytest.raises(UnprocessableEntityError):
        mollie.payments.create(order(amount=euro("0.00")), idempotency_key="attempt-2")
    ours = ("attempt-1", "attempt-2")  # a request that an earlier test gave up on may still come in
    first, second = [sent for sent in sim.requests() if sent["headers"].get("Idempotency-Key") in ours]
    assert (first["method"], first["path"], first["status"], second["status"]) == ("POST", "/v2/payments", 201, 422)
    assert first["headers"]["Idempotency-Key"] == "attempt-1"
    assert first["headers"]["X-Mollie-Client-Info"] == "redacted"
    assert '"Order 1"' in first["body"]
    sim.control.forget_requests()
    assert not [sent for sent in sim.requests() if sent["headers"].get("Idempotency-Key") in ours]


def test_a_command_nobody_knows_is_refused(sim: SimulatorServer) -> None:
    with pytest.raises(ControlRefused, match="settings"):
        sim.control.settings(colour="red")
    with pytest.raises(ControlRefused, match="mode"):
        sim.control.webhooks("sideways")
    with pytest.raises(ControlRefused, match="form"):
        sim.control.answer_next(500, form="poem")
    with pytest.raises(ControlRefused, match="No payment exists"):
        sim.control.pay("tr_unknown")


def test_a_reset_forgets_everything(mollie: Client, sim: SimulatorServer) -> None:
    mollie.payments.create(order())
    sim.control.settings(api_delay=0.01)
    sim.control.answer_next(500, times=None)
    sim.control.reset()
    assert len(make_client(sim.base_url).payments.list()) == 0
    assert sim.control.settings()["api_delay"] == 0
