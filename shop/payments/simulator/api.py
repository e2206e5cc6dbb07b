"""Mollie's HTTP API: payments and what hangs on them."""

from flask import Blueprint, request

from shop.payments.simulator import captures, chargebacks, customers, lists, payments, present, refunds
from shop.payments.simulator.calls import Answer, Call, operation
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc

api = Blueprint("api", __name__, url_prefix="/v2")
OF_PROFILE = "kind = ? AND profile = ?"
OF_PARENT = "kind = ? AND parent = ?"
EMBEDDABLE = frozenset({"refunds", "chargebacks", "captures"})


def _embed(allowed: frozenset[str]) -> frozenset[str]:
    """What the caller wants to have along."""
    wanted = frozenset(filter(None, request.args.get("embed", "").split(",")))
    if wanted - allowed:
        raise Problem(400, f"The embed value {min(wanted - allowed)[:40]} is invalid", "embed")
    return wanted


def _payment(call: Call, doc: Doc) -> Doc:
    return present.payment(call.world, doc, call.base)


@api.post("/payments")
@operation("payments.create")
def create_payment(call: Call) -> Answer:
    """Make a payment."""
    return Answer(201, _payment(call, payments.create(call.world, call.profile, call.body)))


@api.get("/payments")
@operation("payments.list")
def list_payments(call: Call) -> Answer:
    """List the payments of a profile."""
    values = ("payment", call.profile)
    return Answer(200, lists.page(call, "payments", OF_PROFILE, values, lambda doc: _payment(call, doc)))


@api.get("/payments/<payment_id>")
@operation("payments.get")
def get_payment(call: Call, payment_id: str) -> Answer:
    """Show one payment."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(200, present.payment(call.world, doc, call.base, _embed(EMBEDDABLE)))


@api.patch("/payments/<payment_id>")
@operation("payments.update")
def update_payment(call: Call, payment_id: str) -> Answer:
    """Change a payment."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(200, _payment(call, payments.update(call.world, doc, call.body)))


@api.delete("/payments/<payment_id>")
@operation("payments.cancel")
def cancel_payment(call: Call, payment_id: str) -> Answer:
    """Cancel a payment."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(200, _payment(call, payments.cancel(call.world, doc)))


@api.post("/payments/<payment_id>/release-authorization")
@operation("payments.release")
def release_authorization(call: Call, payment_id: str) -> Answer:
    """Give an authorization back, which happens a little later."""
    payments.release(call.world, payments.of_profile(call.world, call.profile, payment_id))
    return Answer(202, {})


@api.post("/payments/<payment_id>/refunds")
@operation("refunds.create")
def create_refund(call: Call, payment_id: str) -> Answer:
    """Ask for a refund."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(201, present.child(refunds.create(call.world, doc, call.body), call.base, "refund"))


@api.get("/payments/<payment_id>/refunds/<refund_id>")
@operation("refunds.get")
def get_refund(call: Call, payment_id: str, refund_id: str) -> Answer:
    """Show one refund."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(200, present.child(refunds.of_payment(call.world, doc, refund_id), call.base, "refund"))


@api.delete("/payments/<payment_id>/refunds/<refund_id>")
@operation("refunds.cancel")
def cancel_refund(call: Call, payment_id: str, refund_id: str) -> Answer:
    """Take a refund back."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    refunds.cancel(call.world, refunds.of_payment(call.world, doc, refund_id))
    return Answer(204)


@api.post("/payments/<payment_id>/captures")
@operation("captures.create")
def create_capture(call: Call, payment_id: str) -> Answer:
    """Take authorized money."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(201, present.child(captures.create(call.world, doc, call.body), call.base, "capture"))


@api.get("/payments/<payment_id>/captures/<capture_id>")
@operation("captures.get")
def get_capture(call: Call, payment_id: str, capture_id: str) -> Answer:
    """Show one capture."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    return Answer(200, present.child(captures.of_payment(call.world, doc, capture_id), call.base, "capture"))


@api.get("/payments/<payment_id>/chargebacks/<chargeback_id>")
@operation("chargebacks.get")
def get_chargeback(call: Call, payment_id: str, chargeback_id: str) -> Answer:
    """Show one chargeback."""
    doc = payments.of_profile(call.world, call.profile, payment_id)
    found = chargebacks.of_payment(call.world, doc, chargeback_id)
    return Answer(200, present.child(found, call.base, "chargeback"))


