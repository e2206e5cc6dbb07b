"""Papers that follow what happened after they were issued: a changed order, a refund that bounced, a hand's credit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from shop.core import clock
from shop.core.errors import Conflict
from shop.core.i18n import speaking
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.papers import actions, books, documents, numbers, queries, rules, seller, snapshot
from shop.papers.models import Invoice
from shop.payments.models import Refund
from shop.payments.queries import refunds_of
from shop.payments.refund_rules import LOST, REFUNDED


class NothingChanges(Conflict):
    """A correction says what the invoice says already."""


def follow_change(order: Order, at: datetime) -> None:
    """Bring books and invoice up to an order that staff have changed. The caller holds the order's row and commits."""
    whole = order_with_all(order.id)
    books.follow_change(whole, at=at)
    renew_if_due(whole, at, is_changed=True)
    actions.issue_if_due(whole, at)


def renew_if_due(order: Order, at: datetime, *, is_changed: bool = False) -> Invoice | None:
    """Credit and issue anew the invoice of an order, read with all of it, that was changed since, once it is paid.

    As long as the difference is not paid, the invoice stands as what was paid.
    """
    still_open = queries.open_invoices(order.id)
    if not still_open or not seller.may_issue() or not queries.is_paid(order):
        return None
    newest = still_open[0][0]
    if not is_changed and not queries.was_changed_since(order.id, newest.issued_at):
        return None
    paper = documents.paper_of(newest)
    if paper.lines == snapshot.lines_of(order) or paper.buyer is None:
        return None
    issued = None
    with actions.waiting_for_the_clock(order, at):
        for invoice, left_cents in still_open:
            actions.issue_credit_note(invoice, left_cents, at, cause=f"change:{invoice.id}:{order.version}")
        issued = actions.issue_invoice(order, paper.buyer, at)
        if issued is None:
            raise rules.DateWentBack("credited, and not issued anew")
    return issued


def catch_up(order: Order, at: datetime) -> None:
    """Write what had to wait for the right time: credit notes of refunds, their reversals, an invoice renewed.

    While the clock is still wrong they go on waiting. The caller holds the order's row and commits.
    """
    whole = order_with_all(order.id)
    for refund in refunds_of(order.id):
        if refund.status == REFUNDED:
            actions.credit_refund(whole, refund, at)
        elif refund.status in LOST:
            take_refund_back(order, refund, at)
    renew_if_due(whole, at, is_changed=True)
    actions.issue_if_due(whole, at)


def take_refund_back(order: Order, refund: Refund, at: datetime) -> None:
    """Money that had gone back is here again: the books say so, and an invoice reverses each credit note of it."""
    books.take_refund_back(order, refund, at=at)
    for note in queries.credited_by(refund.id):
        _take_note_back(order, note, documents.paper_of(note).lines, at, cause=f"back:{note.id}")
    early = next((note for note in queries.invoices_of(order.id) if note.cause.startswith("before:")), None)
    if early is not None:  # of money that had gone back before there was an invoice: this note names no refund
        _take_early_note_back(order_with_all(order.id), early, at, cause=f"back:{early.id}:{refund.id}")


def _take_early_note_back(order: Order, note: Invoice, at: datetime, *, cause: str) -> None:
    booked = books.booked(order.id)
    if rules.gross_of(booked) > order.total_cents:
        return
    left = rules.parts_less([queries.left_of(invoice) for invoice, _left in queries.open_invoices(order.id)], ())
    missing = tuple(part for part in rules.less(rules.by_rate(booked), left) if part.gross_cents or part.vat_cents)
    if not missing or any(part.gross_cents < 0 for part in missing):
        return
    with speaking(note.language):
        name = str(_("Part of invoice %(number)s", number=note.refers_to))
    _take_note_back(order, note, rules.lines_for(missing, (), name=name), at, cause=cause)


def _take_note_back(order: Order, note: Invoice, lines: tuple[rules.Line, ...], at: datetime, *, cause: str) -> None:
    if queries.issued_for(cause) is not None or not seller.may_issue():
        return
    with actions.waiting_for_the_clock(order, at):
        drawn = numbers.draw(at)
        paper = replace(
            documents.paper_of(note),
            kind=rules.INVOICE,
            number=drawn.number,
            issued_on=clock.local_date(drawn.issued_at).isoformat(),
            seller=seller.seller(),
            lines=lines,
            refers_to=note.number,
            refers_to_on=note.issued_on.isoformat(),
        )
        actions.issue(order, paper, drawn, cause=cause, refers_to=note)


def credit_by_hand(
    invoice: Invoice, cents: int, at: datetime, *, seen_left: int, of_rate: int | None = None
) -> Invoice:
    """Credit an amount because bookkeeping decided so; once for what they saw was left of the invoice."""
    if invoice.kind != rules.INVOICE or not seller.may_issue():
        raise Conflict("this cannot be credited")
    if queries.left_cents(invoice) != seen_left:
        raise Conflict("something was credited meanwhile")
    cause = f"hand:{invoice.id}:{seen_left}"
    note = actions.issue_credit_note(invoice, cents, at, cause=cause, of_rate=of_rate)
    if note is None:
        raise Conflict("this was credited already")
    return note


def correct(
    invoice: Invoice, changes: Mapping[str, str], at: datetime, *, is_consumer: bool
) -> tuple[Invoice, Invoice]:
    """Put another name, address, company or VAT number on an invoice; what is not named stays as it was."""
    known = documents.paper_of(invoice).buyer
    if known is None:
        raise Conflict("this is in nobody's name")
    buyer = replace(known, **{name: value for name, value in changes.items() if value})
    if is_consumer:
        buyer = replace(buyer, company="", vat_number="")
    told = {name: value for name, value in vars(buyer).items() if name != "kvk"}
    buyer = rules.party_of(**told)
    if buyer == known:
        raise NothingChanges
    return actions.correct_invoice(invoice, buyer, at)
