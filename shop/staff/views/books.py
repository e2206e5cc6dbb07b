"""The bookkeeper's screens: papers, what waits, the quarterly sums, and opening a sealed paper with a reason."""

import csv
import io
import re
from collections.abc import Iterable

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.money import as_decimal
from shop.core.sheets import disarmed
from shop.core.templating import NOTICES, percent
from shop.orders.models import Order
from shop.papers import actions, documents, seller
from shop.papers.models import Invoice
from shop.papers.rules import days_of, last_day, quarter_of
from shop.staff.audit import about, audited
from shop.staff.forms.books import PDF, HoldForm, OpenPaperForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import books as queries
from shop.staff.views.blueprint import bp

NOTICES["paper-held"] = _l("Noted until when it is kept.")

_QUARTER = re.compile(r"(20[0-9]{2})-([1-4])", re.ASCII)


@bp.get("/books")
@staff_may("books:view")
@audited("books.listed")
def books() -> ResponseReturnValue:
    """Invoices and credit notes, newest first, and the requests that wait."""
    page_is_personal()
    found = queries.papers(number_from_query("before"))
    rows = found[: queries.PAGE]
    return render_template(
        "staff/books/list.html",
        rows=rows,
        waiting=queries.waiting() if "before" not in request.args else [],
        taken=queries.taken_back() if "before" not in request.args else [],
        may_issue=seller.may_issue(),
        this_quarter=quarter_of(clock.today()),
        next_before=rows[-1][0].id if len(found) > queries.PAGE else None,
    )


@bp.get("/books/papers/<id:invoice_id>")
@staff_may("books:view")
@audited("invoice.looked_up")
def paper(invoice_id: int) -> ResponseReturnValue:
    """One invoice or credit note: its sums and its term; who it is for stays sealed."""
    return _page(*_found(invoice_id))


@bp.post("/books/papers/<id:invoice_id>/open")
@staff_may("books:open")
@audited("invoice.opened")
def open_paper(invoice_id: int) -> ResponseReturnValue:
    """Open a sealed paper, after who opens it and why is in the audit log."""
    invoice, order = _found(invoice_id)
    form = OpenPaperForm()
    if not form.validate_on_submit():
        return _page(invoice, order, opening=form), 422
    about(reason=str(form.reason.data))
    db.session.commit()  # the entry of the audit log first
    opened = documents.open_document(invoice_id)
    is_pdf = form.kind.data == PDF
    content, kind = (opened.pdf, "application/pdf") if is_pdf else (opened.xml, "application/xml")
    return _download(content, kind, f"{invoice.number}.{'pdf' if is_pdf else 'xml'}")


@bp.post("/books/papers/<id:invoice_id>/hold")
@staff_may("books:hold")
@audited("invoice.hold_changed")
def hold_paper(invoice_id: int) -> ResponseReturnValue:
    """Keep one document until a date, because it is disputed; without a date its legal term counts again."""
    invoice, order = _found(invoice_id)
    form = HoldForm()
    until = form.until.data if form.validate_on_submit() else None
    if form.errors or (until is not None and not clock.today() < until < last_day(clock.today(), is_oss=True)):
        form.until.errors = [_("Fill in a day after today, at most ten years from now.")]
        return _page(invoice, order, holding=form), 422
    actions.hold(invoice, until)
    db.session.commit()
    return redirect(url_for("staff.paper", invoice_id=invoice_id, notice="paper-held"), 303)


@bp.get("/books/quarters")
@staff_may("books:view")
@audited("books.quarter_opened")
def quarter_sums() -> ResponseReturnValue:
    """Sales and VAT of a quarter, by country and rate; those of OSS apart."""
    page_is_personal()
    year, quarter = _quarter()
    found = queries.sums(year, quarter)
    return render_template(
        "staff/books/quarter.html",
        year=year,
        quarter=quarter,
        here=[one for one in found if not one.is_oss],
        oss=[one for one in found if one.is_oss],
        quarters=queries.quarters(),
    )


