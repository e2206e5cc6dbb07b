"""The papers of a person, as files in the download of their data."""

from collections.abc import Iterator

from sqlalchemy import select

from shop.core import clock
from shop.core.db import db, writing
from shop.core.personal_data import ExportedFile, register
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.papers import documents, drawing, queries, snapshot
from shop.people.actions import record_audit

PAGE = 50


@register.exports("papers")
def papers_of(person_id: str) -> Iterator[ExportedFile]:
    """Every receipt, invoice and credit note of a person; drawn one by one, outside of every transaction."""
    after = 0
    while found := _orders_of(person_id, after=after):
        after = found[-1]
        for order_id in found:
            yield from _files_of(order_id, person_id)


def _files_of(order_id: int, person_id: str) -> Iterator[ExportedFile]:
    order = order_with_all(order_id)
    receipt = snapshot.receipt_of(order) if queries.has_receipt(order) else None
    issued = [(invoice.id, invoice.number) for invoice in queries.invoices_of(order_id)]
    db.session.rollback()
    if receipt is not None:
        yield ExportedFile(f"receipts/{receipt.number}.pdf", drawing.pdf_of(receipt))
    for invoice_id, number in issued:
        with writing():
            record_audit(
                "invoice.downloaded",
                staff_id=None,
                role="customer",
                object_kind="invoice",
                object_key=number,
                person_id=person_id,
                at=clock.now(),
            )
            db.session.commit()
        opened = documents.open_document(invoice_id)
        yield ExportedFile(f"invoices/{number}.pdf", opened.pdf)
        yield ExportedFile(f"invoices/{number}.xml", opened.xml)


def _orders_of(person_id: str, *, after: int) -> list[int]:
    question = select(Order.id).where(Order.person_id == person_id, Order.id > after).order_by(Order.id).limit(PAGE)
    found = list(db.session.scalars(question))
    db.session.rollback()
    return found
