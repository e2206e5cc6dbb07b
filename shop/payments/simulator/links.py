"""Payment links: an address where something can be paid; a payment exists once the shopper starts."""

from datetime import datetime

from shop.payments.simulator import checks, lines, money, payments
from shop.payments.simulator.problems import Problem, invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso, new_id

PATCHABLE = frozenset(
    {"description", "minimumAmount", "archived", "allowedMethods", "lines", "billingAddress", "shippingAddress"}
)
CREATABLE = (PATCHABLE - {"archived"}) | {
    *("amount", "redirectUrl", "webhookUrl", "profileId", "reusable", "expiresAt", "applicationFee"),
    *("sequenceType", "customerId"),
}


def _check(sent: Doc) -> None:
    """The checks that making and changing a link have in common."""
    if "description" in sent:
        sent["description"] = checks.description(sent["description"])
    if sent.get("minimumAmount") is not None:
        money.parse_payable(sent["minimumAmount"], "minimumAmount")
    if sent.get("allowedMethods") is not None:
        checks.method_ids(sent["allowedMethods"])
    for name in ("billingAddress", "shippingAddress"):
        if sent.get(name) is not None:
            checks.address(sent[name], name)


def create(world: World, profile: str, sent: Doc) -> Doc:
    """Make a link."""
    checks.known_names(sent, frozenset(CREATABLE))
    if sent.get("description") is None:
        raise invalid("The description is required", "description")
    _check(sent)
    amount = money.parse_payable(sent["amount"]) if sent.get("amount") is not None else None
    if sent.get("lines") is not None:
        if amount is None:
            raise invalid("The amount is required with lines", "amount")
        lines.check(sent["lines"], amount)
    for name in ("redirectUrl", "webhookUrl"):
        if sent.get(name) is not None:
            checks.url(sent[name], name)
    expires = _moment(sent["expiresAt"]) if sent.get("expiresAt") is not None else None
    if expires is not None and expires <= world.now():
        raise invalid("The expiry date is in the past", "expiresAt")
    blank = dict.fromkeys(("amount", "redirectUrl", "webhookUrl", "allowedMethods", "customerId"))
    own = {
        "id": new_id("pl_"),
        "token": new_id(""),
        "profileId": profile,
        "createdAt": iso(world.now()),
        "paidAt": None,
        "expiresAt": iso(expires) if expires is not None else None,
        "archived": False,
        "opened": False,
        "reusable": bool(sent.get("reusable")),
        "sequenceType": sent.get("sequenceType") or "oneoff",
    }
    return world.store.add("link", blank | sent | own)


def _moment(sent: object) -> float:
    try:
        moment = datetime.fromisoformat(str(sent))
    except ValueError:
        raise invalid("The expiry date is invalid", "expiresAt") from None
    if moment.tzinfo is None:
        raise invalid("The expiry date needs a time zone", "expiresAt")
    return moment.timestamp()


def of_profile(world: World, profile: str, link_id: str) -> Doc:
    """The link with this id, if this key may see it."""
    link = world.store.find("link", link_id)
    if link is None or link["profileId"] != profile:
        raise unknown("payment link", link_id)
    return link


def update(world: World, link: Doc, sent: Doc) -> Doc:
    """Change what may change of a link."""
    checks.known_names(sent, PATCHABLE)
    _check(sent)
    if "archived" in sent and not isinstance(sent["archived"], bool):
        raise invalid("The archived flag should be true or false", "archived")
    if sent.get("lines") is not None:
        if link["amount"] is None:
            raise invalid("The link has no amount that lines could add up to", "lines")
        lines.check(sent["lines"], money.of(link["amount"]))
    link.update(sent)
    world.store.save(link)
    return link


def delete(world: World, link: Doc) -> None:
    """Delete a link that nobody has opened."""
    if link["opened"]:
        raise invalid("The payment link has been used and can only be archived")
    world.store.forget(link["id"])


def is_open(world: World, link: Doc) -> bool:
    """Whether somebody can still pay here."""
    is_late = link["expiresAt"] is not None and _moment(link["expiresAt"]) <= world.now()
    return not (link["archived"] or is_late or (link["paidAt"] is not None and not link["reusable"]))


def start(world: World, link: Doc, amount: Doc | None, home: str) -> Doc:
    """The shopper begins: now there is a payment."""
    if not is_open(world, link):
        raise Problem(410, "This payment link is closed")
    sent = {
        "amount": link["amount"] or amount,
        "description": link["description"],
        "redirectUrl": link["redirectUrl"] or home,
        "webhookUrl": link["webhookUrl"],
        "method": link["allowedMethods"],
    }
    minimum = link.get("minimumAmount")
    if minimum and money.parse_payable(sent["amount"]).minor < money.of(minimum).minor:
        raise invalid("The amount is lower than the minimum", "amount")
    payment = payments.create(world, link["profileId"], sent)
    payment["linkId"] = link["id"]
    world.store.save(payment)
    link["opened"] = True
    world.store.save(link)
    return payment
