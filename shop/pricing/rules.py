"""Sums of prices and VAT: whole cents in, whole cents out. Prices include VAT; VAT is taken out of each line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shop.core.money import vat_part_cents

HOME = "NL"
"""The shop's own country: people pick up here, services take place here, its rates hold below the threshold."""


@dataclass(frozen=True)
class PricedLine:
    """So many pieces at a price with VAT in it, less the line's share of a discount."""

    quantity: int
    unit_price_cents: int
    vat_basis_points: int
    discount_cents: int = 0

    @property
    def total_cents(self) -> int:
        """What the line costs, VAT included."""
        return self.quantity * self.unit_price_cents - self.discount_cents

    @property
    def vat_cents(self) -> int:
        """The VAT inside the line."""
        return vat_part_cents(self.total_cents, self.vat_basis_points)


@dataclass(frozen=True)
class VatPart:
    """What one rate applies to: the amount with VAT, and the VAT inside it."""

    basis_points: int
    gross_cents: int
    vat_cents: int

    @property
    def net_cents(self) -> int:
        """The amount without VAT."""
        return self.gross_cents - self.vat_cents


@dataclass(frozen=True)
class Totals:
    """What a purchase adds up to."""

    items_cents: int
    shipping_cents: int
    shipping_vat_basis_points: int
    vat: tuple[VatPart, ...]

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return self.items_cents + self.shipping_cents

    @property
    def vat_cents(self) -> int:
        """All the VAT inside it."""
        return sum(part.vat_cents for part in self.vat)


def items_cents(lines: Iterable[PricedLine]) -> int:
    """What the lines cost together, VAT included."""
    return sum(line.total_cents for line in lines)


def shipping_vat_basis_points(lines: Iterable[PricedLine]) -> int:
    """The rate of delivery: that of what makes up the largest share of the price; of equal shares the highest rate."""
    shares: dict[int, int] = {}
    for line in lines:
        shares[line.vat_basis_points] = shares.get(line.vat_basis_points, 0) + line.total_cents
    return max(shares, key=lambda rate: (shares[rate], rate)) if shares else 0


def vat_summary(lines: Iterable[PricedLine]) -> tuple[VatPart, ...]:
    """The amounts and the VAT for each rate, highest rate first; the VAT is that of the lines, added up."""
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        gross, vat = found.get(line.vat_basis_points, (0, 0))
        found[line.vat_basis_points] = (gross + line.total_cents, vat + line.vat_cents)
    return tuple(VatPart(rate, *found[rate]) for rate in sorted(found, reverse=True))


def spread(cents: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to weights, to the cent: the largest remainders get the cents that are left."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(cents * weights[n] % whole), n))
    for n in by_remainder[: cents - sum(parts)]:
        parts[n] += 1
    return parts


def purchase_lines(
    items: Sequence[PricedLine], *, shipping_cents: int, shipping_vat_basis_points: int, discount_cents: int
) -> list[PricedLine]:
    """All lines of a purchase, delivery as the last one; each line bears its share of a discount.

    A discount is taken from the articles, and from delivery only when it is larger than they are. VAT is reckoned over
    what is left of each line, so that all adds up however the cents fall.
    """
    delivery = [PricedLine(1, shipping_cents, shipping_vat_basis_points)] if shipping_cents else []
    lines = [*items, *delivery]
    is_larger = discount_cents > items_cents(items)
    bearing = [line.total_cents if is_larger or n < len(items) else 0 for n, line in enumerate(lines)]
    shares = spread(discount_cents, bearing)
    return [replace(line, discount_cents=share) for line, share in zip(lines, shares, strict=True)]


def totals(lines: Sequence[PricedLine], shipping_cents: int) -> Totals:
    """What lines and their delivery add up to; delivery is a line of its own at the rate of the largest share."""
    rate = shipping_vat_basis_points(lines) if shipping_cents else 0
    delivery = [PricedLine(1, shipping_cents, rate)] if shipping_cents else []
    return Totals(items_cents(lines), shipping_cents, rate, vat_summary([*lines, *delivery]))


def vat_country(kind: str, *, sent_to: str, is_sent: bool) -> str:
    """Whose VAT applies: services happen here, goods where they arrive, downloads where the customer is."""
    if kind == "service" or (kind == "goods" and not is_sent):
        return HOME
    return sent_to
