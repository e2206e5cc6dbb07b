"""What becomes of a payment, and what its object says at each stage."""

from typing import Any

import pytest
from mollie.api.client import Client
from mollie.api.error import ConflictError, ResponseError, UnprocessableEntityError

from shop.payments.simulator import CANARIES, ControlRefused, SimulatorServer
from tests.payments.simulator.conftest import ADDRESS, SHOP, Shop, euro, line, order

DAY = 86400
STATUS_FIELDS = {
    *("isCancelable", "expiresAt", "authorizedAt", "captureBefore", "paidAt", "failedAt", "canceledAt", "expiredAt"),
    *("amountRefunded", "amountRemaining", "amountCaptured", "amountChargedBack", "details", "countryCode"),
}
STATUS_LINKS = {"checkout", "changePaymentState", "refunds", "chargebacks", "captures"}


@pytest.mark.parametrize(
    ("status", "method", "fields", "links"),
    [
        ("open", "ideal", {"isCancelable", "expiresAt"}, {"checkout"}),
        ("pending", "ideal", {"isCancelable", "expiresAt"}, set()),
        (
            "paid",
            "ideal",
            {"paidAt", "amountRefunded", "amountRemaining", "details", "countryCode"},
            {"changePaymentState"},
        ),
        ("failed", "creditcard", {"failedAt", "details"}, set()),
        ("failed", "ideal", {"failedAt"}, set()),
        ("canceled", "ideal", {"canceledAt"}, set()),
        ("expired", "ideal", {"expiredAt"}, set()),
    ],
)
def test_each_status_has_its_own_fields(
    mollie: Client, sim: SimulatorServer, status: str, method: str, fields: set[str], links: set[str]
) -> None:
    payment = mollie.payments.create(order(method=method))
    if status != "open":
        sim.control.set_status(payment.id, status)
    found = mollie.payments.get(payment.id)
    assert found.status == status
    assert set(found) & STATUS_FIELDS == fields
    assert set(found["_links"]) & STATUS_LINKS == links


def test_a_payment_with_a_free_method_has_none_until_it_is_chosen(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order(method=None))
    assert payment["method"] is None
    sim.control.pay(payment.id, method="bancontact")
    assert mollie.payments.get(payment.id).method == "bancontact"


@pytest.mark.parametrize("method", ["ideal", "creditcard", "paypal", "banktransfer", "applepay"])
def test_a_paid_payment_tells_about_the_shopper(mollie: Client, sim: SimulatorServer, method: str) -> None:
    payment = mollie.payments.create(order(method=method))
    sim.control.pay(payment.id)
    assert any(canary in str(mollie.payments.get(payment.id)["details"]) for canary in CANARIES)


