"""Objects as the API answers them."""

from typing import Any

from shop.payments.simulator import methods, money, payments
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World, iso

HAL, HTML = "application/hal+json", "text/html"
TAKEN = frozenset({"authorized", "paid"})
GUIDE = "https://docs.mollie.com/reference/"
# What Mollie sends along about the shopper. A shop must not keep any of it, and its tests look for these values.
CANARIES = (
    "Kanarie van der Kooi",
    "NL91ABNA0417164300",
    "ABNANL2A",
    "kanarie@paypal.example",
    "KANARIEPAYERID",
    "Kooistraat 1",
    "KANARIE-VINGERAFDRUK",
    "4929",
)
NAME, IBAN, BIC, PAYPAL, PAYER, STREET, FINGERPRINT, LAST_DIGITS = CANARIES


def link(href: str, kind: str = HAL) -> dict[str, str]:
    """One HAL link."""
    return {"href": href, "type": kind}


def payment(world: World, doc: Doc, base: str, embed: frozenset[str] = frozenset()) -> Doc:
    """A payment: what is known of it depends on its status."""
    sent, status = doc["sent"], doc["status"]
    answer: Doc = {
        "resource": "payment",
        "id": doc["id"],
        "mode": "test",
        "createdAt": iso(doc["created"]),
        "amount": doc["amount"],
        "description": sent["description"],
        "method": doc["method"],
        "metadata": sent.get("metadata"),
        "status": status,
        "profileId": doc["profileId"],
        "sequenceType": "oneoff",
    }
    shown = ("redirectUrl", "cancelUrl", "webhookUrl", "locale", "lines", "billingAddress", "shippingAddress")
    also = ("captureMode", "captureDelay", "customerId", "restrictPaymentMethodsToCountry", "dueDate")
    answer |= {name: sent[name] for name in (*shown, *also) if sent.get(name) is not None}
    answer |= {name: at for name, at in doc["times"].items() if name != "authorizedAt" or status in TAKEN}
    if status in {"open", "pending", "authorized"}:
        answer["isCancelable"] = payments.is_cancelable(doc)
    if status in {"open", "pending"}:
        answer["expiresAt"] = iso(doc["expires"])
    if "captureBefore" in doc and status in TAKEN:
        answer["captureBefore"] = iso(doc["captureBefore"])
    answer |= _amounts(world, doc)
    if status in TAKEN:
        answer["countryCode"] = "NL"
    details = _details(doc)
    if details:
        answer["details"] = details
    if embed:
        answer["_embedded"] = {
            f"{kind}s": [child(item, base, kind) for item in world.store.children(kind, doc["id"])]
            for kind in ("refund", "chargeback", "capture")
            if f"{kind}s" in embed
        }
    answer["_links"] = _payment_links(world, doc, base)
    return _altered(answer, doc)


def _amounts(world: World, doc: Doc) -> Doc:
    """The sums beside the amount, each only where it applies."""
    sums: Doc = {}
    status, captured = doc["status"], payments.captured(world, doc)
    if payments.holds_money(doc) and status in {"open", "authorized", "paid"}:
        sums["amountCaptured"] = captured.document()
    if status == "paid" or payments.captured_something(world, doc):
        sums["amountRefunded"] = payments.refunded(world, doc).document()
        sums["amountRemaining"] = payments.remaining(world, doc).document()
    taken_back = payments.charged_back(world, doc)
    if taken_back.minor:
        sums["amountChargedBack"] = taken_back.document()
    return sums


def _payment_links(world: World, doc: Doc, base: str) -> dict[str, Any]:
    """Where one can go from a payment."""
    own = f"{base}/v2/payments/{doc['id']}"
    state_page = f"{base}/checkout/test-mode/{doc['stateToken']}"
    links = {"self": link(own), "dashboard": link(state_page, HTML)}
    if doc["status"] == "open":
        links["checkout"] = link(f"{base}/checkout/{doc['checkoutToken']}", HTML)
    if doc["status"] == "paid":
        links["changePaymentState"] = link(state_page, HTML)
    if doc["method"] == "banktransfer" and doc["status"] in {"open", "pending"}:
        links["status"] = link(state_page, HTML)
        links["payOnline"] = link(f"{base}/checkout/{doc['checkoutToken']}", HTML)
    for kind in ("refund", "chargeback", "capture"):
        if world.store.children(kind, doc["id"]):
            links[f"{kind}s"] = link(f"{own}/{kind}s")
    if doc["sent"].get("customerId"):
        links["customer"] = link(f"{base}/v2/customers/{doc['sent']['customerId']}")
    links["documentation"] = link(f"{GUIDE}get-payment", HTML)
    return links


