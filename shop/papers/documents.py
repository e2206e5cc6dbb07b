"""What an invoice says, sealed with a key of its own: first in its row, then with its drawing in the vault's folder."""

import io
import json
import zipfile
from dataclasses import dataclass

from sqlalchemy import select, update

from shop.core import clock, vault
from shop.core.db import db, writing
from shop.core.errors import NotFound
from shop.papers import drawing, ubl
from shop.papers.models import Invoice
from shop.papers.rules import Paper, as_data, from_data

DATA, PDF, UBL = "invoice.json", "invoice.pdf", "invoice.xml"


@dataclass(frozen=True)
class Document:
    """An opened invoice: its data, its drawing, and the same as UBL."""

    paper: Paper
    pdf: bytes
    xml: bytes


def sealed_paper(paper: Paper, key: str) -> bytes:
    """What a paper says, as its row keeps it until its file is there."""
    return vault.seal(_as_json(paper), key)


def paper_of(invoice: Invoice) -> Paper:
    """What an invoice says."""
    if invoice.sealed is not None:
        return _from_json(vault.unseal(invoice.sealed, invoice.document_key))
    with _opened(invoice) as files:
        return _from_json(files.read(DATA))


def store(invoice_id: int) -> None:
    """Draw an invoice and put it in the vault; done twice it is the same. Never called inside a transaction."""
    invoice = db.session.get(Invoice, invoice_id)
    db.session.rollback()
    if invoice is None or invoice.sealed is None:
        return
    paper = paper_of(invoice)
    packed = io.BytesIO()
    xml = ubl.xml_of(paper)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(DATA, _as_json(paper))
        files.writestr(PDF, drawing.pdf_of(paper, xml=xml))
        files.writestr(UBL, xml)
    vault.save(invoice.file_name, packed.getvalue(), invoice.document_key)
    with writing():
        db.session.execute(
            update(Invoice)
            .where(Invoice.id == invoice_id, Invoice.sealed.is_not(None))
            .values(sealed=None, stored_at=clock.now())
        )
        db.session.commit()


def open_document(invoice_id: int) -> Document:
    """Open an invoice; whoever calls has noted who opens it and why. Never called inside a transaction."""
    store(invoice_id)
    invoice = db.session.scalar(
        select(Invoice).where(Invoice.id == invoice_id).execution_options(populate_existing=True)
    )
    db.session.rollback()
    if invoice is None:
        raise NotFound
    with _opened(invoice) as files:
        return Document(_from_json(files.read(DATA)), files.read(PDF), files.read(UBL))


def _opened(invoice: Invoice) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(vault.read(invoice.file_name, invoice.document_key)))


def _as_json(paper: Paper) -> bytes:
    return json.dumps(as_data(paper), ensure_ascii=False, sort_keys=True).encode()


def _from_json(content: bytes) -> Paper:
    return from_data(json.loads(content))