@bp.get("/books/quarters/<kind>.csv")
@staff_may("books:view")
@audited("books.exported")
def quarter_csv(kind: str) -> ResponseReturnValue:
    """A quarter as CSV: its sums, every entry, or its invoices and credit notes."""
    page_is_personal()
    year, quarter = _quarter()
    tables = {"sums": _sums_table, "entries": _entries_table, "papers": _papers_table}
    if kind not in tables:
        abort(404)
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(tables[kind](year, quarter))
    return _download(text.getvalue().encode("utf-8-sig"), "text/csv", f"{kind}-{year}-{quarter}.csv")


def _sums_table(year: int, quarter: int) -> Iterable[list[str]]:
    yield [
        _("Country"),
        "OSS",
        _("Rate"),
        _("Sales incl. VAT"),
        _("Paid back incl. VAT"),
        _("Written off incl. VAT"),
        _("Turnover excl. VAT"),
        _("VAT to declare"),
    ]
    for one in queries.sums(year, quarter):
        amounts = (one.sales_cents, one.back_cents, one.lost_cents, one.net_cents, one.vat_cents)
        yield [one.country, _yes(one.is_oss), percent(one.basis_points), *map(_euros, amounts)]


def _entries_table(year: int, quarter: int) -> Iterable[list[str]]:
    yield [_("Date"), _("Order"), _("Kind"), _("Country"), "OSS", _("Rate"), _("Incl. VAT"), _("VAT"), _("Excl. VAT")]
    for entry, number in queries.entries(year, quarter):
        sign = 1 if entry.kind == "sale" else -1
        amounts = (entry.gross_cents, entry.vat_cents, entry.gross_cents - entry.vat_cents)
        kind = {"sale": _("Sale"), "refund": _("Paid back")}.get(entry.kind, _("Written off"))
        told = [entry.booked_on.isoformat(), disarmed(number), kind, entry.country, _yes(entry.is_oss)]
        yield [*told, percent(entry.basis_points), *(_euros(sign * cents) for cents in amounts)]


def _papers_table(year: int, quarter: int) -> Iterable[list[str]]:
    yield [
        _("Number"),
        _("Kind"),
        _("Date"),
        _("Order"),
        _("Of invoice"),
        _("Rate"),
        _("Excl. VAT"),
        _("VAT"),
        _("Incl. VAT"),
    ]
    for invoice, number in queries.issued(*days_of(year, quarter)):
        sign = 1 if invoice.kind == "invoice" else -1
        kind = _("Invoice") if sign == 1 else _("Credit note")
        for rate in invoice.rates:
            amounts = (rate.gross_cents - rate.vat_cents, rate.vat_cents, rate.gross_cents)
            told = [invoice.number, kind, invoice.issued_on.isoformat(), disarmed(number), disarmed(invoice.refers_to)]
            yield [*told, percent(rate.basis_points), *(_euros(sign * cents) for cents in amounts)]


def _euros(cents: int) -> str:
    """An amount as a spreadsheet reads it in Dutch: "-12,50"."""
    return f"{as_decimal(cents):.2f}".replace(".", ",")


def _yes(is_so: bool) -> str:
    return str(_("yes") if is_so else _("no"))


def _quarter() -> tuple[int, int]:
    """The quarter that the address asks for, as in "2026-4"; this one when it asks for none."""
    typed = request.args.get("quarter")
    if typed is None:
        return quarter_of(clock.today())
    found = _QUARTER.fullmatch(typed)
    if found is None:
        abort(400)
    return int(found[1]), int(found[2])


def _download(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(invoice_id: int) -> tuple[Invoice, Order]:
    """The paper with this key and its order; the audit log notes its number, and whose it is."""
    found = queries.paper(invoice_id)
    if found is None:
        raise NotFound
    about(key=found[0].number, person_id=found[1].person_id)
    return found


def _page(
    invoice: Invoice, order: Order, *, opening: OpenPaperForm | None = None, holding: HoldForm | None = None
) -> str:
    page_is_personal()
    return render_template(
        "staff/books/paper.html",
        invoice=invoice,
        order=order,
        related=queries.related(invoice),
        kept_until=last_day(invoice.issued_on, is_oss=invoice.is_oss, held_until=invoice.held_until),
        opening=opening or OpenPaperForm(formdata=None),
        holding=holding or HoldForm(formdata=None, until=invoice.held_until),
    )
