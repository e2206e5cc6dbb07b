"""Payments: how they are made, what becomes of them, and when."""

from datetime import UTC, date, datetime, timedelta

from shop.payments.simulator import checks, methods, money, webhooks
from shop.payments.simulator.money import Amount
from shop.payments.simulator.problems import invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso, new_id

NEXT = {
    "open": {"pending", "authorized", "paid", "failed", "canceled", "expired"},
    "pending": {"authorized", "paid", "failed", "canceled", "expired"},
    "authorized": {"paid", "canceled", "expired", "failed"},
}
FINAL = frozenset({"paid", "failed", "canceled", "expired"})
CARD_FAILURES = (
    *("invalid_card_number", "invalid_cvv", "invalid_card_holder_name", "card_expired", "invalid_card_type"),
    *("refused_by_issuer", "insufficient_funds", "inactive_card", "possible_fraud", "authentication_failed"),
    "card_declined",
)
CAPTURE_DAYS = {"klarna": 28, "creditcard": 7}


def create(world: World, profile: str, sent: Doc) -> Doc:
    """Make a payment that waits for its shopper."""
    now = world.now()
    amount = checks.new_payment(sent, now)
    wanted = checks.method_ids(sent.get("method"))
    if sent.get("customerId") is not None and world.store.find("customer", str(sent["customerId"])) is None:
        raise invalid("The customer ID is invalid", "customerId")
    kept = {name: value for name, value in sent.items() if name not in {"amount", "method"} and value is not None}
    payment: Doc = {
        "id": new_id("tr_"),
        "profileId": profile,
        "created": now,
        "status": "open",
        "amount": amount.document(),
        "sent": kept,
        "method": wanted[0] if len(wanted) == 1 else None,
        "wanted": wanted,
        "times": {},
        "checkoutToken": new_id(""),
        "stateToken": new_id(""),
        "expires": 0.0,
        "altered": {},
        "removed": [],
    }
    payment["expires"] = _expires(payment)
    world.store.add("payment", payment, parent=sent.get("customerId"))
    world.timer("expire", payment["id"], payment["expires"])
    return payment


def is_fixed(payment: Doc) -> bool:
    """Whether the shop chose the method, so that the shopper can not."""
    return len(payment["wanted"]) == 1


def _expires(payment: Doc) -> float:
    """Until when the shopper may pay."""
    due = payment["sent"].get("dueDate")
    if due:
        days = date.fromisoformat(due) + timedelta(days=1)
        return datetime(days.year, days.month, days.day, tzinfo=UTC).timestamp()
    return float(payment["created"] + methods.lifetime_of(payment["method"]))


def of_profile(world: World, profile: str, payment_id: str) -> Doc:
    """The payment with this id, if this key may see it."""
    payment = world.store.find("payment", payment_id)
    if payment is None or payment["profileId"] != profile:
        raise unknown("payment", payment_id)
    return payment


def update(world: World, payment: Doc, sent: Doc) -> Doc:
    """Change what may still change; the amount never, and nobody is told."""
    checks.known_names(sent, checks.PATCHABLE)
    wanted = checks.method_ids(sent["method"]) if "method" in sent else payment["wanted"]
    checks.shared(sent, world.now(), wanted)
    for name, what in (("redirectUrl", "redirect URL"), ("cancelUrl", "cancel URL"), ("method", "payment method")):
        if name in sent and payment["status"] in FINAL:
            raise invalid(f"The {what} cannot be updated when the payment is finalized", name)
    for name in ("billingAddress", "shippingAddress"):
        if sent.get(name) is not None:
            checks.address(sent[name], name)
    payment["sent"].update({name: value for name, value in sent.items() if name != "method"})
    if "method" in sent:
        payment["wanted"] = wanted
        choose(world, payment, wanted[0] if len(wanted) == 1 else None)
    elif "dueDate" in sent:
        choose(world, payment, payment["method"])
    world.store.save(payment)
    return payment


def choose(world: World, payment: Doc, method_id: str | None) -> None:
    """Take a method; how long the payment stays open depends on it."""
    payment["method"] = method_id
    payment["expires"] = _expires(payment)
    world.timer("expire", payment["id"], payment["expires"])
    world.store.save(payment)


