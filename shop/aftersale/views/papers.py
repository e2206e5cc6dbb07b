"""The papers of an order: a receipt for who has its link, invoices for who proved who they are."""

from datetime import date
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select

from shop.accounts.address_fields import country_choices
from shop.accounts.proofs import live_proof
from shop.accounts.users import current_session, is_customer_signed_in
from shop.aftersale import pages
from shop.aftersale.forms import InvoiceForm
from shop.aftersale.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, data_subject, page_is_personal
from shop.core.db import db, writing
from shop.core.errors import NotFound
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.orders.models import Order
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import actions, documents, drawing, queries, seller, snapshot
from shop.papers.rules import Paper, party_of
from shop.people.actions import record_audit

PROOF = "proof"  # in a session: what was proved by a code (see the privacy room)

NOTICES["invoice-asked"] = _l("We have noted that you want an invoice.")


@bp.get("/orders/<token:token>/receipt")
@anyone
def receipt(token: str) -> ResponseReturnValue:
    """The receipt of an order, for who has the mailed link."""
    page_is_personal()
    order = _linked(token)
    urls = {"back": url_for("aftersale.order", token=token), "pdf": url_for("aftersale.receipt_pdf", token=token)}
    return _show(order, urls)


@bp.get("/orders/<token:token>/receipt.pdf")
@limiter.limit("30/minute")
@anyone
def receipt_pdf(token: str) -> ResponseReturnValue:
    """The receipt as a PDF, for who has the mailed link."""
    page_is_personal()
    return _pdf(_receipt(_linked(token)))


@bp.get("/account/orders/<number>/receipt")
@data_subject
def account_receipt(number: str) -> ResponseReturnValue:
    """The receipt of one's own order."""
    order = _own(number)
    urls = {"back": _way_back(order), "pdf": url_for("aftersale.account_receipt_pdf", number=order.number)}
    return _show(order, urls)


@bp.get("/account/orders/<number>/receipt.pdf")
@limiter.limit("30/minute")
@data_subject
def account_receipt_pdf(number: str) -> ResponseReturnValue:
    """The receipt of one's own order as a PDF."""
    return _pdf(_receipt(_own(number)))


@bp.get("/account/orders/<number>/invoice")
@data_subject
def papers(number: str) -> ResponseReturnValue:
    """The invoices of one's own order, and a form to ask for one."""
    order = _own(number)
    return _page(order, InvoiceForm(formdata=None, data=_known(order)))


@bp.post("/account/orders/<number>/invoice")
@limiter.limit("10/minute;30/hour")
@data_subject
def ask_for_invoice(number: str) -> ResponseReturnValue:
    """Ask for an invoice of one's own order; it is issued at once where that can be."""
    order, form = _own(number), InvoiceForm()
    form.country.choices = list(country_choices().items())
    if not pages.may_ask_for_invoice(order) or not form.validate_on_submit():
        return _page(order, form), 422
    order_id, buyer = order.id, party_of(**form.buyer_values())
    with writing():
        held = order_for_change(order_id)
        if held is not None:
            actions.ask_for_invoice(held, buyer, clock.now())
        db.session.commit()
    return redirect(url_for("aftersale.papers", number=number, notice="invoice-asked"), 303)


@bp.get("/account/orders/<number>/invoices/<id:invoice_id>.pdf")
@limiter.limit("30/minute")
@data_subject
def invoice_pdf(number: str, invoice_id: int) -> ResponseReturnValue:
    """One's own invoice or credit note as a PDF; opening it is noted."""
    opened, name = _opened(number, invoice_id)
    return _file(opened.pdf, "application/pdf", f"{name}.pdf")


@bp.get("/account/orders/<number>/invoices/<id:invoice_id>.xml")
@limiter.limit("30/minute")
@data_subject
def invoice_xml(number: str, invoice_id: int) -> ResponseReturnValue:
    """One's own invoice or credit note as UBL, for a bookkeeping program; opening it is noted."""
    opened, name = _opened(number, invoice_id)
    return _file(opened.xml, "application/xml", f"{name}.xml")


def _linked(token: str) -> Order:
    found, is_mailed = pages.find(token)
    if found is None or not is_mailed:
        raise NotFound
    return found


def _own(number: str) -> Order:
    """The order with this number, if it is of who asks: by their account, or by the address that they proved."""
    question = select(Order.id).where(Order.number == number[:20].upper())
    if is_customer_signed_in() and current_user.is_authenticated:
        question = question.where(Order.person_id == current_user.person_id)
    else:
        session = current_session()
        proof = live_proof(session[PROOF], session.person_id or "", clock.now()) if PROOF in session else None
        if proof is None:
            raise NotFound
        question = question.where(func.lower(Order.email) == proof.email.lower())
    found = db.session.scalar(question)
    if found is None:
        raise NotFound
    return order_with_all(found)


def _receipt(order: Order) -> Paper:
    if not queries.has_receipt(order):
        raise NotFound
    return snapshot.receipt_of(order_with_all(order.id))


def _show(order: Order, urls: dict[str, str]) -> str:
    paper = _receipt(order)
    paid_on = date.fromisoformat(paper.paid_on) if paper.paid_on else None
    return render_template("aftersale/receipt.html", paper=paper, urls=urls, paid_on=paid_on)


def _pdf(paper: Paper) -> Response:
    db.session.rollback()  # drawing takes its time: not inside a transaction
    return _file(drawing.pdf_of(paper), "application/pdf", f"{paper.order_number}.pdf")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _opened(number: str, invoice_id: int) -> tuple[documents.Document, str]:
    """An invoice of one's own order, opened after that was noted in the log that its owner can read."""
    order = _own(number)
    found = next((one for one in queries.invoices_of(order.id) if one.id == invoice_id), None)
    if found is None:
        raise NotFound
    with writing():
        record_audit(
            "invoice.opened",
            staff_id=None,
            role="customer",
            object_kind="invoice",
            object_key=found.number,
            person_id=order.person_id,
            at=clock.now(),
        )
        db.session.commit()
    return documents.open_document(invoice_id), found.number


def _way_back(order: Order) -> str:
    if is_customer_signed_in():
        return url_for("aftersale.account_order", number=order.number)
    return url_for("aftersale.papers", number=order.number)


def _known(order: Order) -> dict[str, Any]:
    """What the order knows already of who its invoice would be for."""
    buyer = actions.buyer_of(order)
    if buyer is None:
        return {}
    names = ("name", "street", "postcode", "town", "country")
    return {name: getattr(buyer, name) for name in names}


def _page(order: Order, form: InvoiceForm) -> str:
    form.country.choices = list(country_choices().items())
    return render_template(
        "aftersale/papers.html",
        order=order,
        form=form,
        invoices=queries.invoices_of(order.id),
        asked=queries.request_of(order.id),
        may_ask=pages.may_ask_for_invoice(order),
        may_issue=seller.may_issue(),
        is_paid=queries.is_paid(order),
        has_receipt=queries.has_receipt(order),
        is_signed_in=is_customer_signed_in(),
    )
