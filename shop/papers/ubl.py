"""A paper as UBL 2.1: the semantic model of EN 16931, and Peppol BIS Billing 3 where the buyer has an address there."""

from decimal import Decimal

from flask import render_template

from shop.core.money import as_decimal
from shop.papers.rules import CREDIT_NOTE, DELIVERY, Line, Paper, Party

EN_16931 = "urn:cen.eu:en16931:2017"
PEPPOL = f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

SCHEMES = {"NL": "9944", "BE": "9925", "DE": "9930", "FR": "9957", "LU": "9938", "AT": "9914", "IT": "9906"}
"""Electronic address schemes of VAT numbers (EAS code list), by country."""
KVK = "0106"


def xml_of(paper: Paper) -> bytes:
    """The paper as a UBL Invoice or CreditNote."""
    is_delivery_alone = all(line.kind == DELIVERY for line in paper.lines)
    extra = () if paper.kind == CREDIT_NOTE or is_delivery_alone else (DELIVERY,)
    text = render_template(
        "papers/credit_note.xml" if paper.kind == CREDIT_NOTE else "papers/invoice.xml",
        paper=paper,
        customization=PEPPOL if _address(paper.buyer) else EN_16931,
        profile=BILLING,
        seller_address=(KVK, paper.seller.kvk) if paper.seller.kvk else None,
        buyer_address=_address(paper.buyer),
        lines=[line for line in paper.lines if line.kind not in extra],
        extras=[line for line in paper.lines if line.kind in extra],
        amount=amount,
        unit_price=unit_price,
        percent=rate,
    )
    return text.encode()


def amount(cents: int) -> str:
    """An amount as UBL has it: "12.50"."""
    return f"{as_decimal(cents):.2f}"


def rate(basis_points: int) -> str:
    """A VAT rate as UBL has it: "21.00"."""
    return f"{Decimal(basis_points).scaleb(-2):.2f}"


def unit_price(line: Line) -> str:
    """What one piece costs without VAT, exact enough that so many pieces are the line again."""
    price = as_decimal(line.net_cents) / line.quantity
    return f"{price:.2f}" if price == price.quantize(Decimal("0.01")) else f"{price:.8f}"


def _address(party: Party | None) -> tuple[str, str] | None:
    """The scheme and the number by which a business is reached, where its country has one."""
    if party is None or not party.vat_number or party.vat_number[:2] not in SCHEMES:
        return None
    return SCHEMES[party.vat_number[:2]], party.vat_number
