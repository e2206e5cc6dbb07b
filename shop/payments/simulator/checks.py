"""The rules for what a shop may send, field by field."""

import json
import re
from datetime import UTC, date, datetime, timedelta

from shop.payments.simulator import lines, methods, money
from shop.payments.simulator.money import Amount
from shop.payments.simulator.names import names
from shop.payments.simulator.problems import Problem, invalid
from shop.payments.simulator.store import Doc

PATCHABLE = names(
    "description redirectUrl cancelUrl webhookUrl metadata method locale dueDate restrictPaymentMethodsToCountry issuer"
    " billingAddress shippingAddress billingEmail"
)
CREATABLE = PATCHABLE | names(
    "amount lines captureMode captureDelay sequenceType customerId mandateId cardToken applePayPaymentToken"
    " googlePayPaymentToken company consumerDateOfBirth digitalGoods terminalId voucherNumber voucherPin"
    " extraMerchantData sessionId customerReference storeCredentials applicationFee routing"
)
ADDRESS = names(
    "title givenName familyName organizationName streetAndNumber streetAdditional postalCode email phone city region"
    " country"
)
ADDRESS_NEEDED = ("givenName", "familyName", "streetAndNumber", "postalCode", "city", "country", "email")
LOCALES = names(
    "ca_ES cs_CZ da_DK de_AT de_CH de_DE de_LU en_BE en_GB en_NL en_US es_ES fi_FI fr_BE fr_FR fr_LU hu_HU is_IS it_IT"
    " lt_LT lv_LV nb_NO nl_BE nl_NL pl_PL pt_PT sk_SK sv_SE"
)


def known_names(sent: Doc, known: frozenset[str], prefix: str = "") -> None:
    """Refuse a parameter that this call does not have."""
    for name in sent:
        if name not in known:
            raise invalid(f'Non-existent body parameter "{prefix}{name}" for this API call', f"{prefix}{name}")


def description(sent: object, *, required: bool = True) -> str:
    """A description, cut at 255 characters."""
    if not isinstance(sent, str) or (required and not sent.strip()):
        raise invalid("The description is invalid", "description")
    return sent[:255]


def url(sent: object, field: str) -> None:
    """An absolute address of at most 1023 characters."""
    what = {"redirectUrl": "redirect", "cancelUrl": "cancel", "webhookUrl": "webhook"}[field]
    if not isinstance(sent, str) or len(sent) > 1023 or not re.fullmatch(r"https?://[^\s/?#\\@]+([/?#]\S*)?", sent):
        raise invalid(f"The {what} URL is invalid", field)


def metadata(sent: object) -> None:
    """Metadata of at most 1024 bytes."""
    is_texts = isinstance(sent, list) and all(isinstance(item, str) for item in sent)
    if not (is_texts or isinstance(sent, str | int | float | dict) or sent is None):
        raise invalid("The metadata is invalid", "metadata")
    if len(json.dumps(sent, separators=(",", ":"), ensure_ascii=False).encode()) > 1024:
        raise invalid("The metadata storage is currently limited to 1024 bytes", "metadata")


def address(sent: object, field: str, *, needed: bool = False) -> None:
    """An address; pay-later methods need a whole one."""
    if not isinstance(sent, dict):
        raise invalid(f"The {field} is invalid", field)
    known_names(sent, ADDRESS, f"{field}.")
    for name, value in sent.items():
        if value is not None and not isinstance(value, str):
            raise invalid(f"The {name} should be a text", f"{field}.{name}")
    for name in ADDRESS_NEEDED if needed else ():
        if not (sent.get(name) or "").strip():
            raise invalid(f"The {field} needs a {name} for this payment method", f"{field}.{name}")
    for name in ("givenName", "familyName"):
        value = sent.get(name)
        if value and (len(value.strip()) < 2 or value.strip().isdigit()):
            raise invalid(f"The {name} is invalid", f"{field}.{name}")
    if sent.get("country") and not re.fullmatch(r"[A-Z]{2}", sent["country"]):
        raise invalid("The country is invalid", f"{field}.country")
    if sent.get("email") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", sent["email"]):
        raise invalid("The email address is invalid", f"{field}.email")
    if sent.get("phone") and not re.fullmatch(r"\+[1-9][0-9]{6,14}", sent["phone"]):
        kind = field.removesuffix("Address")
        raise invalid(f"The {kind} phone number is invalid", f"{field}.{field}.phone")


def locale(sent: object) -> None:
    """A language the hosted pages come in."""
    if sent not in LOCALES:
        raise invalid("The locale is invalid", "locale")


def country(sent: object) -> None:
    """A country code."""
    if not isinstance(sent, str) or not re.fullmatch(r"[A-Z]{2}", sent):
        raise invalid("The country is invalid", "restrictPaymentMethodsToCountry")


