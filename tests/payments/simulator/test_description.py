"""Every answer has the form that Mollie's description gives it."""

import pytest
import requests
from mollie.api.client import Client
from mollie.api.error import ConflictError, Error, UnprocessableEntityError

from shop.payments.simulator import SimulatorServer
from tests.payments.simulator.conftest import ADDRESS, KEY, SHOP, euro, line, make_client, order
from tests.payments.simulator.description import Description

PAYMENT = "/v2/payments/{paymentId}"
OPERATIONS = {
    *(("post", "/v2/payments", 201), ("get", "/v2/payments", 200), ("get", PAYMENT, 200), ("patch", PAYMENT, 200)),
    *(("delete", PAYMENT, 200), ("post", f"{PAYMENT}/release-authorization", 202)),
    *(("post", f"{PAYMENT}/refunds", 201), ("get", f"{PAYMENT}/refunds", 200), ("get", "/v2/refunds", 200)),
    *(("get", f"{PAYMENT}/refunds/{{refundId}}", 200), ("delete", f"{PAYMENT}/refunds/{{refundId}}", 204)),
    *(("post", f"{PAYMENT}/captures", 201), ("get", f"{PAYMENT}/captures", 200)),
    *(("get", f"{PAYMENT}/captures/{{captureId}}", 200), ("get", f"{PAYMENT}/chargebacks", 200)),
    *(("get", f"{PAYMENT}/chargebacks/{{chargebackId}}", 200), ("get", "/v2/chargebacks", 200)),
    *(("get", "/v2/methods", 200), ("get", "/v2/methods/all", 200), ("get", "/v2/methods/{methodId}", 200)),
    *(("post", "/v2/payment-links", 201), ("get", "/v2/payment-links", 200)),
    *(("get", "/v2/payment-links/{paymentLinkId}", 200), ("patch", "/v2/payment-links/{paymentLinkId}", 200)),
    *(("delete", "/v2/payment-links/{paymentLinkId}", 204),),
    *(("get", "/v2/payment-links/{paymentLinkId}/payments", 200),),
    *(("post", "/v2/customers", 201), ("get", "/v2/customers", 200), ("get", "/v2/customers/{customerId}", 200)),
    *(("patch", "/v2/customers/{customerId}", 200), ("delete", "/v2/customers/{customerId}", 204)),
    *(("post", "/v2/customers/{customerId}/payments", 201), ("get", "/v2/customers/{customerId}/payments", 200)),
    *(("post", "/v2/payments", 422), ("get", PAYMENT, 404), ("post", f"{PAYMENT}/refunds", 409)),
    *(("post", f"{PAYMENT}/refunds", 422), ("post", f"{PAYMENT}/captures", 422), ("get", "/v2/payments", 400)),
}


@pytest.fixture
def checked(sim: SimulatorServer, described: Description) -> Client:
    """The real client; each answer it gets is compared with the description."""
    client = make_client(sim.base_url)
    client._client.hooks["response"].append(described.check)
    return client


@pytest.fixture
def raw(checked: Client, sim: SimulatorServer) -> requests.Session:
    """The client's session, for what the client can not do."""
    session: requests.Session = checked._client
    session.headers["Authorization"] = f"Bearer {KEY}"
    return session


def _payments(client: Client, sim: SimulatorServer) -> None:
    payment = client.payments.create(order(lines=[line()], billingAddress=ADDRESS, metadata={"token": "x"}))
    client.payments.update(payment.id, {"description": "Order 2"})
    sim.control.pay(payment.id)
    client.payments.get(payment.id)
    refund = payment.refunds.create({"amount": euro("2.00"), "description": "", "metadata": {"a": "b"}})
    payment.refunds.get(refund.id)
    with pytest.raises(ConflictError):
        payment.refunds.create({"amount": euro("2.00"), "description": "again"})
    with pytest.raises(UnprocessableEntityError):
        payment.refunds.create({"amount": euro("20.00"), "description": "too much"})
    chargeback = sim.control.charge_back(payment.id, euro("3.00"))
    payment.chargebacks.get(chargeback["id"])
    sim.control.reverse(chargeback["id"])
    client.payments.get(payment.id, embed="refunds,chargebacks,captures")
    for found in (payment.refunds.list(), payment.chargebacks.list(), client.refunds.list(), client.chargebacks.list()):
        assert len(found) == 1
    payment.refunds.delete(refund.id)
    open_transfer = client.payments.create(order(method="banktransfer", locale="nl_NL"))
    client.payments.delete(open_transfer.id)
    card = client.payments.create(order(method="creditcard", captureMode="manual"))
    sim.control.authorize(card.id)
    capture = card.captures.create({"amount": euro("4.00"), "description": "part"})
    card.captures.get(capture.id)
    card.captures.list()
    client.payments.release_authorization(card.id)
    with pytest.raises(UnprocessableEntityError):
        card.captures.create({"amount": euro("40.00")})
    for status in ("open", "pending", "authorized", "paid", "failed", "canceled", "expired"):
        for method in ("ideal", "creditcard", "paypal", "banktransfer", None):
            each = client.payments.create(order(method=method))
            if status != "open":
                sim.control.set_status(each.id, status)
            client.payments.get(each.id)
    for query in ({"limit": 2}, {"limit": 250, "sort": "asc"}, {"limit": "none"}):
        try:
            client.payments.list(**query)
        except Error:
            assert query == {"limit": "none"}
    for bad in ({"amount": euro("1")}, {"description": None}, {"colour": "red"}):
        with pytest.raises(UnprocessableEntityError):
            client.payments.create(order(**bad))
    with pytest.raises(Error):
        client.payments.get("tr_doesnotexist")


def test_every_operation_answers_as_described(
    sim: SimulatorServer, checked: Client, raw: requests.Session, described: Description
) -> None:
    _payments(checked, sim)
    assert len(checked.methods.list(amount=euro("10.00"), billingCountry="NL", includeWallets="applepay"))
    assert len(checked.methods.all(locale="nl_NL")) > 30
    assert checked.methods.get("ideal").description == "iDEAL | Wero"
    link = checked.payment_links.create({"description": "Teapot", "amount": euro("24.95"), "redirectUrl": f"{SHOP}/"})
    free = checked.payment_links.create({"description": "Gift"})
    assert checked.payment_links.get(link.id).amount == euro("24.95")
    assert len(checked.payment_links.list()) == 2
    assert len(link.payments.list()) == 0
    address = f"{sim.base_url}/v2/payment-links/{free.id}"
    assert raw.patch(address, json={"archived": True}).json()["archived"] is True
    assert raw.delete(address).status_code == 204
    customer = checked.customers.create({"name": "Anna Jansen", "email": "anna@example.com"})
    customer.payments.create(order())
    assert len(customer.payments.list()) == 1
    assert checked.customers.update(customer.id, {"name": "Anna de Vries"}).name == "Anna de Vries"
    assert checked.customers.get(customer.id).email == "anna@example.com"
    assert len(checked.customers.list()) == 1
    checked.customers.delete(customer.id)
    assert described.seen >= OPERATIONS, OPERATIONS - described.seen
