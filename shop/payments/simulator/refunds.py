"""Refunds: money that goes back to the shopper."""

from datetime import datetime

from shop.payments.simulator import checks, methods, money, payments, webhooks
from shop.payments.simulator.problems import Problem, invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import HOUR, World, iso, new_id

NAMES = frozenset({"description", "amount", "metadata", "externalReference", "reverseRouting", "routingReversals"})
NEXT = {
    "queued": {"pending", "processing", "refunded", "failed", "canceled"},
    "pending": {"queued", "processing", "refunded", "failed", "canceled"},
    "processing": {"refunded", "failed"},
    "refunded": {"failed"},
}
ANNOUNCED = frozenset({"processing", "refunded", "failed"})
DAYS_TO_REFUND = 365


def create(world: World, payment: Doc, sent: Doc) -> Doc:
    """Ask for money to go back; it goes some time later."""
    checks.known_names(sent, NAMES)
    if sent.get("amount") is None:
        raise invalid("The amount is required", "amount")
    amount = money.parse_payable(sent["amount"])
    checks.metadata(sent.get("metadata"))
    description = checks.description(sent.get("description") or "", required=False)
    _check_refundable(world, payment, amount)
    now = world.now()
    refund = {
        "id": new_id("re_"),
        "profileId": payment["profileId"],
        "paymentId": payment["id"],
        "created": now,
        "createdAt": iso(now),
        "amount": amount.document(),
        "description": description,
        "metadata": sent.get("metadata"),
        "status": world.setting("refund_start"),
    }
    world.store.add("refund", refund, parent=payment["id"])
    if refund["status"] == "pending":
        _plan(world, refund, now)
    return refund


def _check_refundable(world: World, payment: Doc, amount: money.Amount) -> None:
    """Only money that came in and is still there can go back, and not twice by accident."""
    if payment["status"] != "paid" and not payments.captured_something(world, payment):
        raise invalid("The payment cannot be refunded because it is not paid")
    if not methods.BY_ID[payment["method"]].is_refundable:
        raise invalid("The payment method does not support refunds")
    paid_at = payment["times"].get("paidAt")
    if paid_at and world.now() - datetime.fromisoformat(paid_at).timestamp() > DAYS_TO_REFUND * methods.DAY:
        raise invalid("The payment is too old to be refunded")
    if amount.currency != payment["amount"]["currency"]:
        raise invalid("The currency is not that of the payment", "amount")
    for earlier in world.store.children("refund", payment["id"]):
        is_alive = earlier["status"] not in {"failed", "canceled"}
        if is_alive and earlier["amount"] == amount.document() and world.now() - earlier["created"] < HOUR:
            raise Problem(409, "A duplicate refund has been detected")
    if amount.minor > payments.remaining(world, payment).minor:
        raise invalid("The specified amount cannot be refunded", "amount")


def _plan(world: World, refund: Doc, start: float) -> None:
    """Let a pending refund run its course."""
    to_processing, to_refunded = world.setting("refund_seconds")
    world.timer("refund_processing", refund["id"], start + to_processing)
    world.timer("refund_refunded", refund["id"], start + to_refunded)


def of_payment(world: World, payment: Doc, refund_id: str) -> Doc:
    """The refund with this id of this payment."""
    refund = world.store.find("refund", refund_id)
    if refund is None or refund["paymentId"] != payment["id"]:
        raise unknown("refund", refund_id)
    return refund


def move(world: World, refund: Doc, status: str) -> Doc:
    """Give a refund its next status; the payment's webhook tells of some of them."""
    if status not in NEXT.get(refund["status"], set()):
        raise invalid(f"A refund that is {refund['status']} cannot become {status}")
    if status == "pending" or (status == "processing" and refund["status"] == "queued"):
        _plan(world, refund, world.now())
    refund["status"] = status
    world.store.save(refund)
    if status in ANNOUNCED:
        payment = world.store.find("payment", refund["paymentId"])
        if payment is not None:
            webhooks.announce(world, payment, f"refund.{status}")
    return refund


def cancel(world: World, refund: Doc) -> None:
    """Take a refund back before it is carried out."""
    if refund["status"] not in {"queued", "pending"}:
        raise invalid("The refund cannot be canceled")
    move(world, refund, "canceled")
