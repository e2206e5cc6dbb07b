"""Captures: taking money that a shopper's bank or lender has set aside."""

from shop.payments.simulator import checks, money, payments, webhooks
from shop.payments.simulator.problems import invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso, new_id

NAMES = frozenset({"description", "amount", "metadata"})


def create(world: World, payment: Doc, sent: Doc) -> Doc:
    """Ask for all or a part of what was authorized."""
    checks.known_names(sent, NAMES)
    if not payments.holds_money(payment) or payment["status"] not in {"authorized", "paid"}:
        raise invalid("The payment cannot be captured")
    checks.metadata(sent.get("metadata"))
    whole = money.of(payment["amount"])
    left = whole.minor - _asked(world, payment)
    asked = sent.get("amount")
    amount = money.Amount(whole.currency, left) if asked is None else money.parse_payable(asked)
    if amount.currency != whole.currency or not 0 < amount.minor <= left:
        raise invalid("The amount is higher than what can still be captured", "amount")
    now = world.now()
    capture = {
        "id": new_id("cpt_"),
        "profileId": payment["profileId"],
        "paymentId": payment["id"],
        "createdAt": iso(now),
        "amount": amount.document(),
        "description": checks.description(sent.get("description") or "", required=False),
        "metadata": sent.get("metadata"),
        "status": "pending",
    }
    world.store.add("capture", capture, parent=payment["id"])
    world.timer("capture_succeeded", capture["id"], now + world.setting("capture_seconds"))
    return capture


def _asked(world: World, payment: Doc) -> int:
    """What captures have asked for so far."""
    taken = [item for item in world.store.children("capture", payment["id"]) if item["status"] != "failed"]
    return sum(money.of(item["amount"]).minor for item in taken)


def of_payment(world: World, payment: Doc, capture_id: str) -> Doc:
    """The capture with this id of this payment."""
    capture = world.store.find("capture", capture_id)
    if capture is None or capture["paymentId"] != payment["id"]:
        raise unknown("capture", capture_id)
    return capture


def move(world: World, capture: Doc, status: str, *, at: float | None = None) -> Doc:
    """Let a capture succeed or fail; the first success pays the payment."""
    if capture["status"] != "pending":
        raise invalid(f"A capture that is {capture['status']} cannot become {status}")
    capture["status"] = status
    world.store.save(capture)
    payment = world.store.find("payment", capture["paymentId"])
    if payment is not None and status == "succeeded" and payment["status"] == "authorized":
        payments.move(world, payment, "paid", at=at)
    elif payment is not None:
        webhooks.announce(world, payment, f"capture.{status}")
    return capture
