"""What an order would be if it were placed now: lines, delivery, VAT, total, and the ways to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shop.cart.queries import Contents, Item
from shop.checkout.rules import GOODS, ONLINE, PaymentChoice, needs_express_request
from shop.core.i18n import _, in_language
from shop.orders.placing import AT_PICKUP, BY_MOLLIE, FREE
from shop.payments.queries import offered_methods
from shop.pricing.queries import vat_rates
from shop.pricing.rules import HOME, PricedLine, Totals, totals, vat_country
from shop.shipping.queries import ShippingChoice, choices


@dataclass(frozen=True)
class QuotedLine:
    """A line of the cart with the VAT that applies to it."""

    item: Item
    priced: PricedLine


@dataclass(frozen=True)
class Quote:
    """What an order would be at this moment."""

    contents: Contents
    lines: tuple[QuotedLine, ...]
    country: str
    deliveries: tuple[ShippingChoice, ...]
    delivery: ShippingChoice | None
    totals: Totals
    payments: tuple[PaymentChoice, ...]
    is_country_asked: bool

    @property
    def kinds(self) -> set[str]:
        """Goods, services, downloads: what there is among the lines."""
        return {line.item.variant.kind for line in self.lines}

    @property
    def needs_delivery(self) -> bool:
        """Whether there is something to send or to pick up."""
        return GOODS in self.kinds

    @property
    def is_sent(self) -> bool:
        """Whether a parcel goes to an address."""
        return self.delivery is not None and not self.delivery.is_pickup

    @property
    def needs_express_request(self) -> bool:
        """Whether something in it could start within the withdrawal period."""
        return needs_express_request(self.kinds)

    @property
    def is_free(self) -> bool:
        """Whether there is nothing to pay."""
        return self.totals.total_cents == 0


def delivery_value(choice: ShippingChoice) -> str:
    """How the form names a way of delivery: its kind first, so that the page can show the fields that go with it."""
    return f"{choice.kind}-{choice.method_id}"


def quote(contents: Contents, *, country: str, delivery: str | None, on: date, oss_since: date | None) -> Quote:
    """What an order of this cart would be; an unknown way of delivery becomes the first one there is."""
    items = contents.orderable
    goods = [item for item in items if item.variant.kind == GOODS]
    weight = sum(item.quantity * item.variant.weight_grams for item in goods)
    offered = choices(country, weight, sum(item.total_cents for item in goods)) if goods else []
    chosen = next((one for one in offered if delivery_value(one) == delivery), offered[0] if offered else None)
    is_sent = chosen is not None and not chosen.is_pickup
    rates = _rates(country, on, oss_since)
    lines = tuple(_quoted(item, rates, country, is_sent) for item in items)
    summed = totals([line.priced for line in lines], chosen.price_cents if chosen else 0)
    return Quote(
        contents=contents,
        lines=lines,
        country=country,
        deliveries=tuple(offered),
        delivery=chosen,
        totals=summed,
        payments=_payments(country, summed.total_cents, chosen),
        is_country_asked=bool(goods) or (oss_since is not None and on >= oss_since),
    )


def _rates(country: str, on: date, oss_since: date | None) -> Mapping[str, Mapping[str, int]]:
    """The rates of the shop's own country, and of the customer's where those differ."""
    home = vat_rates(HOME, on, oss_since=None)
    is_home = country == HOME or oss_since is None or on < oss_since
    return {HOME: home, country: home if is_home else vat_rates(country, on, oss_since=oss_since)}


def _quoted(item: Item, rates: Mapping[str, Mapping[str, int]], country: str, is_sent: bool) -> QuotedLine:
    ruled_by = vat_country(item.variant.kind, sent_to=country, is_sent=is_sent)
    basis_points = rates[ruled_by][item.variant.vat_class]
    return QuotedLine(item, PricedLine(item.quantity, item.variant.price_cents, basis_points))


def _payments(country: str, total_cents: int, delivery: ShippingChoice | None) -> tuple[PaymentChoice, ...]:
    if total_cents == 0:
        return (PaymentChoice(FREE, _("Nothing to pay"), FREE),)
    is_sent = delivery is not None and not delivery.is_pickup
    found = [
        PaymentChoice(method.id, method.name, BY_MOLLIE, tells_address=method.needs_address)
        for method in offered_methods(country, total_cents)
        if is_sent or not method.needs_address  # without a parcel no address is asked, so none can be told
    ]
    if not found:
        found = [PaymentChoice(ONLINE, _("Pay online"), BY_MOLLIE)]
    if delivery is not None and delivery.is_pickup:
        found.append(PaymentChoice(AT_PICKUP, _("Pay when you pick up"), AT_PICKUP))
    return tuple(found)


def line_name(item: Item) -> str:
    """What a line is called on the order: the article and its choice, in the language being spoken."""
    name, label = in_language(item.variant, "name"), in_language(item.variant, "label")
    return f"{name}, {label}" if label else name
