"""Customers, for shops that keep them at Mollie."""

import re

from shop.payments.simulator import checks
from shop.payments.simulator.problems import Problem, invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso, new_id

NAMES = frozenset({"name", "email", "locale", "metadata"})


def _check(sent: Doc) -> None:
    checks.known_names(sent, NAMES)
    if sent.get("name") is not None and not isinstance(sent["name"], str):
        raise invalid("The name is invalid", "name")
    email = sent.get("email")
    if email is not None and not (isinstance(email, str) and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email)):
        raise invalid("The email address is invalid", "email")
    if sent.get("locale") is not None:
        checks.locale(sent["locale"])
    checks.metadata(sent.get("metadata"))


def create(world: World, profile: str, sent: Doc) -> Doc:
    """Keep a new customer."""
    _check(sent)
    blank = {"name": None, "email": None, "locale": None, "metadata": None}
    customer = {"id": new_id("cst_"), "profileId": profile, "createdAt": iso(world.now()), "deleted": False}
    return world.store.add("customer", customer | blank | sent)


def of_profile(world: World, profile: str, customer_id: str) -> Doc:
    """The customer with this id, if this key may see it."""
    customer = world.store.find("customer", customer_id)
    if customer is None or customer["profileId"] != profile:
        raise unknown("customer", customer_id)
    if customer["deleted"]:
        raise Problem(410, "The customer is no longer available")
    return customer


def update(world: World, customer: Doc, sent: Doc) -> Doc:
    """Change what is known of a customer."""
    _check(sent)
    customer.update(sent)
    world.store.save(customer)
    return customer


def delete(world: World, customer: Doc) -> None:
    """Forget a customer; only the token stays, to say that it is gone."""
    world.store.save(
        {"id": customer["id"], "profileId": customer["profileId"], "createdAt": customer["createdAt"], "deleted": True}
    )
