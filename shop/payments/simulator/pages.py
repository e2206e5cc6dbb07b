"""The pages in the browser: choosing a way to pay, choosing the outcome, changing a test payment."""

import hashlib
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from shop.payments.simulator import chargebacks, checks, links, methods, money, payments, refunds, words
from shop.payments.simulator.calls import base_url, world
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import HOUR, new_id

pages = Blueprint("pages", __name__, template_folder="templates")


def _locale(payment: Doc | None) -> str:
    """The language asked for on the page, that of the payment, or that of the browser."""
    wanted = request.args.get("locale") or (payment["sent"].get("locale") if payment else None)
    if wanted in checks.LOCALES:
        return str(wanted)
    return "nl_NL" if request.accept_languages.best_match(["nl", "en"], "en") == "nl" else "en_US"


def _page(template: str, heading: str, payment: Doc | None = None, *, status: int = 200, **values: Any) -> Response:
    """One page, with headers that keep it to itself."""
    locale, nonce = _locale(payment), secrets.token_urlsafe(12)
    texts = words.of_locale(locale)
    back = {payment["sent"].get("redirectUrl"), payment["sent"].get("cancelUrl")} if payment else set()
    origins = sorted("{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in back if url)
    known = {
        "payment": payment,
        "merchant": urlsplit(payment["sent"]["redirectUrl"]).netloc if payment else "",
        "amount": words.shown_amount(payment["amount"], locale) if payment else "",
        "show_amount": lambda amount: words.shown_amount(amount, locale),
    }
    named = {"words": texts, "languages": words.LANGUAGES, "locale": locale, "nonce": nonce}
    text = render_template(template, heading=texts[heading], **named, **known, **values)
    response = make_response(text, status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + " ".join(["form-action 'self'", *origins])
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _message(
    heading: str, text: str, *, status: int, payment: Doc | None = None, href: str = "", label: str = ""
) -> Response:
    """A page that only says something."""
    texts = words.of_locale(_locale(payment))
    values = {"text": texts.get(text, text), "href": href, "label": texts.get(label, "")}
    return _page("simulator.html", heading, payment, status=status, **values)


def _form_token(object_id: str) -> str:
    """A token with which a form can be sent once."""
    token, here = new_id("", 32), world()
    with here.store.transaction():
        here.store.run("DELETE FROM form_tokens WHERE at < ?", here.now() - HOUR)
        here.store.run("INSERT INTO form_tokens (token, object_id, at) VALUES (?, ?, ?)", token, object_id, here.now())
    return token


def _take_form_token(object_id: str) -> bool:
    """Whether the form that was sent is a fresh one of this object."""
    token = request.form.get("form_token", "")
    return world().store.run("DELETE FROM form_tokens WHERE token = ? AND object_id = ?", token, object_id) == 1


def _found(name: str, token: str) -> Doc | None:
    return world().store.find_by("payment", name, token)


def _not_found() -> Response:
    return _message("not_found", "not_found_text", status=404)


def _out_of_date(payment: Doc | None) -> Response:
    return _message("out_of_date", "out_of_date_text", status=403, payment=payment, href=request.path, label="again")


def _choices(payment: Doc) -> list[methods.Method]:
    """The ways to pay that fit a payment for which the shop has chosen none."""
    sent = payment["sent"]
    found = methods.offered(
        amount=money.of(payment["amount"]),
        country=sent.get("restrictPaymentMethodsToCountry"),
        wallets=["applepay"],
    )
    return [
        method
        for method in found
        if (not payment["wanted"] or method.id in payment["wanted"])
        and (method.can_authorize or not payments.holds_money(payment))
        and (method.id != "riverty" or sent.get("captureMode") == "manual")
        and not (method.needs_address and not sent.get("billingAddress"))
        and not (method.needs_lines and not sent.get("lines"))
    ]


def _chosen(payment: Doc, wanted: str | None) -> methods.Method | None:
    """The method in use: the shop's, or the shopper's if it may be chosen."""
    if payments.is_fixed(payment) or (payment["method"] and payment["status"] != "open"):
        return methods.BY_ID[payment["method"]]
    return next((method for method in _choices(payment) if method.id == wanted), None)


@pages.get("/checkout/<token>")
def checkout(token: str) -> Response:
    """The page to which the shop sends its shopper."""
    payment = _found("checkoutToken", token)
    if payment is None:
        return _not_found()
    if payment["status"] not in {"open", "pending"}:
        text = words.of_locale(_locale(payment))
        said = text["finished_text"].format(status=text[f"is_{payment['status']}"])
        return _message(
            "finished", said, status=410, payment=payment, href=payment["sent"]["redirectUrl"], label="back"
        )
    method = _chosen(payment, request.args.get("method"))
    form_token = _form_token(payment["id"])
    if method is None:
        found, cancel_at = _choices(payment), f"{request.path}/cancel"
        values: Doc = {"methods": found, "cancel_at": cancel_at, "form_token": form_token}
        return _page("simulator_methods.html", "choose_method", payment, **values)
    methods_at = None if payments.is_fixed(payment) or payment["status"] != "open" else request.path
    values = {"method": method, "form_token": form_token, "methods_at": methods_at}
    return _page("simulator_state.html", "choose_status", payment, statuses=_statuses(payment, method), **values)


def _statuses(payment: Doc, method: methods.Method) -> list[str]:
    """The outcomes to choose from."""
    found = method.statuses(manual_capture=payments.holds_money(payment))
    return [status for status in found if payment["status"] == "open" or status not in {"open", "pending"}]


@pages.post("/checkout/<token>")
def finish_checkout(token: str) -> AnyResponse:
    """The outcome that was chosen becomes the payment's."""
    payment = _found("checkoutToken", token)
    if payment is None:
        return _not_found()
    here = world()
    with here.store.transaction():
        payment = here.store.find("payment", payment["id"]) or payment
        method = _chosen(payment, request.form.get("method"))
        status = request.form.get("final_state", "")
        if not _take_form_token(payment["id"]) or method is None or payment["status"] not in {"open", "pending"}:
            return _out_of_date(payment)
        if status not in _statuses(payment, method):
            return _out_of_date(payment)
        is_free = not payments.is_fixed(payment) and payment["status"] == "open"
        if is_free and status in {"failed", "canceled", "expired", "open"}:
            return redirect(request.path, 303)
        if is_free:
            payments.choose(here, payment, method.id)
        if status != "open":
            payments.move(here, payment, status)
    return redirect(_way_back(payment), 303)


def _way_back(payment: Doc) -> str:
    """Where the shopper goes when done here."""
    sent = payment["sent"]
    is_canceled = payment["status"] == "canceled"
    return str((sent.get("cancelUrl") if is_canceled else None) or sent["redirectUrl"])


@pages.post("/checkout/<token>/cancel")
def cancel_checkout(token: str) -> AnyResponse:
    """The shopper gives up on the page where a method is chosen."""
    payment = _found("checkoutToken", token)
    if payment is None:
        return _not_found()
    here = world()
    with here.store.transaction():
        payment = here.store.find("payment", payment["id"]) or payment
        if not _take_form_token(payment["id"]) or payment["status"] != "open" or payments.is_fixed(payment):
            return _out_of_date(payment)
        payments.move(here, payment, "canceled")
    return redirect(_way_back(payment), 303)


@pages.get("/checkout/test-mode/<token>")
def test_mode(token: str) -> AnyResponse:
    """What can be done to a payment afterwards: refund it, charge it back, reverse that."""
    payment = _found("stateToken", token)
    if payment is None:
        return _not_found()
    if payment["status"] in {"open", "pending"}:
        return redirect(f"/checkout/{payment['checkoutToken']}", 303)
    here = world()
    given = here.store.children("refund", payment["id"])
    taken = here.store.children("chargeback", payment["id"])
    left = payments.remaining(here, payment)
    value = left.text().replace(".", ",") if _locale(payment).startswith("nl") else left.text()
    values: Doc = {
        "refunds": given,
        "chargebacks": taken,
        "remaining": words.shown_amount(left.document(), _locale(payment)),
        "amount_value": value,
        "tokens": [_form_token(payment["id"]) for _ in range(1 + len(taken))],
    }
    return _page("simulator_change.html", "change_state", payment, **values)


@pages.post("/checkout/test-mode/<token>")
def change_test_payment(token: str) -> AnyResponse:
    """Refund a payment as if in Mollie's dashboard, charge it back, or reverse that."""
    payment = _found("stateToken", token)
    if payment is None:
        return _not_found()
    here, action = world(), request.form.get("action")
    sent = {"currency": payment["amount"]["currency"], "value": request.form.get("amount", "").replace(",", ".")}
    if not _take_form_token(payment["id"]):
        return _out_of_date(payment)
    try:
        with here.store.transaction():
            if action == "refund":
                refunds.create(here, payment, {"amount": sent, "description": ""})
            elif action == "chargeback":
                chargebacks.create(here, payment, sent)
            elif action == "reverse":
                found = chargebacks.of_payment(here, payment, request.form.get("chargeback", ""))
                chargebacks.reverse(here, found)
    except Problem as problem:
        return _message("refused", problem.detail, status=422, payment=payment, href=request.path, label="again")
    return redirect(request.path, 303)


@pages.get("/payment-links/<token>")
def payment_link(token: str) -> Response:
    """The page of a payment link."""
    link = world().store.find_by("link", "token", token)
    if link is None:
        return _not_found()
    if not links.is_open(world(), link):
        return _message("link_closed", link["description"], status=410)
    fixed = words.shown_amount(link["amount"], _locale(None)) if link["amount"] else ""
    return _page("simulator_link.html", "pay", fixed_amount=fixed, form_token=_form_token(link["id"]))


@pages.post("/payment-links/<token>")
def start_payment_link(token: str) -> AnyResponse:
    """The shopper starts to pay: now there is a payment."""
    here = world()
    link = here.store.find_by("link", "token", token)
    if link is None:
        return _not_found()
    if not _take_form_token(link["id"]):
        return _out_of_date(None)
    sent = {"currency": "EUR", "value": request.form.get("amount", "").replace(",", ".")}
    try:
        with here.store.transaction():
            payment = links.start(here, link, None if link["amount"] else sent, f"{base_url()}/")
    except Problem as problem:
        return _message("refused", problem.detail, status=422, href=request.path, label="again")
    return redirect(f"/checkout/{payment['checkoutToken']}", 303)


@pages.get("/images/methods/<method_id>.svg")
def method_image(method_id: str) -> Response:
    """A plain picture for a way to pay."""
    method = methods.BY_ID.get(method_id)
    if method is None:
        return _not_found()
    return _picture(method.id, method.english[:2])


@pages.get("/images/simulator.svg")
def icon() -> Response:
    """The picture of the simulator's own pages."""
    return _picture("simulator", "S")


def _picture(name: str, letters: str) -> Response:
    """Letters on a colour that belongs to a name."""
    hue = int(hashlib.sha256(name.encode()).hexdigest()[:4], 16) % 360
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30">'
        f'<rect width="40" height="30" rx="5" fill="hsl({hue} 55% 35%)"/>'
        '<text x="20" y="20" fill="#fff" font-family="sans-serif" font-size="13" font-weight="700"'
        f' text-anchor="middle">{letters}</text></svg>'
    )
    return Response(picture, content_type="image/svg+xml")


@pages.get("/")
def home() -> Response:
    """What this server is."""
    return _message("home", "home_text", status=200)