def is_cancelable(payment: Doc) -> bool:
    """Whether the shop may still cancel."""
    return bool(
        payment["status"] == "authorized" or (payment["status"] == "open" and payment["method"] == "banktransfer")
    )


def cancel(world: World, payment: Doc) -> Doc:
    """Cancel on the shop's behalf."""
    if not is_cancelable(payment):
        raise invalid("The payment cannot be cancelled")
    return move(world, payment, "canceled")


def release(world: World, payment: Doc) -> None:
    """Give an authorization back, a moment from now."""
    is_partly_taken = payment["status"] == "paid" and captured(world, payment) < money.of(payment["amount"])
    if payment["status"] != "authorized" and not is_partly_taken:
        raise invalid("The authorization of this payment cannot be released")
    world.timer("release", payment["id"], world.now() + float(world.setting("release_seconds")))


def holds_money(payment: Doc) -> bool:
    """Whether the shop captures later instead of being paid at once."""
    return payment["sent"].get("captureMode") == "manual" or bool(payment["sent"].get("captureDelay"))


def move(world: World, payment: Doc, status: str, *, at: float | None = None) -> Doc:
    """Give a payment its next status and announce it when Mollie would."""
    if status not in NEXT.get(payment["status"], set()):
        raise invalid(f"A payment that is {payment['status']} cannot become {status}")
    moment = world.now() if at is None else at
    payment["status"] = status
    if status in {"paid", "authorized", "pending"} and payment["method"] is None:
        payment["method"] = payment["wanted"][0] if payment["wanted"] else "ideal"
    if status != "pending":
        payment["times"][f"{status}At"] = iso(moment)
    if status == "authorized":
        days = CAPTURE_DAYS.get(payment["method"], 14)
        payment["captureBefore"] = moment + days * methods.DAY
        world.timer("too_late", payment["id"], payment["captureBefore"])
        delay = checks.capture_seconds(payment["sent"].get("captureDelay"))
        if delay is not None:
            world.timer("capture", payment["id"], moment + delay)
    if status == "failed" and payment["method"] == "creditcard":
        payment["failureReason"] = _card_failure(money.of(payment["amount"]))
    world.store.save(payment)
    link = world.store.find("link", payment.get("linkId", ""))
    if link is not None and status == "paid":
        world.store.save(link | {"paidAt": iso(moment)})
    if status != "pending":
        webhooks.announce(world, payment, f"payment.{status}")
    return payment


def _card_failure(amount: Amount) -> str:
    """Why a card fails: certain amounts choose the reason."""
    place = amount.minor // 100 - 1001
    return CARD_FAILURES[place] if amount.minor % 100 == 0 and 0 <= place < len(CARD_FAILURES) else "refused_by_issuer"


def captured(world: World, payment: Doc) -> Amount:
    """What has been taken: captures where the shop captures itself, otherwise all of it."""
    whole = money.of(payment["amount"])
    if not holds_money(payment):
        return whole
    taken = [item for item in world.store.children("capture", payment["id"]) if item["status"] == "succeeded"]
    return Amount(whole.currency, sum(money.of(item["amount"]).minor for item in taken))


def refunded(world: World, payment: Doc) -> Amount:
    """What goes back or went back to the shopper."""
    given = [
        money.of(item["amount"]).minor
        for item in world.store.children("refund", payment["id"])
        if item["status"] not in {"failed", "canceled"}
    ]
    return Amount(payment["amount"]["currency"], sum(given))


def charged_back(world: World, payment: Doc) -> Amount:
    """What the shopper's bank took back."""
    taken = [
        money.of(item["amount"]).minor
        for item in world.store.children("chargeback", payment["id"])
        if item["reversedAt"] is None
    ]
    return Amount(payment["amount"]["currency"], sum(taken))


def remaining(world: World, payment: Doc) -> Amount:
    """What can still be refunded."""
    left = captured(world, payment).minor - refunded(world, payment).minor - charged_back(world, payment).minor
    return Amount(payment["amount"]["currency"], max(left, 0))


def captured_something(world: World, payment: Doc) -> bool:
    """Whether a part of an authorized payment has been taken."""
    return payment["status"] == "authorized" and captured(world, payment).minor > 0
