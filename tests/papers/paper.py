"""Papers to draw and to add up, without an order behind them."""

from dataclasses import replace
from typing import Any

from shop.papers.rules import INVOICE, Line, Paper, Party, line_of
from shop.pricing.rules import PricedLine, purchase_lines, shipping_vat_basis_points

SELLER = Party(
    "SO SERA B.V.",
    "Triasplein 121",
    "3845 GD",
    "Harderwijk",
    "NL",
    vat_number="NL860999002B01",
    kvk="80054811",
)
BUYER = Party("Sanne de Vries", "Donkerstraat 52", "3841 CD", "Harderwijk", "NL")
BUSINESS = replace(BUYER, company="De Vries & Zn. <Keramiek>", vat_number="BE0411905847", country="BE")

THREE_RATES = (
    line_of("item", "Theepot, zand (groot)", PricedLine(2, 1250, 2100, discount_cents=300)),
    line_of("item", "Boek: Thuis kaarsen maken", PricedLine(1, 1995, 900)),
    line_of("item", "Cadeaubon", PricedLine(3, 1000, 0)),
    line_of("delivery", "Bezorgen", PricedLine(1, 495, 2100)),
)


def make_paper(**values: Any) -> Paper:
    """An invoice with three rates, delivery and a discount; every value replaceable."""
    return replace(
        Paper(
            kind=INVOICE,
            number="2026-00001",
            language="nl",
            issued_on="2026-11-29",
            order_number="26-4K7M9Q",
            ordered_on="2026-11-28",
            seller=SELLER,
            buyer=BUYER,
            lines=THREE_RATES,
            paid_on="2026-11-28",
        ),
        **values,
    )


def lines_of(bought: list[tuple[int, int, int]], *, shipping_cents: int, discount_cents: int) -> tuple[Line, ...]:
    """The lines of a purchase of (quantity, price, rate), with delivery and a discount, as an order has them."""
    sold = [PricedLine(*one) for one in bought]
    priced = purchase_lines(
        sold,
        shipping_cents=shipping_cents,
        shipping_vat_basis_points=shipping_vat_basis_points(sold),
        discount_cents=discount_cents,
    )
    return tuple(line_of("item" if n < len(sold) else "delivery", f"Artikel {n}", one) for n, one in enumerate(priced))
