"""The books as bookkeeping sees them: numbers and sums, without a name; nothing here opens a sealed paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, String, cast, func, literal, select
from sqlalchemy.orm import selectinload

from shop.core import clock
from shop.core.db import db
from shop.orders.models import Order
from shop.papers.models import BookEntry, Invoice, InvoiceRequest
from shop.papers.rules import days_of, quarter_of
from shop.payments.models import AttentionItem, PaymentAttempt

PAGE = 50
EXPORTED = 100_000
"""A quarter with more rows than this is exported by the month, from the database; no shop of this size has one."""


@dataclass(frozen=True)
class Sum:
    """What one rate in one country came to in a quarter."""

    country: str
    is_oss: bool
    basis_points: int
    sales_cents: int
    sales_vat_cents: int
    back_cents: int
    back_vat_cents: int
    lost_cents: int = 0
    lost_vat_cents: int = 0

    @property
    def gross_cents(self) -> int:
        """Sales less what went back and what was written off, VAT included."""
        return self.sales_cents - self.back_cents - self.lost_cents

    @property
    def vat_cents(self) -> int:
        """The VAT to be declared."""
        return self.sales_vat_cents - self.back_vat_cents - self.lost_vat_cents

    @property
    def net_cents(self) -> int:
        """The turnover without VAT."""
        return self.gross_cents - self.vat_cents


def papers(before: int | None = None) -> Sequence[Row[Invoice, str]]:
    """Invoices and credit notes with the number of their order, newest first; one more than a page, if there are."""
    question = select(Invoice, Order.number).join(Order, Order.id == Invoice.order_id)
    if before is not None:
        question = question.where(Invoice.id < before)
    return db.session.execute(question.order_by(Invoice.id.desc()).limit(PAGE + 1)).all()


def paper(invoice_id: int) -> tuple[Invoice, Order] | None:
    """One invoice or credit note with its rates, and its order."""
    question = select(Invoice, Order).join(Order, Order.id == Invoice.order_id).where(Invoice.id == invoice_id)
    found = db.session.execute(question.options(selectinload(Invoice.rates))).one_or_none()
    return (found[0], found[1]) if found else None


def related(invoice: Invoice) -> Sequence[Invoice]:
    """The papers that belong to one: the credit notes of an invoice, the invoice of a credit note, what reversed it."""
    other = (Invoice.refers_to_id == invoice.id) | (Invoice.id == invoice.refers_to_id)
    return db.session.scalars(select(Invoice).where(other).order_by(Invoice.id).limit(PAGE)).all()


def waiting() -> Sequence[Row[int, str, bool, str, object]]:
    """Requests for invoices that wait: their orders and since when, without the name that is asked for."""
    question = (
        select(
            InvoiceRequest.id,
            Order.number,
            (InvoiceRequest.company != "").label("is_business"),
            InvoiceRequest.vies,
            InvoiceRequest.asked_at,
        )
        .join(Order, Order.id == InvoiceRequest.order_id)
        .order_by(InvoiceRequest.id)
    )
    return db.session.execute(question.limit(PAGE)).all()


@dataclass(frozen=True)
class Taken:
    """Money that a customer's bank took back: of which order and payment, since when, and what the books say of it."""

    item: AttentionItem
    attempt: PaymentAttempt
    order: Order
    lost_cents: int

    @property
    def open_cents(self) -> int:
        """What is to be written off, or below nothing: what came back after it was."""
        return self.attempt.charged_back_cents - self.lost_cents

    @property
    def sure_on(self) -> date:
        """From which day the law takes it as lost: a year after it was due (Wet OB art. 29 lid 2)."""
        taken = clock.local_date(self.item.created_at)
        return taken.replace(year=taken.year + 1, day=min(taken.day, 28))


def taken_back(item_id: int | None = None) -> list[Taken]:
    """What banks took back, newest first, as far as it is still gone or was written off; or one of them."""
    lost = (
        select(func.coalesce(func.sum(BookEntry.gross_cents), 0))
        .where(BookEntry.kind == "lost", BookEntry.key.like(literal("lost:") + cast(PaymentAttempt.id, String) + ":%"))
        .scalar_subquery()
    )
    question = (
        select(AttentionItem, PaymentAttempt, Order, lost)
        .join(PaymentAttempt, PaymentAttempt.id == AttentionItem.attempt_id)
        .join(Order, Order.id == PaymentAttempt.order_id)
        .where(AttentionItem.kind == "chargeback", (PaymentAttempt.charged_back_cents > 0) | (lost != 0))
        .order_by(AttentionItem.id.desc())
        .limit(PAGE)
    )
    if item_id is not None:
        question = question.where(AttentionItem.id == item_id)
    return [Taken(*row) for row in db.session.execute(question)]


def sums(year: int, quarter: int) -> list[Sum]:
    """Sales and VAT of a quarter by country and rate; the shop's own country first, then those of OSS."""
    first, after = days_of(year, quarter)
    question = (
        select(
            BookEntry.country,
            BookEntry.is_oss,
            BookEntry.basis_points,
            BookEntry.kind,
            func.sum(BookEntry.gross_cents).label("gross"),
            func.sum(BookEntry.vat_cents).label("vat"),
        )
        .where(BookEntry.booked_on >= first, BookEntry.booked_on < after)
        .group_by(BookEntry.country, BookEntry.is_oss, BookEntry.basis_points, BookEntry.kind)
    )
    found: dict[tuple[bool, str, int], dict[str, tuple[int, int]]] = {}
    for row in db.session.execute(question):
        kinds = found.setdefault((row.is_oss, row.country, -row.basis_points), {})
        kinds[row.kind] = (int(row.gross), int(row.vat))
    nothing = (0, 0)
    return [
        Sum(country, is_oss, -rate, *(n for kind in ("sale", "refund", "lost") for n in found[key].get(kind, nothing)))
        for key in sorted(found)
        for is_oss, country, rate in (key,)
    ]


def quarters() -> list[tuple[int, int]]:
    """The quarters that the books have anything of, newest first."""
    first, last = db.session.execute(select(func.min(BookEntry.booked_on), func.max(BookEntry.booked_on))).one()
    if first is None:
        return []
    found, (year, quarter) = [], quarter_of(last)
    while (year, quarter) >= quarter_of(first):
        found.append((year, quarter))
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return found


def entries(year: int, quarter: int) -> Sequence[Row[BookEntry, str]]:
    """Every entry of a quarter with the number of its order, in the order in which they were booked."""
    first, after = days_of(year, quarter)
    question = (
        select(BookEntry, Order.number)
        .join(Order, Order.id == BookEntry.order_id)
        .where(BookEntry.booked_on >= first, BookEntry.booked_on < after)
        .order_by(BookEntry.booked_on, BookEntry.id)
    )
    return db.session.execute(question.limit(EXPORTED)).all()


def issued(first: date, after: date) -> Sequence[Row[Invoice, str]]:
    """Every invoice and credit note of some days with its rates, in the order of their numbers."""
    question = (
        select(Invoice, Order.number)
        .join(Order, Order.id == Invoice.order_id)
        .where(Invoice.issued_on >= first, Invoice.issued_on < after)
        .options(selectinload(Invoice.rates))
        .order_by(Invoice.year, Invoice.sequence)
    )
    return db.session.execute(question.limit(EXPORTED)).all()
