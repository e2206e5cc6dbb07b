"""What a shop may send, who may ask, and how calls are repeated."""

import json
import threading
from typing import Any

import pytest
import requests
from mollie.api.client import Client
from mollie.api.error import BadRequestError, NotFoundError, UnauthorizedError, UnprocessableEntityError

from shop.payments.simulator import SimulatorServer
from tests.payments.simulator.conftest import ADDRESS, KEY, SHOP, euro, line, make_client, order


def post(sim: SimulatorServer, body: Any, **headers: str) -> requests.Response:
    """A create call by hand."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    return requests.post(f"{sim.base_url}/v2/payments", data=sent, headers=known | headers, timeout=5)


def test_a_new_payment_is_open_and_keeps_what_was_sent(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order(metadata={"attempt": "x1"}, locale="nl_NL", cancelUrl=f"{SHOP}/cancel"))
    assert payment.id.startswith("tr_")
    assert len(payment.id) == 25
    assert (payment.status, payment.mode, payment.amount) == ("open", "test", euro("10.00"))
    assert (payment.metadata, payment.locale) == ({"attempt": "x1"}, "nl_NL")
    assert payment["cancelUrl"] == f"{SHOP}/cancel"
    for link in payment["_links"].values():
        assert link["href"].startswith((sim.base_url, "https://docs.mollie.com/"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": euro("10")}, "amount"),
        ({"amount": euro("10.0")}, "amount"),
        ({"amount": euro("10.001")}, "amount"),
        ({"amount": euro("10,00")}, "amount"),
        ({"amount": {"currency": "EUR", "value": 10}}, "amount"),
        ({"amount": {"currency": "JPY", "value": "10.00"}}, "amount"),
        ({"amount": {"currency": "XXX", "value": "10.00"}}, "amount"),
        ({"amount": euro("0.00")}, "amount"),
        ({"amount": euro("-1.00")}, "amount"),
        ({"amount": euro("50000.01")}, "amount"),
        ({"amount": {"currency": "USD", "value": "10.00"}}, "amount"),
        ({"description": None}, "description"),
        ({"description": " "}, "description"),
        ({"redirectUrl": None}, "redirectUrl"),
        ({"redirectUrl": "/return"}, "redirectUrl"),
        ({"redirectUrl": "javascript:alert(1)"}, "redirectUrl"),
        ({"redirectUrl": f"{SHOP}/{'x' * 1023}"}, "redirectUrl"),
        ({"webhookUrl": "nowhere"}, "webhookUrl"),
        ({"metadata": {"x": "y" * 1024}}, "metadata"),
        ({"metadata": [1]}, "metadata"),
        ({"locale": "nl"}, "locale"),
        ({"method": "giropay"}, "method"),
        ({"method": "alma"}, "method"),
        ({"method": ["ideal", 3]}, "method"),
        ({"colour": "red"}, "colour"),
        ({"testmode": True}, "testmode"),
        ({"method": "klarna", "billingAddress": ADDRESS}, "lines"),
        ({"method": "klarna", "lines": [line()]}, "billingAddress"),
        ({"method": "klarna", "lines": [line()], "billingAddress": ADDRESS | {"email": ""}}, "billingAddress.email"),
        ({"method": "riverty", "lines": [line()], "billingAddress": ADDRESS}, "captureMode"),
        ({"billingAddress": ADDRESS | {"phone": "0341 123456"}}, "billingAddress.billingAddress.phone"),
        ({"billingAddress": ADDRESS | {"givenName": "1234"}}, "billingAddress.givenName"),
        ({"shippingAddress": ADDRESS | {"country": "nl"}}, "shippingAddress.country"),
        ({"shippingAddress": ADDRESS | {"colour": "red"}}, "shippingAddress.colour"),
        ({"captureMode": "manual"}, "captureMode"),
        ({"method": "creditcard", "captureDelay": "8 days"}, "captureDelay"),
        ({"dueDate": "2030-01-01"}, "dueDate"),
        ({"method": "banktransfer", "dueDate": "2020-01-01"}, "dueDate"),
        ({"sequenceType": "recurring"}, "sequenceType"),
        ({"customerId": "cst_nobody"}, "customerId"),
        ({"lines": []}, "lines"),
        ({"lines": [line(totalAmount=euro("9.99"))]}, "lines.0.totalAmount"),
        ({"lines": [line(vatAmount=euro("1.73"))]}, "lines.0.vatAmount"),
        ({"lines": [line(vatRate=21)]}, "lines.0.vatRate"),
        ({"lines": [line(quantity=0)]}, "lines.0.quantity"),
        ({"lines": [line(unitPrice=euro("-5.00"), totalAmount=euro("-10.00"))]}, "lines.0.unitPrice"),
        ({"lines": [line(), line()]}, "amount"),
        ({"lines": [line(colour="red")]}, "lines.0.colour"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(
    mollie: Client, sim: SimulatorServer, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnprocessableEntityError) as refused:
        mollie.payments.create(order(**changes))
    assert refused.value.field == field
    assert sim.control.payments() == []


def test_lines_with_a_discount_add_up(mollie: Client) -> None:
    teapot = line(discountAmount=euro("1.00"), totalAmount=euro("9.00"), vatAmount=euro("1.56"))
    gift = line(type="gift_card", quantity=1, unitPrice=euro("-2.00"), totalAmount=euro("-2.00"), vatRate="0.00")
    lines = [teapot, gift | {"vatAmount": euro("0.00")}]
    assert mollie.payments.create(order(amount=euro("7.00"), lines=lines)).status == "open"


def test_a_vat_amount_that_is_off_says_what_was_expected(mollie: Client) -> None:
    with pytest.raises(UnprocessableEntityError) as refused:
        mollie.payments.create(order(lines=[line(vatAmount=euro("1.75"))]))
    assert "Expected to be EUR 1.74 (EUR 10.00 × (21.00 / 121.00)), got EUR 1.75" in str(refused.value)


def test_a_long_description_is_cut(mollie: Client) -> None:
    assert mollie.payments.create(order(description="x" * 300)).description == "x" * 255


def test_only_test_keys_are_taken(sim: SimulatorServer) -> None:
    answers = [post(sim, order(), Authorization=given) for given in ("", "Basic x", "Bearer live_abcdef", "Bearer x")]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert answers[0].json()["title"] == "Unauthorized Request"
    assert "simulator" in answers[2].json()["detail"]
    with pytest.raises(UnauthorizedError):
        make_client(sim.base_url, "live_abcdefghijklmnopqrstuvwxyz").payments.list()
    assert sim.control.payments() == []


def test_another_key_sees_nothing_of_a_payment(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    other = make_client(sim.base_url, "test_anotheranotheranotheranother0")
    with pytest.raises(NotFoundError, match=f"No payment exists with token {payment.id}."):
        other.payments.get(payment.id)
    assert len(other.payments.list()) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"description": "\\ud800"}', 400),
        (b'{"metadata": NaN}', 400),
        (b'{"metadata": 1e999}', 400),
        (b"[" * 100_000, 400),
        (b" " * 1_000_001, 413),
        (b"", 422),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(sim: SimulatorServer, body: bytes, status: int) -> None:
    answer = post(sim, body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_other_forms_verbs_and_addresses_are_refused(sim: SimulatorServer) -> None:
    assert post(sim, b"a=b", **{"Content-Type": "application/x-www-form-urlencoded"}).status_code == 415
    put = requests.put(f"{sim.base_url}/v2/payments", timeout=5)
    assert (put.status_code, set(put.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "OPTIONS", "POST"})
    missing = requests.get(f"{sim.base_url}/v2/nothing", timeout=5)
    assert (missing.status_code, missing.json()["title"]) == (404, "Not Found")
    assert missing.headers["Content-Type"] == "application/hal+json"


def test_the_same_key_gives_the_first_answer_again_for_an_hour(mollie: Client, sim: SimulatorServer) -> None:
    first = post(sim, order(), **{"Idempotency-Key": "attempt-1"})
    again = post(sim, order(), **{"Idempotency-Key": "attempt-1"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = post(sim, order(description="Order 2"), **{"Idempotency-Key": "attempt-1"})
    assert other.status_code == 400
    sim.control.advance(61 * 60)
    assert mollie.payments.create(order(), idempotency_key="attempt-1").id != first.json()["id"]
    assert len(sim.control.payments()) == 2


def test_a_repeat_during_the_first_call_is_told_to_wait(sim: SimulatorServer) -> None:
    sim.control.answer_late(0.4, operation="payments.create")
    first = threading.Thread(target=post, args=(sim, order()), kwargs={"Idempotency-Key": "attempt-1"})
    first.start()
    while not sim.control.payments():
        pass
    assert post(sim, order(), **{"Idempotency-Key": "attempt-1"}).status_code == 409
    first.join()
    again = post(sim, order(), **{"Idempotency-Key": "attempt-1"})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [payment["id"] for payment in sim.control.payments()] == [again.json()["id"]]


def test_lists_come_in_pages_that_lead_to_each_other(mollie: Client) -> None:
    made = [mollie.payments.create(order(description=f"Order {number}")).id for number in range(5)]
    first = mollie.payments.list(limit=2)
    assert [payment.id for payment in first] == [made[4], made[3]]
    assert not first.has_previous()
    second = first.get_next()
    third = second.get_next()
    assert [payment.id for payment in second] == [made[2], made[1]]
    assert [payment.id for payment in third] == [made[0]]
    assert not third.has_next()
    assert [payment.id for payment in third.get_previous()] == [made[2], made[1]]
    oldest_first = mollie.payments.list(sort="asc", **{"from": made[1], "limit": 3})
    assert [payment.id for payment in oldest_first] == made[1:4]
    for query in ({"limit": "0"}, {"limit": "251"}, {"from": "tr_unknown"}, {"sort": "up"}):
        with pytest.raises(BadRequestError):
            mollie.payments.list(**query)


def test_methods_follow_amount_country_and_wallet(mollie: Client) -> None:
    def ids(**query: Any) -> list[str]:
        return [method.id for method in mollie.methods.list(**query)]

    assert ids()[0] == "ideal"
    assert "applepay" not in ids()
    assert "applepay" in ids(includeWallets="applepay")
    assert "bancontact" not in ids(billingCountry="NL")
    assert "ideal" not in ids(billingCountry="BE")
    assert "creditcard" not in ids(amount=euro("10000.01"))
    assert "klarna" not in ids(amount=euro("0.05"))
    with pytest.raises(BadRequestError, match="The amount is lower than the minimum"):
        ids(amount=euro("0.00"))
    with pytest.raises(BadRequestError, match="The sequence type is invalid"):
        ids(sequenceType="sometimes")
    assert mollie.methods.get("banktransfer", locale="nl_NL").description == "Bankoverschrijving"
    with pytest.raises(NotFoundError):
        mollie.methods.get("sofort")
