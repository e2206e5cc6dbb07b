"""Chargebacks: money that the shopper's bank takes back, and sometimes returns."""

from shop.payments.simulator import money, payments, webhooks
from shop.payments.simulator.problems import invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso, new_id

REASON = {"code": "AC01", "description": "Account identifier incorrect (i.e. invalid IBAN)"}


def create(world: World, payment: Doc, sent_amount: Doc | None = None) -> Doc:
    """The bank takes money back; the payment itself stays paid."""
    if payment["status"] != "paid":
        raise invalid("Only a paid payment can be charged back")
    left = payments.captured(world, payment).minor - payments.charged_back(world, payment).minor
    currency = payment["amount"]["currency"]
    amount = money.parse_payable(sent_amount) if sent_amount else money.Amount(currency, left)
    if amount.currency != currency or not 0 < amount.minor <= left:
        raise invalid("The specified amount cannot be charged back", "amount")
    chargeback = {
        "id": new_id("chb_"),
        "profileId": payment["profileId"],
        "paymentId": payment["id"],
        "createdAt": iso(world.now()),
        "amount": amount.document(),
        "reason": REASON if payment["method"] == "directdebit" else None,
        "reversedAt": None,
    }
    world.store.add("chargeback", chargeback, parent=payment["id"])
    webhooks.announce(world, payment, "chargeback.received")
    return chargeback


def of_payment(world: World, payment: Doc, chargeback_id: str) -> Doc:
    """The chargeback with this id of this payment."""
    chargeback = world.store.find("chargeback", chargeback_id)
    if chargeback is None or chargeback["paymentId"] != payment["id"]:
        raise unknown("chargeback", chargeback_id)
    return chargeback


def reverse(world: World, chargeback: Doc) -> Doc:
    """The bank gives the money back after all; no classic webhook tells of it."""
    if chargeback["reversedAt"] is not None:
        raise invalid("The chargeback has been reversed already")
    chargeback["reversedAt"] = iso(world.now())
    world.store.save(chargeback)
    return chargeback
