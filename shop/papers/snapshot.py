"""An order put on paper: its lines with their VAT, who sells, and the days that the law asks for."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.core.i18n import speaking
from shop.core.money import vat_part_cents
from shop.core.templating import day
from shop.orders.models import Order
from shop.orders.queries import priced_lines
from shop.papers import rules
from shop.papers.models import BookEntry
from shop.papers.rules import Line, Paper, Party
from shop.papers.seller import oss_since, seller
from shop.payments.models import AppliedPayment, Refund, RefundLine
from shop.pricing.rules import HOME, vat_country


def lines_of(order: Order) -> tuple[Line, ...]:
    """The lines of an order as its papers have them: articles and delivery, each with its share of a discount."""
    named = [(rules.ITEM, line.name) for line in order.lines] + [(rules.DELIVERY, order.shipping_name or "-")]
    priced = priced_lines(order)
    return tuple(
        rules.line_of(kind, rules.seen_text(name, longest=250), line)
        for (kind, name), line in zip(named, priced, strict=False)
    )


def countries_of(order: Order) -> dict[int, str]:
    """Whose VAT each line of an order is (by place among its lines); the rest of them are the goods'."""
    where = next((a.country for a in order.addresses if a.kind == "shipping"), HOME)
    is_sent = order.shipping_kind == "parcel"
    return {
        n: vat_country(line.kind, sent_to=where, is_sent=is_sent) if _by_destination(order) else HOME
        for n, line in enumerate(order.lines)
    }


def amounts_of(order: Order) -> dict[rules.Bucket, tuple[int, int]]:
    """What an order brings in, by country and rate; delivery goes with the largest part of their rate."""
    where = countries_of(order)
    found: dict[rules.Bucket, tuple[int, int]] = {}
    for n, line in enumerate(lines_of(order)):
        country = where.get(n) or _country_of(line.basis_points, found)
        gross, inside = found.get((country, line.basis_points), (0, 0))
        found[country, line.basis_points] = (gross + line.gross_cents, inside + line.vat_cents)
    return found


def _country_of(basis_points: int, found: rules.Amounts) -> str:
    of_rate = {country: gross for (country, rate), (gross, _inside) in found.items() if rate == basis_points}
    return max(of_rate, key=lambda country: (of_rate[country], country)) if of_rate else HOME


def is_oss(order: Order) -> bool:
    """Whether any of an order is reported by OSS, and its papers are kept for ten years."""
    return any(country != HOME for country in countries_of(order).values())


def _by_destination(order: Order) -> bool:
    since = oss_since()
    return since is not None and clock.local_date(order.placed_at) >= since


def paid_on(order: Order) -> date | None:
    """The day on which an order was paid: by Mollie, or when it was collected."""
    at = db.session.scalar(
        select(AppliedPayment.at).where(AppliedPayment.order_id == order.id, AppliedPayment.role == "settles")
    )
    if at is None and order.pays_by != "mollie":
        at = order.delivered_at if order.pays_by == "pickup" else order.confirmed_at
    return clock.local_date(at) if at else None


def receipt_of(order: Order) -> Paper:
    """The receipt of an order: what was bought, paid and paid back; nobody's name."""
    entries = db.session.scalars(
        select(BookEntry).where(BookEntry.order_id == order.id, BookEntry.kind == "refund").order_by(BookEntry.id)
    )
    with speaking(order.language):
        back = tuple(
            Line(
                rules.CORRECTION,
                _("Paid back on %(day)s", day=day(entry.booked_on)),
                1,
                entry.gross_cents,
                entry.vat_cents,
                entry.basis_points,
            )
            for entry in entries
        )
    paid = paid_on(order)
    return _paper(order, rules.RECEIPT, number=order.number, on=paid or clock.local_date(order.placed_at), back=back)


def invoice_of(order: Order, buyer: Party, *, number: str, on: date) -> Paper:
    """The invoice of an order, in somebody's name."""
    return _paper(order, rules.INVOICE, number=number, on=on, buyer=buyer)


def _paper(
    order: Order, kind: str, *, number: str, on: date, buyer: Party | None = None, back: tuple[Line, ...] = ()
) -> Paper:
    paid = paid_on(order)
    return Paper(
        kind=kind,
        number=number,
        language=order.language,
        issued_on=on.isoformat(),
        order_number=order.number,
        ordered_on=clock.local_date(order.placed_at).isoformat(),
        seller=seller(),
        buyer=buyer,
        lines=lines_of(order),
        supplied_on=clock.local_date(order.delivered_at).isoformat() if order.delivered_at else "",
        paid_on=paid.isoformat() if paid else "",
        is_oss=is_oss(order),
        back=back,
    )


def refunded_lines(order: Order, refund: Refund) -> list[Line]:
    """What a refund says that it is for: pieces of lines, and delivery; the rest of its amount has no line."""
    lines = {line.id: line for line in order.lines}
    parts = db.session.scalars(select(RefundLine).where(RefundLine.refund_id == refund.id).order_by(RefundLine.id))
    found = [
        Line(
            rules.ITEM,
            rules.seen_text(lines[part.order_line_id].name, longest=250),
            max(1, part.quantity),  # the rest of a piece is a line of its own
            part.cents,
            vat_part_cents(part.cents, lines[part.order_line_id].vat_basis_points),
            lines[part.order_line_id].vat_basis_points,
        )
        for part in parts
        if part.cents and part.order_line_id in lines
    ]
    if refund.shipping_cents:
        rate, cents = order.shipping_vat_basis_points, refund.shipping_cents
        found.append(Line(rules.DELIVERY, order.shipping_name or "-", 1, cents, vat_part_cents(cents, rate), rate))
    return found


def refunded_buckets(order: Order, refund: Refund) -> dict[rules.Bucket, int]:
    """What a refund says that it is for, by country and rate: pieces of lines, and delivery."""
    where = {line.id: countries_of(order)[n] for n, line in enumerate(order.lines)}
    rates = {line.id: line.vat_basis_points for line in order.lines}
    found: dict[rules.Bucket, int] = {}
    for part in db.session.scalars(select(RefundLine).where(RefundLine.refund_id == refund.id)):
        if part.order_line_id in where:
            bucket = where[part.order_line_id], rates[part.order_line_id]
            found[bucket] = found.get(bucket, 0) + part.cents
    if refund.shipping_cents:
        rate = order.shipping_vat_basis_points
        bucket = _country_of(rate, amounts_of(order)), rate
        found[bucket] = found.get(bucket, 0) + refund.shipping_cents
    return found
