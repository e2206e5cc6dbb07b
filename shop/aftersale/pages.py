"""What the pages of one order are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from shop.aftersale import rules
from shop.aftersale.changing import may_ask
from shop.aftersale.models import Withdrawal
from shop.aftersale.queries import files_of, last_days, withdrawals_of
from shop.catalogue.models import DOWNLOAD
from shop.core.money import cents_from_mollie_value
from shop.core.templating import day, euros
from shop.orders.models import COMPLETED, CONFIRMED, PLACED, Order, ParcelReport
from shop.orders.queries import (
    Parcel,
    order_by_link,
    order_by_return_token,
    order_with_all,
    parcels,
    reports_of,
    vat_of,
)
from shop.orders.rules import EVENT_TEXTS, WITHDRAWABLE, downloads_open_at, may_be_missed
from shop.papers.queries import Papers, open_invoice, papers_of, request_of
from shop.payments.bodies import billing_address
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.queries import (
    OfferedMethod,
    attempts_of,
    has_surplus,
    offered_methods,
    payable_cents,
    refunds_of,
)
from shop.payments.rules import AUTHORIZED, OPEN, PENDING, SETTLING, is_usable
from shop.pricing.rules import HOME, VatPart
from shop.shipping.models import PARCEL

NOT_SHOWN = ("proposed", "declined")  # refunds that staff has not decided to make


@dataclass(frozen=True)
class OrderPage:
    """An order as one of its pages shows it."""

    order: Order
    say: str
    last_method: str | None
    checkout_is_open: bool
    files: dict[int, str]
    files_open_at: datetime | None
    at: datetime
    withdrawals: list[Withdrawal]
    missed: Mapping[int, ParcelReport] = field(default_factory=dict)
    papers: Papers = field(default_factory=Papers)
    refunds: Sequence[Refund] = ()
    due_cents: int = 0  # what the order costs more since it was changed
    is_due_checked: bool = False  # it may have been paid just now

    @property
    def can_pay(self) -> bool:
        """Whether the customer may try to pay now."""
        return self.say in rules.CAN_PAY or (self.due_cents > 0 and not self.is_due_checked)

    @property
    def payable_cents(self) -> int:
        """How much is to be paid, if anything is."""
        return self.due_cents or self.order.total_cents

    @property
    def files_are_open(self) -> bool:
        """Whether the order's files may be downloaded now."""
        return self.files_open_at is not None and self.files_open_at <= self.at

    @property
    def news(self) -> str | None:
        """How far an order that needs no payment any more has come: completed, shipped or ready; None before that."""
        if self.order.status == "completed":
            return "completed"
        statuses = {shipment.status for shipment in self.order.shipments}
        return next((status for status in ("ready", "shipped") if status in statuses), None)

    @property
    def can_change(self) -> bool:
        """Whether the customer may still call the order off or ask for a change."""
        return self.order.status == PLACED or may_ask(self.order)

    @property
    def can_withdraw(self) -> bool:
        """Whether there is an agreement that the customer may withdraw from."""
        return self.order.status in WITHDRAWABLE

    @property
    def last_days(self) -> list[str]:
        """Until when the customer can withdraw, as far as that is known by now."""
        if self.order.status not in (CONFIRMED, COMPLETED):
            return []
        known = last_days(self.order).values()
        found = sorted({last for last in known if last is not None})
        told = [_("You can withdraw until the end of %(day)s.", day=day(last)) for last in found]
        return told + [_("The 14 days begin when you have the last piece of your order.")] * (None in known)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened that concerns the customer, newest first."""
        shown = [event for event in self.order.events if event.is_for_customer and event.kind in EVENT_TEXTS]
        return [
            {"at": event.at, "text": EVENT_TEXTS[event.kind], "detail": detail_of(event.kind, event.detail)}
            for event in reversed(shown)
        ]

    @property
    def parcels(self) -> list[Parcel]:
        """The shipments and where they can be followed."""
        return parcels(self.order)

    @property
    def may_miss(self) -> set[int]:
        """The parcels of which the customer can say that they have not arrived."""
        if self.order.status not in (CONFIRMED, COMPLETED) or self.order.shipping_kind != PARCEL:
            return set()
        return {
            one.id
            for one in self.order.shipments
            if may_be_missed(one.status, shipped_at=one.shipped_at, delivered_at=one.delivered_at, now=self.at)
            and (one.id not in self.missed or self.missed[one.id].decided_at is not None)
        }

    @property
    def vat(self) -> tuple[VatPart, ...]:
        """The VAT inside the order."""
        return vat_of(self.order)

    @property
    def addresses(self) -> dict[str, Any]:
        """The addresses by their kind."""
        return {address.kind: address for address in self.order.addresses}

    @property
    def methods(self) -> list[OfferedMethod]:
        """The ways in which it can be paid."""
        address = billing_address(self.order)
        country = next((a.country for a in self.order.addresses if a.kind == "shipping"), HOME)
        offered = offered_methods(country, self.payable_cents, is_difference=self.order.status != PLACED)
        return [method for method in offered if address is not None or not method.needs_address]


def may_ask_for_invoice(order: Order) -> bool:
    """Whether an invoice can be asked for: there is something to pay, and none is asked for or there already."""
    stands = order.status in WITHDRAWABLE and order.total_cents > 0
    return stands and request_of(order.id) is None and open_invoice(order.id) is None


def detail_of(kind: str, detail: str) -> str:
    """The detail of an event that a customer has use for: the carrier's name, or how much goes back."""
    if kind in ("refunded", "refund_accepted") and detail.startswith("EUR "):
        return euros(cents_from_mollie_value(detail.removeprefix("EUR ")))
    return detail if kind == "shipped" else ""


