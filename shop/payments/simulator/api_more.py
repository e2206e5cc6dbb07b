"""Mollie's HTTP API: ways to pay, and payment links."""

import re

from flask import Blueprint, request

from shop.payments.simulator import checks, links, lists, methods, money, present
from shop.payments.simulator.api import OF_PROFILE
from shop.payments.simulator.calls import Answer, Call, operation
from shop.payments.simulator.money import Amount
from shop.payments.simulator.names import names
from shop.payments.simulator.problems import Problem, unknown

more = Blueprint("more", __name__, url_prefix="/v2")
METHOD_QUERY = names(
    "sequenceType locale amount[value] amount[currency] resource billingCountry includeWallets orderLineCategories"
    " profileId include currency"
)


def _amount() -> Amount | None:
    """The amount that the methods are to be able to take."""
    value, currency = request.args.get("amount[value]"), request.args.get("amount[currency]")
    if value is None and currency is None:
        return None
    try:
        return money.parse({"value": value, "currency": currency}, below_zero=True)
    except Problem as problem:
        raise Problem(400, problem.detail, "amount") from None


def _check_query() -> str | None:
    """Refuse what the methods list does not know; gives the locale."""
    for name in request.args:
        if name not in METHOD_QUERY:
            raise Problem(400, f'Non-existent query parameter "{name[:40]}" for this API call', name[:40])
    country, locale = request.args.get("billingCountry"), request.args.get("locale")
    if country is not None and not re.fullmatch(r"[A-Z]{2}", country):
        raise Problem(400, "The billing country is invalid", "billingCountry")
    if locale is not None and locale not in checks.LOCALES:
        raise Problem(400, "The locale is invalid", "locale")
    return locale


def _listed(call: Call, found: list[methods.Method], *, locale: str | None, currency: str) -> Answer:
    """A list of methods, which is never split into pages."""
    shown = [present.method(method, call.base, locale=locale, currency=currency) for method in found]
    links_of_list = {
        "self": present.link(f"{call.base}{request.full_path.rstrip('?')}"),
        "documentation": present.link(f"{present.GUIDE}list-methods", present.HTML),
    }
    return Answer(200, {"count": len(shown), "_embedded": {"methods": shown}, "_links": links_of_list})


@more.get("/methods")
@operation("methods.list")
def list_methods(call: Call) -> Answer:
    """List the ways in which this can be paid."""
    locale, amount = _check_query(), _amount()
    found = methods.offered(
        amount=amount,
        country=request.args.get("billingCountry"),
        sequence_type=request.args.get("sequenceType", "oneoff"),
        wallets=request.args.get("includeWallets", "").split(","),
    )
    return _listed(call, found, locale=locale, currency=amount.currency if amount else "EUR")


@more.get("/methods/all")
@operation("methods.all")
def list_all_methods(call: Call) -> Answer:
    """List every way to pay, active or not."""
    locale, amount = _check_query(), _amount()
    found = [method for method in methods.ALL if amount is None or methods.fits(method, amount)]
    return _listed(call, found, locale=locale, currency=amount.currency if amount else "EUR")


@more.get("/methods/<method_id>")
@operation("methods.get")
def get_method(call: Call, method_id: str) -> Answer:
    """Show one way to pay."""
    locale = _check_query()
    if method_id not in methods.BY_ID:
        raise unknown("payment method", method_id)
    method = methods.BY_ID[method_id]
    if not method.active:
        raise Problem(403, "The payment method is not enabled in your website profile")
    currency = request.args.get("currency", "EUR")
    if currency not in method.currencies:
        raise Problem(400, "The currency is not supported by this payment method", "currency")
    return Answer(200, present.method(method, call.base, locale=locale, currency=currency))


@more.post("/payment-links")
@operation("payment-links.create")
def create_link(call: Call) -> Answer:
    """Make a payment link."""
    return Answer(201, present.payment_link(links.create(call.world, call.profile, call.body), call.base))


@more.get("/payment-links")
@operation("payment-links.list")
def list_links(call: Call) -> Answer:
    """List the payment links of a profile."""
    values = ("link", call.profile)
    page = lists.page(call, "payment_links", OF_PROFILE, values, lambda doc: present.payment_link(doc, call.base))
    return Answer(200, page)


@more.get("/payment-links/<link_id>")
@operation("payment-links.get")
def get_link(call: Call, link_id: str) -> Answer:
    """Show one payment link."""
    return Answer(200, present.payment_link(links.of_profile(call.world, call.profile, link_id), call.base))


@more.patch("/payment-links/<link_id>")
@operation("payment-links.update")
def update_link(call: Call, link_id: str) -> Answer:
    """Change a payment link."""
    doc = links.of_profile(call.world, call.profile, link_id)
    return Answer(200, present.payment_link(links.update(call.world, doc, call.body), call.base))


@more.delete("/payment-links/<link_id>")
@operation("payment-links.delete")
def delete_link(call: Call, link_id: str) -> Answer:
    """Delete a payment link that nobody opened."""
    links.delete(call.world, links.of_profile(call.world, call.profile, link_id))
    return Answer(204)


@more.get("/payment-links/<link_id>/payments")
@operation("payment-links.payments")
def list_link_payments(call: Call, link_id: str) -> Answer:
    """List the payments that were started from a link."""
    doc = links.of_profile(call.world, call.profile, link_id)
    where = f"{OF_PROFILE} AND json_extract(doc, '$.linkId') = ?"
    values = ("payment", call.profile, doc["id"])
    shown = lists.page(call, "payments", where, values, lambda item: present.payment(call.world, item, call.base))
    return Answer(200, shown)
