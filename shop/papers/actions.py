"""Asking for invoices, issuing them, and crediting what went back. The caller holds the order's row and commits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from shop.core import clock, outbox, vault
from shop.core.db import db
from shop.core.errors import Conflict
from shop.core.i18n import speaking
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.papers import books, documents, emails, numbers, queries, rules, seller, snapshot
from shop.papers.models import Invoice, InvoiceRate, InvoiceRequest
from shop.papers.rules import Line, Paper, Party
from shop.payments.bodies import billing_address
from shop.payments.models import Refund
from shop.pricing.rules import VatPart

LATE = "papers_late"
"""The outbox kind that writes papers which had to wait for the right time."""
TRIED_AGAIN_AFTER = timedelta(minutes=10)
DRAWN = "paper"
"""The outbox kind that draws an issued paper and puts it in the vault."""
VIES = "vies"
"""The outbox kind that looks a VAT number up."""

log = structlog.get_logger()


def ask_for_invoice(order: Order, buyer: Party, at: datetime) -> bool:
    """Ask for an invoice of an order in somebody's name; it is issued as soon as it can be. Whether this call asked."""
    if queries.request_of(order.id) is not None or queries.open_invoice(order.id) is not None:
        return False
    asked = InvoiceRequest(
        order_id=order.id,
        name=buyer.name,
        company=buyer.company,
        vat_number=buyer.vat_number,
        street=buyer.street,
        postcode=buyer.postcode,
        town=buyer.town,
        country=buyer.country,
        asked_at=at,
    )
    db.session.add(asked)
    db.session.flush()
    if buyer.vat_number and seller.asks_vies():
        outbox.put(VIES, f"vies:{order.id}", at=at, person_id=order.person_id, reference=str(order.id))
    issue_if_due(order, at)
    return True


def ask_for_invoice_at_checkout(order: Order, company: str, vat_number: str, *, at: datetime) -> None:
    """Ask for an invoice of an order that was just placed, to the address that it has."""
    buyer = buyer_of(order_with_all(order.id))
    if buyer is not None and order.total_cents > 0:
        named = replace(buyer, company=rules.seen_text(company), vat_number=vat_number)
        ask_for_invoice(order, named, at)


def take_money_in(order: Order, cents: int, at: datetime) -> None:
    """Book money that came in for an order, and issue the invoice that waited for it."""
    books.book_sale(order_with_all(order.id), cents, at=at)
    issue_if_due(order, at)


def take_refund_in(order: Order, refund: Refund, at: datetime) -> None:
    """Book money that went back, and credit the order's invoice by it; nothing when it had come in twice."""
    whole = order_with_all(order.id)
    if books.book_refund(whole, refund, at=at):
        credit_refund(whole, refund, at)


def credit_refund(order: Order, refund: Refund, at: datetime) -> None:
    """Credit what a refund took, for an order that was read with all of it; later, by a wrong clock."""
    with waiting_for_the_clock(order, at):
        credit_down_to_books(order, at, cause=f"refund:{refund.id}", wanted=snapshot.refunded_lines(order, refund))


@contextmanager
def waiting_for_the_clock(order: Order, at: datetime) -> Iterator[None]:
    """Write papers all or none; by a wrong clock none, and they are written once it is right, as the outbox tries.

    The money itself never waits for that.
    """
    try:
        with db.session.begin_nested():
            yield
    except rules.DateWentBack as problem:
        log.error("papers.clock", order=order.id, problem=str(problem))
        key = f"{LATE}:{order.id}:{at:%Y%m%d%H%M%S%f}"
        outbox.put(LATE, key, at=at, due_at=at + TRIED_AGAIN_AFTER, reference=str(order.id))