def find(token: str) -> tuple[Order | None, bool]:
    """The order of a token in an address, and whether it is the mailed one, which shows more."""
    order = order_by_return_token(token)
    if order is not None:
        return order, False
    return order_by_link(token), True


def page_of(order_id: int, *, is_told: bool, at: datetime) -> OrderPage:
    """All that a page about an order shows."""
    order = order_with_all(order_id)
    attempts = attempts_of(order_id)
    newest = attempts[0] if attempts else None
    say = rules.what_to_say(
        order.status,
        order.pays_by,
        newest.status if newest else None,
        is_told=is_told,
        has_surplus=order.status in ("expired", "canceled") and has_surplus(order_id),
        is_set_aside=_is_set_aside(attempts),
    )
    is_open = newest is not None and is_usable(newest.checkout_url, newest.status, expires_at=newest.expires_at, now=at)
    files = files_of(order_id) if any(line.kind == DOWNLOAD for line in order.lines) else {}
    open_at = downloads_open_at(order.status, placed_at=order.placed_at, asked_at=order.express_request_at)
    is_withdrawn = any(event.kind == "withdrawal_declared" for event in order.events)
    withdrawals = withdrawals_of(order_id) if is_withdrawn else []
    has_missed = any(event.kind == "missed" for event in order.events)
    missed = {report.shipment_id: report for report in reports_of(order_id)} if has_missed else {}
    is_refunded = any(event.kind in ("refund_accepted", "refunded", "refund_failed") for event in order.events)
    refunds = refunds_of(order_id) if is_refunded else []
    due_cents = _due_cents(order, attempts, is_refunded=is_refunded)
    return OrderPage(
        order=order,
        say=say,
        last_method=newest.method if newest else None,
        checkout_is_open=is_open,
        files=files,
        files_open_at=open_at,
        at=at,
        withdrawals=withdrawals,
        missed=missed,
        papers=papers_of(order) if order.status != "expired" else Papers(),
        refunds=[refund for refund in refunds if refund.status not in NOT_SHOWN],
        due_cents=due_cents,
        is_due_checked=bool(due_cents) and any(_may_pay(one, due_cents, is_told=is_told) for one in attempts),
    )


def _may_pay(attempt: PaymentAttempt, cents: int, *, is_told: bool) -> bool:
    """Whether an attempt is paying an amount right now, as far as is known: then it is not asked for once more."""
    if attempt.amount_cents != cents:
        return False
    return attempt.status == PENDING or (attempt.status == OPEN and not is_told)


def _is_set_aside(attempts: Sequence[PaymentAttempt]) -> bool:
    """Whether an order's money is promised by a lender and nothing of it was taken in yet."""
    settling = [attempt for attempt in attempts if attempt.status in SETTLING]
    return bool(settling) and all(one.status == AUTHORIZED and not one.captured_cents for one in settling)


def _due_cents(order: Order, attempts: Sequence[PaymentAttempt], *, is_refunded: bool) -> int:
    """What an order costs more since it was changed; most orders were paid in full, and need no further question."""
    if order.status not in (CONFIRMED, COMPLETED) or order.pays_by == "pickup":
        return 0
    paid = sum(attempt.amount_cents for attempt in attempts if attempt.status in SETTLING)
    return payable_cents(order) if is_refunded or paid < order.total_cents else 0


def payment_page(order: Order, *, at: datetime) -> str | None:
    """Where the customer can pay right now, if a payment of what is still due is open."""
    cents = payable_cents(order)
    for attempt in attempts_of(order.id) if cents else ():
        is_good = is_usable(attempt.checkout_url, attempt.status, expires_at=attempt.expires_at, now=at)
        if is_good and attempt.amount_cents == cents:
            return attempt.checkout_url
    return None