def test_a_final_payment_stays_as_it_is(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    sim.control.fail(payment.id)
    for status in ("open", "paid", "expired"):
        with pytest.raises(ControlRefused, match="cannot become"):
            sim.control.set_status(payment.id, status)
    assert mollie.payments.get(payment.id).status == "failed"


@pytest.mark.parametrize(
    ("method", "seconds"), [("ideal", 15 * 60), (None, 15 * 60), ("paypal", 3 * DAY), ("banktransfer", 14 * DAY)]
)
def test_an_open_payment_expires_after_its_methods_time(
    mollie: Client, sim: SimulatorServer, shop: Shop, method: str | None, seconds: int
) -> None:
    payment = mollie.payments.create(order(method=method))
    sim.control.advance(seconds - 5)
    assert mollie.payments.get(payment.id).status == "open"
    sim.control.advance(10)
    expired = mollie.payments.get(payment.id)
    assert (expired.status, expired["expiredAt"]) == ("expired", payment["expiresAt"])
    assert shop.heard == [payment.id]


def test_a_card_fails_for_the_reason_its_amount_stands_for(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order(method="creditcard", amount=euro("1007.00")))
    sim.control.fail(payment.id)
    assert mollie.payments.get(payment.id)["details"]["failureReason"] == "insufficient_funds"


def test_an_open_bank_transfer_can_be_canceled_and_others_can_not(
    mollie: Client, sim: SimulatorServer, shop: Shop
) -> None:
    transfer, ideal = mollie.payments.create(order(method="banktransfer")), mollie.payments.create(order())
    assert (transfer.is_cancelable, ideal.is_cancelable) == (True, False)
    assert mollie.payments.delete(transfer.id).status == "canceled"
    with pytest.raises(UnprocessableEntityError, match="The payment cannot be cancelled"):
        mollie.payments.delete(ideal.id)
    sim.control.settle()
    assert shop.heard == [transfer.id]


def test_a_change_reaches_what_may_change_and_tells_nobody(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = mollie.payments.create(order())
    changed = mollie.payments.update(payment.id, {"description": "Order 2", "metadata": {"a": "b"}})
    assert (changed.description, changed.metadata) == ("Order 2", {"a": "b"})
    with pytest.raises(UnprocessableEntityError, match='Non-existent body parameter "amount"'):
        mollie.payments.update(payment.id, {"amount": euro("1.00")})
    sim.control.settle()
    assert shop.heard == []
    sim.control.pay(payment.id)
    with pytest.raises(UnprocessableEntityError, match="when the payment is finalized"):
        mollie.payments.update(payment.id, {"redirectUrl": f"{SHOP}/other"})


def authorized(mollie: Client, sim: SimulatorServer, **changes: Any) -> Any:
    """A card payment whose money is set aside."""
    payment = mollie.payments.create(order(method="creditcard", **({"captureMode": "manual"} | changes)))
    sim.control.authorize(payment.id)
    return mollie.payments.get(payment.id)


def test_a_capture_pays_an_authorized_payment(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = authorized(mollie, sim)
    assert {"authorizedAt", "captureBefore", "amountCaptured"} <= set(payment)
    assert "paidAt" not in payment
    capture = payment.captures.create({"amount": euro("4.00"), "description": "first parcel"})
    assert capture["status"] == "pending"
    sim.control.advance(5)
    paid = mollie.payments.get(payment.id, embed="captures")
    assert (paid.status, paid["amountCaptured"], paid["amountRemaining"]) == ("paid", euro("4.00"), euro("4.00"))
    assert paid["_embedded"]["captures"][0]["status"] == "succeeded"
    assert paid["authorizedAt"] == payment["authorizedAt"]
    with pytest.raises(UnprocessableEntityError):
        payment.captures.create({"amount": euro("6.01")})
    assert payment.captures.create({})["amount"] == euro("6.00")
    assert shop.heard == [payment.id] * 2


def test_a_capture_can_fail(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = authorized(mollie, sim)
    capture = payment.captures.create({})
    sim.control.set_capture(capture.id, "failed")
    sim.control.settle()
    assert mollie.payments.get(payment.id).status == "authorized"
    assert shop.heard == [payment.id] * 2


def test_releasing_an_authorization_takes_a_moment(mollie: Client, sim: SimulatorServer) -> None:
    payment = authorized(mollie, sim)
    assert mollie.payments.release_authorization(payment.id) == {}
    assert mollie.payments.get(payment.id).status == "authorized"
    sim.control.advance(5)
    released = mollie.payments.get(payment.id)
    assert released.status == "canceled"
    assert not {"authorizedAt", "captureBefore", "amountCaptured"} & set(released)
    with pytest.raises(UnprocessableEntityError):
        mollie.payments.release_authorization(payment.id)


def test_an_authorization_nobody_captures_expires(mollie: Client, sim: SimulatorServer) -> None:
    payment = authorized(mollie, sim)
    sim.control.advance(8 * DAY)
    assert mollie.payments.get(payment.id).status == "expired"


def test_a_capture_delay_captures_by_itself(mollie: Client, sim: SimulatorServer) -> None:
    payment = authorized(mollie, sim, captureMode=None, captureDelay="2 days")
    sim.control.advance(2 * DAY + 5)
    assert mollie.payments.get(payment.id).status == "paid"


def test_paying_later_needs_an_address_and_lines(mollie: Client, sim: SimulatorServer) -> None:
    sent = order(method="riverty", captureMode="manual", lines=[line()], billingAddress=ADDRESS)
    payment = mollie.payments.create(sent)
    sim.control.authorize(payment.id)
    assert mollie.payments.get(payment.id).is_cancelable


def test_a_refund_goes_its_way_and_the_payment_stays_paid(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = mollie.payments.create(order())
    with pytest.raises(UnprocessableEntityError):
        payment.refunds.create({"amount": euro("1.00"), "description": "not paid yet"})
    sim.control.pay(payment.id)
    refund = payment.refunds.create({"amount": euro("4.00"), "description": "teapot", "metadata": {"row": "7"}})
    assert (refund.status, refund["metadata"]) == ("pending", {"row": "7"})
    sim.control.advance(60)
    assert payment.refunds.get(refund.id).status == "processing"
    sim.control.advance(60)
    found = mollie.payments.get(payment.id, embed="refunds")
    assert found["_embedded"]["refunds"][0]["status"] == "refunded"
    assert (found.status, found["amountRefunded"], found["amountRemaining"]) == ("paid", euro("4.00"), euro("6.00"))
    assert shop.heard == [payment.id] * 3
    with pytest.raises(UnprocessableEntityError):
        payment.refunds.delete(refund.id)


def test_the_same_refund_twice_in_an_hour_is_a_conflict(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    first = payment.refunds.create({"amount": euro("5.00"), "description": ""})
    with pytest.raises(ConflictError, match="A duplicate refund has been detected"):
        payment.refunds.create({"amount": euro("5.00"), "description": ""})
    with pytest.raises(UnprocessableEntityError, match="The specified amount cannot be refunded"):
        payment.refunds.create({"amount": euro("5.01"), "description": ""})
    sim.control.advance(61 * 60)
    payment.refunds.create({"amount": euro("5.00"), "description": ""})
    assert payment.refunds.get(first.id).status == "refunded"


def test_a_refund_can_wait_for_balance_fail_or_be_canceled(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    sim.control.settings(refund_start="queued")
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    queued = [payment.refunds.create({"amount": euro(value), "description": ""}) for value in ("1.00", "2.00", "3.00")]
    sim.control.advance(3600)
    assert payment.refunds.get(queued[0].id).status == "queued"
    sim.control.set_refund(queued[0].id, "failed")
    sim.control.set_refund(queued[1].id, "canceled")
    assert payment.refunds.delete(queued[2].id) == {}
    sim.control.settle()
    assert mollie.payments.get(payment.id)["amountRemaining"] == euro("10.00")
    assert shop.heard == [payment.id] * 2


def test_a_refund_that_waited_for_balance_goes_its_way_from_processing_too(
    mollie: Client, sim: SimulatorServer
) -> None:
    sim.control.settings(refund_start="queued")
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    refund = payment.refunds.create({"amount": euro("1.00"), "description": ""})
    sim.control.set_refund(refund.id, "processing")
    sim.control.advance(3600)
    assert payment.refunds.get(refund.id).status == "refunded"


def test_a_refund_in_the_dashboard_is_heard_of(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    refund = sim.control.refund(payment.id)
    assert payment.refunds.get(refund["id"]).amount == euro("10.00")


def test_a_chargeback_leaves_the_payment_paid_and_can_be_reversed(
    mollie: Client, sim: SimulatorServer, shop: Shop
) -> None:
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    chargeback = sim.control.charge_back(payment.id)
    charged = mollie.payments.get(payment.id)
    assert (charged.status, charged["amountChargedBack"]) == ("paid", euro("10.00"))
    assert payment.chargebacks.get(chargeback["id"])["reversedAt"] is None
    sim.control.settle()
    assert len(shop.heard) == 2
    sim.control.reverse(chargeback["id"])
    sim.control.settle()
    assert len(shop.heard) == 2
    assert "amountChargedBack" not in mollie.payments.get(payment.id)
    assert payment.chargebacks.get(chargeback["id"])["reversedAt"]


def test_a_deleted_customer_is_gone(mollie: Client) -> None:
    customer = mollie.customers.create({"name": "Anna"})
    mollie.customers.delete(customer.id)
    with pytest.raises(ResponseError) as gone:
        mollie.customers.get(customer.id)
    assert gone.value.status == 410
    assert len(mollie.customers.list()) == 0