def credit_down_to_books(order: Order, at: datetime, *, cause: str, wanted: Sequence[Line] = ()) -> None:
    """Credit what the invoices of an order say more than the books keep, to the cent at each rate.

    That is less than what went back, or nothing, where it was credited already: by a change, or by hand.
    """
    still_open = [invoice for invoice, _left in queries.open_invoices(order.id)]
    lefts = [queries.left_of(invoice) for invoice in still_open]
    owed = rules.parts_less(lefts, rules.by_rate(books.booked(order.id)))
    cents = sum(part.gross_cents for part in owed)
    is_by_rate = all(part.gross_cents >= 0 for part in owed)
    for invoice, left in zip(still_open, lefts, strict=True):
        part_cents = min(cents, sum(part.gross_cents for part in left))
        if part_cents <= 0:
            continue
        parts = rules.borne(owed, left) if is_by_rate else None
        if issue_credit_note(invoice, part_cents, at, cause=cause, wanted=wanted, parts=parts) is None:
            return
        owed, cents = rules.less(owed, parts or ()), cents - part_cents
        wanted, cause = (), f"{cause}:{invoice.id}"


def ask_for_everybody(order: Order, at: datetime) -> None:
    """Where the owner wants an invoice for everybody: ask for it in the name and address of the order."""
    if not seller.invoices_everybody() or order.total_cents == 0:
        return
    buyer = buyer_of(order_with_all(order.id))
    if buyer is not None:
        ask_for_invoice(order, buyer, at)


def buyer_of(order: Order) -> Party | None:
    """Who an order's invoice would be for, as far as the order knows an address."""
    address = billing_address(order)
    if address is None:
        return None
    return rules.party_of(
        name=f"{address.given_name} {address.family_name}",
        street=f"{address.street} {address.house_number} {address.addition}",
        postcode=address.postcode,
        town=address.town,
        country=address.country,
    )


def issue_if_due(order: Order, at: datetime) -> Invoice | None:
    """Issue the invoice that was asked for, once the order is paid and the shop may issue invoices at all."""
    asked = queries.request_of(order.id)
    if asked is None or not seller.may_issue() or not queries.is_paid(order):
        return None
    buyer = rules.party_of(
        name=asked.name,
        street=asked.street,
        postcode=asked.postcode,
        town=asked.town,
        country=asked.country,
        company=asked.company,
        vat_number=asked.vat_number,
    )
    issued = issue_invoice(order_with_all(order.id), buyer, at)
    if issued is not None:
        issued.vies = asked.vies
        db.session.execute(delete(InvoiceRequest).where(InvoiceRequest.id == asked.id))
    return issued


def issue_invoice(order: Order, buyer: Party, at: datetime) -> Invoice | None:
    """Issue an invoice of an order as it stands, and credit at once what of it has gone back; None by a wrong clock."""
    try:
        with db.session.begin_nested():
            drawn = numbers.draw(at)
    except rules.DateWentBack as problem:
        log.error("papers.clock", order=order.id, problem=str(problem))
        return None
    on = clock.local_date(drawn.issued_at)
    paper = snapshot.invoice_of(order, buyer, number=drawn.number, on=on)
    issued = issue(order, paper, drawn, cause=f"order:{order.id}:{queries.times_invoiced(order.id) + 1}")
    credit_down_to_books(order, at, cause=f"before:{issued.id}")
    return issued


def issue(
    order: Order,
    paper: Paper,
    drawn: numbers.Drawn,
    *,
    cause: str,
    refers_to: Invoice | None = None,
) -> Invoice:
    """Write a paper with the number that was drawn for it, sealed, and have it drawn and told of."""
    key = vault.new_key()
    issued = Invoice(
        order_id=order.id,
        year=drawn.year,
        sequence=drawn.sequence,
        number=drawn.number,
        kind=paper.kind,
        cause=cause,
        refers_to_id=refers_to.id if refers_to else None,
        refers_to=refers_to.number if refers_to else "",
        language=paper.language,
        is_business=bool(paper.buyer and paper.buyer.company),
        is_oss=paper.is_oss,
        net_cents=paper.net_cents,
        vat_cents=paper.vat_cents,
        total_cents=paper.total_cents,
        issued_on=clock.local_date(drawn.issued_at),
        issued_at=drawn.issued_at,
        counts_from=rules.counts_from(drawn.issued_at, is_oss=paper.is_oss),
        document_key=key,
        file_name=vault.new_name(),
        sealed=documents.sealed_paper(paper, key),
    )
    db.session.add(issued)
    db.session.flush()
    for part in paper.vat:
        db.session.add(
            InvoiceRate(
                invoice_id=issued.id,
                basis_points=part.basis_points,
                gross_cents=part.gross_cents,
                vat_cents=part.vat_cents,
            )
        )
    outbox.put(DRAWN, f"{DRAWN}:{issued.id}", at=drawn.issued_at, reference=str(issued.id))
    emails.queue_invoice_issued(issued, order)
    db.session.flush()
    return issued


