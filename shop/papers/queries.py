"""Questions about receipts and invoices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.core import clock, vault
from shop.core.db import db
from shop.orders.models import COMPLETED, CONFIRMED, Order, OrderEvent
from shop.papers import books, documents, rules
from shop.papers.models import IN_THE_VAULT, BookEntry, Invoice, InvoiceCounter, InvoiceRate, InvoiceRequest
from shop.pricing.rules import VatPart


def request_of(order_id: int) -> InvoiceRequest | None:
    """The request for an invoice that still waits, if there is one."""
    return db.session.scalar(select(InvoiceRequest).where(InvoiceRequest.order_id == order_id))


def invoice_by_id(invoice_id: int) -> Invoice | None:
    """One invoice or credit note, with its rates."""
    return db.session.scalar(select(Invoice).where(Invoice.id == invoice_id).options(selectinload(Invoice.rates)))


def invoices_of(order_id: int) -> Sequence[Invoice]:
    """The invoices and credit notes of an order, in the order of their numbers."""
    question = select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.year, Invoice.sequence)
    return db.session.scalars(question).all()


def issued_for(cause: str) -> Invoice | None:
    """The paper that a cause has already led to."""
    return db.session.scalar(select(Invoice).where(Invoice.cause == cause))


def times_invoiced(order_id: int) -> int:
    """How many invoices an order has had."""
    question = select(func.count(Invoice.id)).where(Invoice.order_id == order_id, Invoice.kind == rules.INVOICE)
    return db.session.scalar(question) or 0


def open_invoice(order_id: int) -> Invoice | None:
    """The newest invoice of an order of which not everything was credited."""
    return next((invoice for invoice, _left in open_invoices(order_id)), None)


def open_invoices(order_id: int) -> list[tuple[Invoice, int]]:
    """The invoices of an order of which not everything was credited, newest first, and how much of each is left.

    Mostly one; a refund that bounced after it was credited makes a second one.
    """
    found = [(one, left_cents(one)) for one in reversed(invoices_of(order_id)) if one.kind == rules.INVOICE]
    return [(invoice, left) for invoice, left in found if left]


def left_cents(invoice: Invoice) -> int:
    """What is left of an invoice after its credit notes, VAT included."""
    return sum(part.gross_cents for part in left_of(invoice))


def credited_by(refund_id: int) -> Sequence[Invoice]:
    """The credit notes that a refund has led to."""
    cause = f"refund:{refund_id}"
    mine = (Invoice.cause == cause) | Invoice.cause.like(f"{cause}:%")
    return db.session.scalars(select(Invoice).where(mine).order_by(Invoice.id)).all()


def was_changed_since(order_id: int, at: datetime) -> bool:
    """Whether staff have changed an order after a moment."""
    changed = OrderEvent.order_id == order_id, OrderEvent.kind == "changed", OrderEvent.at > at
    return db.session.scalar(select(OrderEvent.id).where(*changed).limit(1)) is not None


def left_of(invoice: Invoice) -> tuple[VatPart, ...]:
    """What is left of an invoice after its credit notes, rate by rate."""
    notes = select(Invoice.id).where(Invoice.refers_to_id == invoice.id)
    return rules.less(_parts(InvoiceRate.invoice_id == invoice.id), _parts(InvoiceRate.invoice_id.in_(notes)))


def _parts(condition: object) -> list[VatPart]:
    question = (
        select(
            InvoiceRate.basis_points,
            func.sum(InvoiceRate.gross_cents).label("gross"),
            func.sum(InvoiceRate.vat_cents).label("vat"),
        )
        .where(condition)  # type: ignore[arg-type]
        .group_by(InvoiceRate.basis_points)
    )
    return [VatPart(row.basis_points, int(row.gross), int(row.vat)) for row in db.session.execute(question)]


def is_paid(order: Order) -> bool:
    """Whether all of an order was paid and it still stands, also when some of the money has gone back since."""
    stands = order.status in (CONFIRMED, COMPLETED) and order.total_cents > 0
    return stands and books.sold_cents(order.id) >= order.total_cents


def has_receipt(order: Order) -> bool:
    """Whether an order was ever paid: then it has a receipt, also when its money has gone back since."""
    return papers_of(order).has_receipt


@dataclass(frozen=True)
class Papers:
    """Which papers an order has, in one question."""

    has_receipt: bool = False
    is_invoice_asked: bool = False
    has_invoice: bool = False


def papers_of(order: Order) -> Papers:
    """Which papers an order has."""
    found = db.session.execute(
        select(
            select(BookEntry.id).where(BookEntry.order_id == order.id).exists().label("booked"),
            select(InvoiceRequest.id).where(InvoiceRequest.order_id == order.id).exists().label("asked"),
            select(Invoice.id).where(Invoice.order_id == order.id).exists().label("issued"),
        )
    ).one()
    is_free = order.total_cents == 0 and order.status in (CONFIRMED, COMPLETED)
    return Papers(bool(found.booked) or is_free, bool(found.asked), bool(found.issued))


def waiting_requests(*, after: int = 0, limit: int = 50) -> Sequence[InvoiceRequest]:
    """Requests for invoices that could not be issued yet, oldest first."""
    question = select(InvoiceRequest).where(InvoiceRequest.id > after).order_by(InvoiceRequest.id)
    return db.session.scalars(question.limit(limit)).all()


def wrong_with_numbers(at: datetime) -> Iterator[str]:
    """I3: the numbers of each year are 1..n without gap or double, follow time, and add up; what is wrong."""
    gone = clock.local_date(IN_THE_VAULT.cutoff(at)).year - 1  # of these years some were lawfully destroyed
    counters = {row.year: row.last for row in db.session.scalars(select(InvoiceCounter))}
    question = select(
        Invoice.year, Invoice.sequence, Invoice.number, Invoice.issued_on, Invoice.issued_at, Invoice.kind, Invoice.id
    ).order_by(Invoice.year, Invoice.sequence)
    expected: dict[int, int] = {}
    last: dict[int, tuple[date, datetime]] = {}
    for row in db.session.execute(question):
        want = expected.get(row.year, 0) + 1
        if row.sequence != want and row.year > gone:
            yield f"I3: in {row.year} number {row.sequence} follows {want - 1}"
        expected[row.year] = row.sequence
        if row.number != rules.number_of(row.year, row.sequence):
            yield f"I3: number {row.number} is not that of {row.year}, {row.sequence}"
        if row.issued_on.year != row.year or (row.issued_on, row.issued_at) < last.get(
            row.year, (date.min, row.issued_at)
        ):
            yield f"I3: {row.number} is dated before the one before it, or in another year"
        last[row.year] = (row.issued_on, row.issued_at)
    for year, drawn in sorted(counters.items()):
        if year > gone and expected.get(year, 0) != drawn:
            yield f"I3: {drawn} numbers were drawn in {year}, but the last paper has {expected.get(year, 0)}"
    for year in sorted(set(expected) - set(counters)):
        yield f"I3: {year} has papers, but no counter"


def wrong_with_sums() -> Iterator[str]:
    """I3: each paper adds up to its rates, and no more is credited than was invoiced; what is wrong."""
    rates = (
        select(
            InvoiceRate.invoice_id,
            func.sum(InvoiceRate.gross_cents).label("gross"),
            func.sum(InvoiceRate.vat_cents).label("vat"),
        )
        .group_by(InvoiceRate.invoice_id)
        .subquery()
    )
    wrong = (
        select(Invoice.number)
        .outerjoin(rates, rates.c.invoice_id == Invoice.id)
        .where(
            (func.coalesce(rates.c.gross, 0) != Invoice.total_cents)
            | (func.coalesce(rates.c.vat, 0) != Invoice.vat_cents)
        )
    )
    for number in db.session.scalars(wrong):
        yield f"I3: the rates of {number} do not add up to it"
    credited = (
        select(Invoice.refers_to_id, func.sum(Invoice.total_cents).label("total"))
        .where(Invoice.refers_to_id.is_not(None))
        .group_by(Invoice.refers_to_id)
        .subquery()
    )
    over = (
        select(Invoice.number)
        .join(credited, credited.c.refers_to_id == Invoice.id)
        .where(credited.c.total > Invoice.total_cents)
    )
    for number in db.session.scalars(over):
        yield f"I3: more was credited of {number} than it came to"


def wrong_with_documents(*, after: int = 0, limit: int = 200) -> Iterator[str]:
    """I3: every paper can be opened and says what its row says; what is wrong."""
    while True:
        question = select(Invoice).where(Invoice.id > after).order_by(Invoice.id).limit(limit)
        found = db.session.scalars(question).all()
        for invoice in found:
            try:
                paper = documents.paper_of(invoice)
            except vault.CannotOpen:
                yield f"I3: the document of {invoice.number} cannot be opened"
                continue
            told = (paper.number, paper.kind, paper.total_cents, paper.vat_cents, paper.issued_on, paper.refers_to)
            row = (
                invoice.number,
                invoice.kind,
                invoice.total_cents,
                invoice.vat_cents,
                invoice.issued_on.isoformat(),
                invoice.refers_to,
            )
            if told != row:
                yield f"I3: the document of {invoice.number} says something else than its row"
        if len(found) < limit:
            return
        after = found[-1].id
