"""The ways to pay that the simulator knows, with their limits."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shop.payments.simulator.money import Amount
from shop.payments.simulator.names import names
from shop.payments.simulator.problems import Problem

MINUTE, HOUR, DAY = 60, 3600, 86400
PENDING = frozenset({"ideal", "creditcard", "bancontact", "paypal", "banktransfer"})


@dataclass(frozen=True)
class Method:
    """One way to pay: its names, its limits in euro cents and how long an open payment lives."""

    id: str
    english: str
    dutch: str = ""
    lowest: int = 1
    highest: int | None = 50_000_00
    lifetime: int = HOUR
    active: bool = False
    currencies: frozenset[str] = frozenset({"EUR"})
    countries: frozenset[str] = frozenset()
    can_authorize: bool = False
    needs_address: bool = False
    needs_lines: bool = False
    wallet: bool = False
    is_refundable: bool = field(default=True)

    def name(self, locale: str | None) -> str:
        """What the shopper reads."""
        return self.dutch if self.dutch and (locale or "").startswith("nl") else self.english

    def statuses(self, *, manual_capture: bool) -> list[str]:
        """The outcomes that can be chosen on the test page."""
        first = "authorized" if manual_capture else "paid"
        return [first, *(["pending"] if self.id in PENDING else []), "failed", "canceled", "expired", "open"]


MANY = names("EUR USD GBP CHF DKK NOK SEK PLN CZK HUF AUD CAD JPY ISK")
PAY_LATER = names("NL BE DE AT FI FR ES IT PT DK SE NO GB IE CH")
ALL = (
    Method("ideal", "iDEAL | Wero", lifetime=15 * MINUTE, active=True, countries=frozenset({"NL"})),
    Method(
        *("creditcard", "Card", "Kaart"),
        highest=10_000_00,
        lifetime=30 * MINUTE,
        active=True,
        currencies=MANY,
        can_authorize=True,
    ),
    Method("bancontact", "Bancontact", lowest=2, active=True, countries=frozenset({"BE"})),
    Method("paypal", "PayPal", highest=8_000_00, lifetime=72 * HOUR, active=True, currencies=MANY),
    Method("applepay", "Apple Pay", highest=10_000_00, lifetime=30 * MINUTE, active=True, currencies=MANY, wallet=True),
    Method("banktransfer", "Bank transfer", "Bankoverschrijving", highest=1_000_000_00, lifetime=14 * DAY, active=True),
    Method(
        *("klarna", "Pay with Klarna", "Betaal met Klarna"),
        lowest=10,
        highest=15_000_00,
        lifetime=48 * HOUR,
        active=True,
        countries=PAY_LATER,
        can_authorize=True,
        needs_address=True,
        needs_lines=True,
    ),
    Method("kbc", "KBC/CBC Payment Button", "KBC/CBC-Betaalknop", active=True, countries=frozenset({"BE"})),
    Method("belfius", "Belfius Pay Button", "Belfius Pay-knop", active=True, countries=frozenset({"BE"})),
    Method(
        *("riverty", "Riverty", "Achteraf betalen met Riverty"),
        lowest=5_00,
        highest=1_500_00,
        lifetime=48 * HOUR,
        active=True,
        countries=frozenset({"NL", "BE", "DE", "AT"}),
        can_authorize=True,
        needs_address=True,
        needs_lines=True,
    ),
    Method("eps", "eps", highest=20_000_00, active=True, countries=frozenset({"AT"})),
    Method("alma", "Alma", lowest=50_00, highest=2_000_00, lifetime=48 * HOUR, needs_address=True),
    Method("bacs", "BACS Direct Debit", currencies=frozenset({"GBP"})),
    Method("bancomatpay", "BANCOMAT Pay", highest=10_000_00),
    Method("billie", "Billie", highest=100_000_00, can_authorize=True, needs_address=True, needs_lines=True),
    Method("billink", "Billink", highest=3_000_00, needs_address=True, needs_lines=True),
    Method("bizum", "Bizum", highest=5_000_00),
    Method("blik", "BLIK", currencies=frozenset({"PLN", "EUR"})),
    Method("directdebit", "SEPA Direct Debit", "SEPA-incasso", highest=10_000_00),
    Method("giftcard", "Gift cards", "Cadeaukaarten", highest=None, is_refundable=False),
    Method("in3", "iDEAL in3", lowest=50_00, highest=3_000_00, needs_address=True, needs_lines=True),
    Method("mbway", "MB WAY", highest=7_500_00),
    Method("mobilepay", "MobilePay", highest=4_000_00, currencies=frozenset({"EUR", "DKK"})),
    Method("multibanco", "Multibanco", highest=99_999_00),
    Method("mybank", "MyBank", lifetime=45 * MINUTE),
    Method("paybybank", "Pay by Bank", highest=15_000_00, currencies=frozenset({"EUR", "GBP"})),
    Method("paysafecard", "paysafecard", highest=999_00, lifetime=15 * MINUTE, is_refundable=False),
    Method("przelewy24", "Przelewy24", highest=12_815_00, currencies=frozenset({"PLN", "EUR"})),
    Method("satispay", "Satispay"),
    Method("swish", "Swish", currencies=frozenset({"SEK"})),
    Method("trustly", "Trustly"),
    Method("twint", "TWINT", highest=5_000_00, currencies=frozenset({"CHF"})),
    Method("vipps", "Vipps", highest=4_000_00, currencies=frozenset({"NOK"})),
    Method("voucher", "Vouchers", "Bonnen", highest=None, lifetime=2 * HOUR, needs_lines=True),
)
BY_ID = {method.id: method for method in ALL}
RECURRING = frozenset({"creditcard", "directdebit", "paypal"})


def lifetime_of(method_id: str | None) -> int:
    """How many seconds an open payment waits for the shopper."""
    return BY_ID[method_id].lifetime if method_id else 15 * MINUTE


def offered(
    *,
    amount: Amount | None = None,
    country: str | None = None,
    sequence_type: str = "oneoff",
    wallets: Iterable[str] = (),
) -> list[Method]:
    """The active methods that can be used for this amount in this country."""
    if amount is not None and amount.minor <= 0:
        raise Problem(400, "The amount is lower than the minimum", "amount")
    if sequence_type not in {"oneoff", "first", "recurring"}:
        raise Problem(400, "The sequence type is invalid", "sequenceType")
    return [
        method
        for method in ALL
        if method.active
        and (amount is None or fits(method, amount))
        and (not country or not method.countries or country in method.countries)
        and (sequence_type != "recurring" or method.id in RECURRING)
        and (not method.wallet or method.id in wallets)
    ]


def fits(method: Method, amount: Amount) -> bool:
    """Whether an amount is within what the method takes."""
    within = method.lowest <= amount.minor and (method.highest is None or amount.minor <= method.highest)
    return amount.currency in method.currencies and within