def _details(doc: Doc) -> Doc | None:
    """What the method tells about the shopper, which shops must not keep."""
    method, status = doc["method"], doc["status"]
    if method == "banktransfer":
        bank = {"bankName": "Simulator Bank", "bankAccount": "NL53ABNA0627535577", "bankBic": BIC}
        bank["transferReference"] = f"RF12-{doc['id'][3:7]}-{doc['id'][7:11]}".upper()
        payer = {"consumerName": NAME, "consumerAccount": IBAN, "consumerBic": BIC}
        return bank | (payer if status == "paid" else {}) if status in {"open", "pending", "paid"} else None
    if status == "failed" and method == "creditcard":
        reason = doc["failureReason"]
        return {"failureReason": reason, "failureMessage": f"The card was refused ({reason.replace('_', ' ')})."}
    if status not in TAKEN:
        return None
    if method in {"creditcard", "applepay"}:
        card = {
            "cardNumber": LAST_DIGITS,
            "cardHolder": NAME,
            "cardFingerprint": FINGERPRINT,
            "cardAudience": "consumer",
            "cardLabel": "Visa",
            "cardCountryCode": "NL",
            "cardSecurity": "3dsecure",
            "feeRegion": "intra-eu",
        }
        return card | ({"wallet": "applepay"} if method == "applepay" else {})
    if method == "paypal":
        address = {"givenName": NAME, "streetAndNumber": STREET, "city": "Harderwijk", "country": "NL"}
        return {
            "consumerName": NAME,
            "consumerAccount": PAYPAL,
            "paypalReference": doc["id"][3:12].upper(),
            "paypalPayerId": PAYER,
            "shippingAddress": address,
        }
    return {"consumerName": NAME, "consumerAccount": IBAN, "consumerBic": BIC}


def _altered(answer: Doc, doc: Doc) -> Doc:
    """Lies a test has asked for."""
    answer |= doc["altered"]
    for name in doc["removed"]:
        answer.pop(name, None)
    return answer


def child(doc: Doc, base: str, kind: str) -> Doc:
    """A refund, capture or chargeback of a payment."""
    hidden = {"profileId", "created"}
    own = f"{base}/v2/payments/{doc['paymentId']}"
    answer = {"resource": kind, "id": doc["id"]} | ({} if kind == "chargeback" else {"mode": "test"})
    answer |= {name: value for name, value in doc.items() if name not in hidden}
    answer["_links"] = {
        "self": link(f"{own}/{kind}s/{doc['id']}"),
        "payment": link(own),
        "documentation": link(f"{GUIDE}get-{kind}", HTML),
    }
    return answer


def customer(doc: Doc, base: str) -> Doc:
    """A customer."""
    own = f"{base}/v2/customers/{doc['id']}"
    names = ("id", "name", "email", "locale", "metadata", "createdAt")
    return (
        {"resource": "customer", "mode": "test"}
        | {name: doc[name] for name in names}
        | {
            "_links": {
                "self": link(own),
                "dashboard": link(f"{base}/", HTML),
                "payments": link(f"{own}/payments"),
                "documentation": link(f"{GUIDE}get-customer", HTML),
            }
        }
    )


def payment_link(doc: Doc, base: str) -> Doc:
    """A payment link."""
    hidden = {"token", "opened"}
    return (
        {"resource": "payment-link", "mode": "test"}
        | {name: value for name, value in doc.items() if name not in hidden}
        | {
            "_links": {
                "self": link(f"{base}/v2/payment-links/{doc['id']}"),
                "paymentLink": link(f"{base}/payment-links/{doc['token']}", HTML),
                "documentation": link(f"{GUIDE}get-payment-link", HTML),
            }
        }
    )


def method(found: methods.Method, base: str, *, locale: str | None, currency: str) -> Doc:
    """A way to pay."""
    icon = f"{base}/images/methods/{found.id}.svg"
    return {
        "resource": "method",
        "id": found.id,
        "description": found.name(locale),
        "minimumAmount": money.Amount(currency, found.lowest).document(),
        "maximumAmount": None if found.highest is None else money.Amount(currency, found.highest).document(),
        "image": {"size1x": icon, "size2x": icon, "svg": icon},
        "status": "activated" if found.active else None,
        "_links": {
            "self": link(f"{base}/v2/methods/{found.id}"),
            "documentation": link(f"{GUIDE}get-method", HTML),
        },
    }