def _children(call: Call, kind: str, where: str, value: str) -> Answer:
    """A list of refunds, captures or chargebacks, with their payment if wanted."""
    embed = _embed(frozenset({"payment"}))

    def show(doc: Doc) -> Doc:
        shown = present.child(doc, call.base, kind)
        parent = call.world.store.find("payment", doc["paymentId"]) if embed else None
        return shown | ({"_embedded": {"payment": _payment(call, parent)}} if parent else {})

    return Answer(200, lists.page(call, f"{kind}s", where, (kind, value), show))


@api.get("/payments/<payment_id>/refunds")
@operation("refunds.list")
def list_refunds(call: Call, payment_id: str) -> Answer:
    """List the refunds of a payment."""
    return _children(call, "refund", OF_PARENT, payments.of_profile(call.world, call.profile, payment_id)["id"])


@api.get("/payments/<payment_id>/captures")
@operation("captures.list")
def list_captures(call: Call, payment_id: str) -> Answer:
    """List the captures of a payment."""
    return _children(call, "capture", OF_PARENT, payments.of_profile(call.world, call.profile, payment_id)["id"])


@api.get("/payments/<payment_id>/chargebacks")
@operation("chargebacks.list")
def list_chargebacks(call: Call, payment_id: str) -> Answer:
    """List the chargebacks of a payment."""
    return _children(call, "chargeback", OF_PARENT, payments.of_profile(call.world, call.profile, payment_id)["id"])


@api.get("/refunds")
@operation("refunds.all")
def all_refunds(call: Call) -> Answer:
    """List all refunds of a profile."""
    return _children(call, "refund", OF_PROFILE, call.profile)


@api.get("/chargebacks")
@operation("chargebacks.all")
def all_chargebacks(call: Call) -> Answer:
    """List all chargebacks of a profile."""
    return _children(call, "chargeback", OF_PROFILE, call.profile)


@api.post("/customers")
@operation("customers.create")
def create_customer(call: Call) -> Answer:
    """Keep a customer."""
    return Answer(201, present.customer(customers.create(call.world, call.profile, call.body), call.base))


@api.get("/customers")
@operation("customers.list")
def list_customers(call: Call) -> Answer:
    """List the customers of a profile."""
    where = f"{OF_PROFILE} AND NOT json_extract(doc, '$.deleted')"
    values = ("customer", call.profile)
    return Answer(200, lists.page(call, "customers", where, values, lambda doc: present.customer(doc, call.base)))


@api.get("/customers/<customer_id>")
@operation("customers.get")
def get_customer(call: Call, customer_id: str) -> Answer:
    """Show one customer."""
    return Answer(200, present.customer(customers.of_profile(call.world, call.profile, customer_id), call.base))


@api.patch("/customers/<customer_id>")
@operation("customers.update")
def update_customer(call: Call, customer_id: str) -> Answer:
    """Change a customer."""
    doc = customers.of_profile(call.world, call.profile, customer_id)
    return Answer(200, present.customer(customers.update(call.world, doc, call.body), call.base))


@api.delete("/customers/<customer_id>")
@operation("customers.delete")
def delete_customer(call: Call, customer_id: str) -> Answer:
    """Forget a customer."""
    customers.delete(call.world, customers.of_profile(call.world, call.profile, customer_id))
    return Answer(204)


@api.post("/customers/<customer_id>/payments")
@operation("customers.pay")
def create_customer_payment(call: Call, customer_id: str) -> Answer:
    """Make a payment of a customer."""
    doc = customers.of_profile(call.world, call.profile, customer_id)
    sent = call.body | {"customerId": doc["id"]}
    return Answer(201, _payment(call, payments.create(call.world, call.profile, sent)))


@api.get("/customers/<customer_id>/payments")
@operation("customers.payments")
def list_customer_payments(call: Call, customer_id: str) -> Answer:
    """List the payments of a customer."""
    values = ("payment", customers.of_profile(call.world, call.profile, customer_id)["id"])
    return Answer(200, lists.page(call, "payments", OF_PARENT, values, lambda doc: _payment(call, doc)))
