"""VIES, the EU's list of VAT numbers: asked after the fact, as information for staff. It never changes a price.

An answer is "valid" or "unknown"; silence is nothing, and is asked again later. No VAT is ever left out because VIES
was silent, or said yes: the shop charges VAT on every sale.
"""

import requests
from flask import current_app
from sqlalchemy import select, update

from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import GiveUp, OutboxRow, carries_out
from shop.core.personal_data import Purpose
from shop.papers import documents
from shop.papers.actions import VIES
from shop.papers.models import Invoice, InvoiceRequest
from shop.people.actions import record_disclosure

TIMEOUT = (3, 10)  # seconds; well within the outbox's lease
VALID, UNKNOWN = "valid", "unknown"
RECIPIENT = "European Commission (VIES)"


@carries_out(VIES)
def look_up(row: OutboxRow) -> None:
    """Ask VIES about the VAT number of one order's invoice, and note what it says."""
    order_id = int(row.reference)
    number, url = _number_of(order_id), current_app.config["VIES_URL"]
    db.session.rollback()
    if not number or not url:
        raise GiveUp
    answer = requests.get(f"{url}/ms/{number[:2]}/vat/{number[2:]}", timeout=TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    told = answer.json()
    if told.get("userError") not in (None, "VALID", "INVALID"):
        raise RuntimeError("VIES is not there")  # "MS_UNAVAILABLE" and the like: asked again later
    found = VALID if told.get("isValid") is True else UNKNOWN
    with writing():
        for model in (InvoiceRequest, Invoice):
            db.session.execute(update(model).where(model.order_id == order_id).values(vies=found))
        if row.person_id is not None:
            at = clock.now()
            record_disclosure(row.person_id, RECIPIENT, fields=["vat_number"], purpose=Purpose.BOOKKEEPING, at=at)
        db.session.commit()


def _number_of(order_id: int) -> str:
    """The VAT number that was given for an order, from its request or from its newest invoice."""
    asked = db.session.scalar(select(InvoiceRequest.vat_number).where(InvoiceRequest.order_id == order_id))
    if asked:
        return asked
    invoice = db.session.scalar(
        select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id.desc()).limit(1)
    )
    paper = documents.paper_of(invoice) if invoice else None
    return paper.buyer.vat_number if paper and paper.buyer else ""
