"""What bookkeeping changes about an invoice: a part is credited, or another name is put on it; the old one stays."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.accounts.address_fields import country_choices
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.templating import NOTICES, percent
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import books, renewing, rules, seller
from shop.papers import queries as papers
from shop.papers.models import Invoice
from shop.pricing.rules import VatPart
from shop.staff.audit import about, audited
from shop.staff.forms.books import ALL_RATES, CorrectForm, CreditForm, WriteOffForm
from shop.staff.queries import books as queries
from shop.staff.views.blueprint import bp

NOTICES["paper-credited"] = _l("The credit note is issued, and its customer is told.")
NOTICES["chargeback-booked"] = _l("The books follow the chargeback now.")
NOTICES["paper-corrected"] = _l("The old invoice is credited, and this is the new one. Its customer is told.")


@bp.get("/books/papers/<id:invoice_id>/credit")
@staff_may("books:correct")
@audited("invoice.credit_looked_up")
def credit_form(invoice_id: int) -> ResponseReturnValue:
    """What is left of an invoice, and how much of it is to be credited."""
    invoice = _found(invoice_id)
    left = papers.left_of(invoice)
    return _credit_page(invoice, CreditForm(formdata=None, left=sum(part.gross_cents for part in left)), left)


@bp.post("/books/papers/<id:invoice_id>/credit")
@staff_may("books:correct")
@audited("invoice.credited")
def credit_paper(invoice_id: int) -> ResponseReturnValue:
    """Credit an amount of an invoice, once for what was seen to be left of it."""
    invoice = _held(invoice_id)
    left = papers.left_of(invoice)
    form = CreditForm()
    form.rate.choices = _rates(left)
    if not form.validate_on_submit():
        return _credit_page(invoice, form, left), 422
    rate = int(form.rate.data) if form.rate.data != ALL_RATES else None
    most = sum(part.gross_cents for part in left if rate in (None, part.basis_points))
    if form.left.data != sum(part.gross_cents for part in left):
        form.left.data = sum(part.gross_cents for part in left)
        form.left.raw_data = None
        form.amount.errors = [_("Something was credited meanwhile. This page shows what is left now.")]
    elif form.amount.data > most:
        form.amount.errors = [_("More than is left of it cannot be credited.")]
    if form.errors:
        return _credit_page(invoice, form, left), 422
    about(reason=str(form.reason.data))
    note = renewing.credit_by_hand(
        invoice, form.amount.data, clock.now(), seen_left=int(form.left.data or 0), of_rate=rate
    )
    db.session.commit()
    return redirect(url_for("staff.paper", invoice_id=note.id, notice="paper-credited"), 303)


@bp.get("/books/papers/<id:invoice_id>/correct")
@staff_may("books:correct")
@audited("invoice.correction_looked_up")
def correct_form(invoice_id: int) -> ResponseReturnValue:
    """What is to be otherwise on an invoice; what it says now stays sealed."""
    return _correct_page(_found(invoice_id), CorrectForm(formdata=None))


@bp.post("/books/papers/<id:invoice_id>/correct")
@staff_may("books:correct")
@audited("invoice.corrected")
def correct_paper(invoice_id: int) -> ResponseReturnValue:
    """Credit what is left of an invoice and issue it anew, with what was filled in instead."""
    invoice = _held(invoice_id)
    form = CorrectForm()
    form.country.choices = _countries()
    if not form.validate_on_submit():
        return _correct_page(invoice, form), 422
    if papers.left_cents(invoice) == 0:
        raise Conflict("all of it was credited already")
    about(reason=str(form.reason.data))
    try:
        _note, renewed = renewing.correct(invoice, form.changes(), clock.now(), is_consumer=bool(form.is_consumer.data))
    except renewing.NothingChanges:
        form.name.errors = [_("The invoice says this already.")]
        return _correct_page(invoice, form), 422
    db.session.commit()
    return redirect(url_for("staff.paper", invoice_id=renewed.id, notice="paper-corrected"), 303)


@bp.get("/books/chargebacks/<id:taken_id>")
@staff_may("books:correct")
@audited("chargeback.looked_up")
def chargeback(taken_id: int) -> ResponseReturnValue:
    """What a bank took back, and what the books say of it."""
    return _chargeback_page(_taken(taken_id), WriteOffForm(formdata=None))


@bp.post("/books/chargebacks/<id:taken_id>")
@staff_may("books:correct")
@audited("chargeback.booked")
def book_chargeback(taken_id: int) -> ResponseReturnValue:
    """Write off what a bank took back, or book again what it gave back; twice is once."""
    form, found = WriteOffForm(), _taken(taken_id)
    if not form.validate_on_submit():
        return _chargeback_page(found, form), 422
    about(reason=str(form.reason.data))
    order_for_change(found.order.id)
    books.follow_chargeback(order_with_all(found.order.id), found.attempt, at=clock.now())
    db.session.commit()
    return redirect(url_for("staff.books", notice="chargeback-booked"), 303)


def _taken(taken_id: int) -> queries.Taken:
    """One chargeback; the audit log notes its order's number, and whose it is."""
    found = next(iter(queries.taken_back(taken_id)), None)
    if found is None:
        raise NotFound
    about(key=found.order.number, person_id=found.order.person_id)
    return found


def _chargeback_page(found: queries.Taken, form: WriteOffForm) -> str:
    page_is_personal()
    return render_template("staff/books/chargeback.html", taken=found, form=form)


def _found(invoice_id: int) -> Invoice:
    """An invoice, not a credit note; the audit log notes its number, and whose it is."""
    found = queries.paper(invoice_id)
    if found is None or found[0].kind != rules.INVOICE:
        raise NotFound
    about(key=found[0].number, person_id=found[1].person_id)
    return found[0]


def _held(invoice_id: int) -> Invoice:
    """The same, with its order's row held: of two who change it one comes first."""
    invoice = _found(invoice_id)
    order_for_change(invoice.order_id)
    return invoice


def _rates(left: tuple[VatPart, ...]) -> list[tuple[str, str]]:
    rates = [(str(part.basis_points), percent(part.basis_points)) for part in left if part.gross_cents]
    return [(ALL_RATES, str(_("All of them, in proportion"))), *rates]


def _countries() -> list[tuple[str, str]]:
    return [("", str(_("As it is"))), *country_choices().items()]


def _credit_page(invoice: Invoice, form: CreditForm, left: tuple[VatPart, ...]) -> str:
    page_is_personal()
    form.rate.choices = _rates(left)
    return render_template(
        "staff/books/credit.html", invoice=invoice, form=form, left=left, may_issue=seller.may_issue()
    )


def _correct_page(invoice: Invoice, form: CorrectForm) -> str:
    page_is_personal()
    form.country.choices = _countries()
    return render_template(
        "staff/books/correct.html",
        invoice=invoice,
        form=form,
        left_cents=papers.left_cents(invoice),
        may_issue=seller.may_issue(),
    )