def method_ids(sent: object) -> list[str]:
    """The methods a payment may be made with, none for all."""
    wanted = [sent] if isinstance(sent, str) else sent
    if wanted is None:
        return []
    if not isinstance(wanted, list) or not all(isinstance(name, str) and name in methods.BY_ID for name in wanted):
        raise invalid("The payment method is invalid", "method")
    for name in wanted:
        if not methods.BY_ID[name].active:
            raise invalid("The payment method is not enabled in your website profile", "method")
    return wanted


def due_date(sent: object, now: float, method: list[str]) -> None:
    """Until when a bank transfer may arrive: from tomorrow to a hundred days from now."""
    try:
        day = date.fromisoformat(sent) if isinstance(sent, str) else None
    except ValueError:
        day = None
    today = datetime.fromtimestamp(now, UTC).date()
    if day is None or method != ["banktransfer"] or not timedelta(days=1) <= day - today <= timedelta(days=100):
        raise invalid("The due date is invalid", "dueDate")


def capture(sent: Doc, wanted: list[str]) -> None:
    """How and when an authorized payment is captured."""
    mode, delay = sent.get("captureMode"), sent.get("captureDelay")
    if mode not in (None, "automatic", "manual"):
        raise invalid("The capture mode is invalid", "captureMode")
    if delay is not None and (mode == "manual" or capture_seconds(delay) is None):
        raise invalid("The capture delay is invalid", "captureDelay")
    only = methods.BY_ID[wanted[0]] if len(wanted) == 1 else None
    if only and only.id == "riverty" and mode != "manual":
        raise invalid("The capture mode must be manual for this payment method", "captureMode")
    if only and (mode == "manual" or delay) and not only.can_authorize:
        raise invalid("The capture mode is not supported by this payment method", "captureMode")


def capture_seconds(delay: object) -> int | None:
    """A delay such as "3 days" in seconds, when it is at most a week."""
    found = re.fullmatch(r"([0-9]{1,3}) (hour|day)s?", delay) if isinstance(delay, str) else None
    seconds = int(found[1]) * (methods.HOUR if found[2] == "hour" else methods.DAY) if found else None
    return seconds if seconds is not None and seconds <= 7 * methods.DAY else None


def order_details(sent: Doc, amount: Amount, wanted: list[str]) -> None:
    """The lines and the address, which pay-later methods need."""
    only = methods.BY_ID[wanted[0]] if len(wanted) == 1 else None
    if sent.get("lines") is not None:
        lines.check(sent["lines"], amount)
    elif only and only.needs_lines:
        raise invalid("The order lines are required for this payment method", "lines")
    if sent.get("billingAddress") is not None:
        address(sent["billingAddress"], "billingAddress", needed=bool(only and only.needs_address))
    elif only and only.needs_address:
        raise invalid("The billing address is required for this payment method", "billingAddress")
    if sent.get("shippingAddress") is not None:
        address(sent["shippingAddress"], "shippingAddress")


def new_payment(sent: Doc, now: float) -> Amount:
    """Check everything a new payment is made from; gives its amount."""
    known_names(sent, CREATABLE)
    for name, what in (("amount", "amount"), ("description", "description"), ("redirectUrl", "redirect URL")):
        if sent.get(name) is None:
            raise invalid(f"The {what} is required", name)
    amount = money.parse_payable(sent["amount"])
    wanted = method_ids(sent.get("method"))
    if (sent.get("sequenceType") or "oneoff") != "oneoff":
        raise invalid("The simulator makes one-off payments only", "sequenceType")
    shared(sent, now, wanted)
    capture(sent, wanted)
    order_details(sent, amount, wanted)
    if len(wanted) == 1 and not methods.fits(methods.BY_ID[wanted[0]], amount):
        method = methods.BY_ID[wanted[0]]
        if amount.currency not in method.currencies:
            raise invalid("The currency is not supported by this payment method", "amount")
        bound = "lower than the minimum" if amount.minor < method.lowest else "higher than the maximum"
        raise invalid(f"The amount is {bound}", "amount")
    return amount


def shared(sent: Doc, now: float, wanted: list[str]) -> None:
    """The checks that making and changing a payment have in common."""
    if "description" in sent:
        sent["description"] = description(sent["description"])
    for name in ("redirectUrl", "cancelUrl", "webhookUrl"):
        if sent.get(name) is not None:
            url(sent[name], name)
    metadata(sent.get("metadata"))
    if sent.get("locale") is not None:
        locale(sent["locale"])
    if sent.get("restrictPaymentMethodsToCountry") is not None:
        country(sent["restrictPaymentMethodsToCountry"])
    if sent.get("dueDate") is not None:
        due_date(sent["dueDate"], now, wanted)


def list_limit(sent: str | None) -> int:
    """How many items a page holds."""
    if sent is None:
        return 50
    if not re.fullmatch(r"[0-9]{1,3}", sent) or not 1 <= int(sent) <= 250:
        raise Problem(400, "The limit is invalid", "limit")
    return int(sent)
