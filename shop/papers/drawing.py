"""Papers as PDF/A-3 with tags, so that they last and can be read aloud; drawn outside of every transaction.

Values reach the drawing as text, never as markup; no font and no file from outside is used.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst
from babel.numbers import format_currency
from flask_babel import gettext as _

from shop.core.clock import AMSTERDAM
from shop.core.i18n import country_name, locale, speaking
from shop.core.money import as_decimal
from shop.core.templating import day, euros, percent
from shop.papers.rules import CREDIT_NOTE, INVOICE, Line, Paper, Party
from shop.pricing.rules import HOME

DRAWING = Path(__file__).parent / "paper.typ"
ARCHIVE, READABLE = "a-3a", "ua-1"


def pdf_of(paper: Paper, *, xml: bytes = b"") -> bytes:
    """The paper as a PDF, with its UBL inside where there is one."""
    with speaking(paper.language):
        told = json.dumps(_told(paper), ensure_ascii=False)
    inputs = {"paper": told, "xml": xml.decode()}
    made = datetime.combine(date.fromisoformat(paper.issued_on), time.min, AMSTERDAM)
    try:
        return _drawn(inputs, [ARCHIVE, READABLE], made)
    except typst.TypstError:  # a sign that no font of ours has: such a text cannot be archived, but it can be read
        return _drawn(inputs, ["1.7"], made)


def _drawn(inputs: dict[str, str], standards: list[Any], made: datetime) -> bytes:
    found = typst.compile(
        DRAWING,
        root=DRAWING.parent,
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=standards,
        timestamp=int(made.timestamp()),
    )
    assert isinstance(found, bytes)
    return found


def title_of(paper: Paper) -> str:
    """What a paper is called, in the language being spoken: "Factuur 2026-00001"."""
    if paper.kind == INVOICE:
        return str(_("Invoice %(number)s", number=paper.number))
    if paper.kind == CREDIT_NOTE:
        return str(_("Credit note %(number)s", number=paper.number))
    return str(_("Receipt of order %(number)s", number=paper.number))


def _told(paper: Paper) -> dict[str, Any]:
    """All that is written on the paper, in words."""
    return {
        "language": paper.language,
        "title": title_of(paper),
        "kind": {INVOICE: _("Invoice"), CREDIT_NOTE: _("Credit note")}.get(paper.kind, _("Receipt")),
        "seller": _party(paper.seller),
        "seller_facts": list(_seller_facts(paper.seller)),
        "buyer_label": _("For"),
        "buyer": _party(paper.buyer) if paper.buyer else [],
        "facts": list(_facts(paper)),
        "columns": [_("Description"), _("Quantity"), _("Price excl. VAT"), _("VAT"), _("Excl. VAT"), _("Incl. VAT")],
        "rows": [_row(line) for line in paper.lines],
        "rates_label": _("VAT by rate"),
        "rates_columns": [_("Rate"), _("Excl. VAT"), _("VAT"), _("Incl. VAT")],
        "rates": [
            [percent(part.basis_points), *map(euros, (part.net_cents, part.vat_cents, part.gross_cents))]
            for part in paper.vat
        ],
        "totals": [
            [_("Total excl. VAT"), euros(paper.net_cents)],
            [_("VAT"), euros(paper.vat_cents)],
        ],
        "total": [_("Total credited") if paper.kind == CREDIT_NOTE else _("Total"), euros(paper.total_cents)],
        "back": [
            [line.name, percent(line.basis_points), euros(line.vat_cents), euros(line.gross_cents)]
            for line in paper.back
        ],
        "back_label": _("Paid back"),
        "back_columns": [_("When"), _("Rate"), _("VAT"), _("Amount")],
        "notes": list(_notes(paper)),
        "page": _("Page"),
        "of": _("of"),
    }


def _party(party: Party) -> list[str]:
    town = f"{party.postcode}  {party.town}"
    country = country_name(party.country) if party.country != HOME else ""
    return [text for text in (party.company, party.name, party.street, town.strip(), country) if text]


def _seller_facts(party: Party) -> Iterator[list[str]]:
    if party.kvk:
        yield [_("Chamber of Commerce (KvK)"), party.kvk]
    if party.vat_number:
        yield [_("VAT number"), party.vat_number]


def _facts(paper: Paper) -> Iterator[list[str]]:
    """The days and references that the law asks for."""
    if paper.kind in (INVOICE, CREDIT_NOTE):
        yield [_("Number"), paper.number]
        yield [_("Date"), _day(paper.issued_on)]
    if paper.refers_to:
        label = _("Credits invoice") if paper.kind == CREDIT_NOTE else _("Instead of credit note")
        yield [label, ", ".join(filter(None, (paper.refers_to, _day(paper.refers_to_on))))]
    yield [_("Order"), f"{paper.order_number}, {_day(paper.ordered_on)}"]
    if paper.kind != CREDIT_NOTE:
        if paper.paid_on:
            yield [_("Paid on"), _day(paper.paid_on)]
        if paper.supplied_on:
            yield [_("Delivered on"), _day(paper.supplied_on)]
    if paper.buyer and paper.buyer.vat_number:
        yield [_("Your VAT number"), paper.buyer.vat_number]


def _row(line: Line) -> list[str]:
    each = as_decimal(line.net_cents) / line.quantity
    return [
        line.name,
        _("Includes a discount of %(amount)s", amount=euros(line.discount_cents)) if line.discount_cents else "",
        str(line.quantity),
        _unit(each),
        percent(line.basis_points),
        euros(line.net_cents),
        euros(line.gross_cents),
    ]


def _unit(amount: Decimal) -> str:
    """A price for one piece without VAT, with as many decimals as it takes, four at most."""
    places = next(n for n in (2, 3, 4) if n == 4 or amount == round(amount, n))
    return str(format_currency(round(amount, places), "EUR", locale=locale(), decimal_quantization=False))


def _notes(paper: Paper) -> Iterator[str]:
    if paper.kind == INVOICE and paper.refers_to:
        yield _("The money of the credit note named above came back to us. That credit note no longer counts.")
    elif paper.kind == INVOICE:
        yield _("Paid in full. You need not pay anything more.")
        yield _("This invoice is a valid document. Keep it for your guarantee and your own books.")
    elif paper.kind == CREDIT_NOTE:
        yield _("This amount is credited to you. It belongs to the invoice named above.")
    else:
        yield _("This receipt names nobody. It is a valid document: keep it for your guarantee.")
    if paper.is_oss:
        yield _("VAT of the country of delivery, reported under the EU's One Stop Shop.")


def _day(text: str) -> str:
    return day(date.fromisoformat(text)) if text else ""