def issue_credit_note(
    invoice: Invoice,
    cents: int,
    at: datetime,
    *,
    cause: str,
    wanted: Sequence[Line] = (),
    of_rate: int | None = None,
    parts: Sequence[VatPart] | None = None,
) -> Invoice | None:
    """Credit an amount of an invoice, once for each cause; None when that cause has its credit note already.

    `of_rate`: only of what has this VAT rate. `parts`: exactly so much at each rate, and nothing else.
    """
    if queries.issued_for(cause) is not None:
        return None
    left = queries.left_of(invoice)
    paper = documents.paper_of(invoice)
    with speaking(invoice.language):
        name = str(_("Part of invoice %(number)s", number=invoice.number))
    is_whole = cents == invoice.total_cents and _is_untouched(paper, left)
    bears = [part for part in left if of_rate in (None, part.basis_points)]
    if is_whole:
        lines = paper.lines
    elif parts is not None:
        lines = rules.lines_for(parts, wanted, name=name)
    else:
        lines = rules.credit_lines(bears, cents, wanted, name=name)
    order = db.session.get_one(Order, invoice.order_id)
    drawn = numbers.draw(at)
    note = Paper(
        kind=rules.CREDIT_NOTE,
        number=drawn.number,
        language=paper.language,
        issued_on=clock.local_date(drawn.issued_at).isoformat(),
        order_number=paper.order_number,
        ordered_on=paper.ordered_on,
        seller=seller.seller(),
        buyer=paper.buyer,
        lines=lines,
        refers_to=invoice.number,
        refers_to_on=invoice.issued_on.isoformat(),
        is_oss=paper.is_oss,
    )
    return issue(order, note, drawn, cause=cause, refers_to=invoice)


def _is_untouched(paper: Paper, left: Sequence[VatPart]) -> bool:
    return tuple(paper.vat) == tuple(left)


def correct_invoice(invoice: Invoice, buyer: Party, at: datetime) -> tuple[Invoice, Invoice]:
    """Put another name and address on an invoice: all that is left of it is credited, and issued anew."""
    if invoice.kind != rules.INVOICE:
        raise Conflict("a credit note is not corrected")
    if not seller.may_issue():
        raise Conflict("the shop has no VAT number")
    left = queries.left_of(invoice)
    cents = sum(part.gross_cents for part in left)
    paper = documents.paper_of(invoice)
    times = queries.times_invoiced(invoice.order_id)
    note = issue_credit_note(invoice, cents, at, cause=f"correction:{invoice.id}")
    if note is None:
        raise Conflict("this invoice was corrected already")
    drawn = numbers.draw(at)
    lines = documents.paper_of(note).lines
    renewed = Paper(
        **{
            **vars(paper),
            "number": drawn.number,
            "issued_on": clock.local_date(drawn.issued_at).isoformat(),
            "seller": seller.seller(),
            "buyer": buyer,
            "lines": lines,
            "refers_to": "",
            "refers_to_on": "",
        }
    )
    order = db.session.get_one(Order, invoice.order_id)
    return note, issue(order, renewed, drawn, cause=f"order:{order.id}:{times + 1}")


def hold(invoice: Invoice, until: date | None) -> None:
    """Keep one document longer, until a date, because it is disputed; or let its term count again."""
    db.session.execute(
        update(Invoice)
        .where(Invoice.id == invoice.id)
        .values(
            held_until=until,
            counts_from=None if until else rules.counts_from(invoice.issued_at, is_oss=invoice.is_oss),
        )
    )


def release_holds(at: datetime) -> int:
    """Let the term count again for every document whose hold has ended; how many."""
    today = clock.local_date(at)
    over = db.session.scalars(select(Invoice).where(Invoice.held_until < today)).all()
    for invoice in over:
        hold(invoice, None)
    return len(over)
