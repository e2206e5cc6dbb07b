"""Papers and books follow a changed order, a refund that bounced, and bookkeeping's own credit, to the cent."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shop.core import clock, outbox
from shop.core.db import db, writing
from shop.core.errors import Conflict
from shop.orders import editing
from shop.orders.editing import Wish
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import documents, queries, renewing, rules, snapshot
from shop.papers.books import booked as in_the_books
from shop.papers.models import Invoice
from shop.payments.models import AppliedPayment, Refund
from shop.payments.signals import money_received, refund_failed
from shop.people.models import AuditEntry
from tests.factories import make_attempt, make_order, make_product, make_staff
from tests.papers.orders import booked, invoiced, paid_order, settled_refund, two_lines
from tests.papers.paper import BUSINESS, BUYER

pytestmark = pytest.mark.usefixtures("may_issue")


def change(order, **wish) -> None:
    """Let staff change an order, with the news of it."""
    member = make_staff().id
    with writing():
        editing.change(
            order.id, Wish(**wish), seen=None, shown_total=None, oss_since=None, staff_id=member, at=clock.now()
        )
        db.session.commit()


def pay(order, cents: int) -> None:
    """Let the difference be paid at Mollie."""
    attempt = make_attempt(order, status="paid", amount_cents=cents)
    with writing():
        held = order_for_change(order.id)
        db.session.add(
            AppliedPayment(
                attempt_id=attempt.id, order_id=held.id, role="supplement", amount_cents=cents, at=clock.now()
            )
        )
        db.session.flush()
        money_received.send(order=held, attempt=attempt, cents=cents, at=clock.now())
        db.session.commit()


def bounce(refund: Refund) -> None:
    """Let the money of a refund come back."""
    with writing():
        order_for_change(refund.order_id)
        held = db.session.get_one(Refund, refund.id)
        held.status = "failed"
        refund_failed.send(refund=held, at=clock.now())
        db.session.commit()


def told(order) -> list[tuple[str, int]]:
    db.session.rollback()
    return [(one.kind, one.total_cents) for one in queries.invoices_of(order.id)]


def books_are(order) -> dict[int, tuple[int, int]]:
    db.session.rollback()
    return {rate: amounts for (_country, rate), amounts in in_the_books(order.id).items() if any(amounts)}


def order_is(order) -> dict[int, tuple[int, int]]:
    db.session.rollback()
    whole = order_with_all(order.id)
    return {rate: amounts for (_country, rate), amounts in snapshot.amounts_of(whole).items()}


def all_is_right() -> bool:
    db.session.rollback()
    checks = (queries.wrong_with_numbers(clock.now()), queries.wrong_with_sums(), queries.wrong_with_documents())
    return [problem for check in checks for problem in check] == []


@pytest.mark.both_databases
def test_a_cheaper_order_is_credited_and_invoiced_anew_at_once_and_its_refund_credits_no_more(app):
    order = two_lines()
    before = order.total_cents
    first = invoiced(order, BUSINESS)
    pot = order_with_all(order.id).lines[0]
    change(order, quantities={pot.id: 1})
    now = order_with_all(order.id).total_cents
    assert told(order) == [("invoice", before), ("credit_note", before), ("invoice", now)]
    newest = queries.open_invoice(order.id)
    paper = documents.paper_of(newest)
    assert paper.buyer == documents.paper_of(first).buyer
    assert paper.lines == snapshot.lines_of(order_with_all(order.id))
    settled_refund(order, before - now)
    assert len(told(order)) == 3, "what went back was credited when the order was changed"
    assert books_are(order) == order_is(order)
    settled_refund(order, 300)
    assert told(order)[3:] == [("credit_note", 300)]
    assert all_is_right()


@pytest.mark.both_databases
def test_a_dearer_order_keeps_its_invoice_until_the_difference_is_paid(app):
    order = two_lines()
    before = order.total_cents
    invoiced(order)
    bowl = order_with_all(order.id).lines[1]
    change(order, quantities={bowl.id: 3})
    now = order_with_all(order.id).total_cents
    assert told(order) == [("invoice", before)]
    pay(order, now - before)
    assert told(order) == [("invoice", before), ("credit_note", before), ("invoice", now)]
    assert books_are(order) == order_is(order)
    pay_again = queries.open_invoice(order.id)
    with writing():
        assert renewing.renew_if_due(order_with_all(order.id), clock.now()) is None
    assert queries.open_invoice(order.id).id == pay_again.id
    assert all_is_right()


def test_a_change_back_before_it_was_paid_leaves_the_invoice_as_it_is(app):
    order = two_lines()
    invoiced(order)
    bowl = order_with_all(order.id).lines[1]
    change(order, quantities={bowl.id: 3})
    change(order, quantities={bowl.id: 1})
    assert len(told(order)) == 1
    assert books_are(order) == order_is(order)


def test_another_address_of_delivery_changes_no_paper(app):
    order = two_lines()
    invoiced(order)
    where = {"street": "Smeepoortstraat", "house_number": "3", "addition": "", "postcode": "3841 EG"}
    names = {"given_name": "Sanne", "family_name": "de Vries", "town": "Harderwijk", "country": "NL"}
    change(order, address={**where, **names})
    assert len(told(order)) == 1


def test_an_order_without_invoice_is_only_booked_anew(app):
    order = two_lines()
    before = order.total_cents
    bowl = order_with_all(order.id).lines[1]
    change(order, quantities={bowl.id: 0})
    assert told(order) == []
    assert sum(gross for gross, _vat in books_are(order).values()) == before, "the money is still here"


CHANGES = 12


@settings(max_examples=CHANGES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.integers(1, 4), min_size=3, max_size=3),
    after=st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any),
    goodwill=st.integers(0, 100),
)
def test_whatever_is_changed_books_and_papers_end_as_the_order_is(app, before, after, goodwill):
    products = [
        make_product(price_cents=price, vat_class=vat, stock=20)
        for price, vat in ((1249, "standard"), (733, "reduced"), (999, "zero"))
    ]
    order = make_order(*zip(products, before, strict=True), status="placed")
    for line, rate in zip(order_with_all(order.id).lines, (2100, 900, 0), strict=True):
        line.vat_basis_points = rate
    order.status = "confirmed"
    db.session.commit()
    booked(order)
    invoiced(order)
    paid = order.total_cents
    lines = order_with_all(order.id).lines
    change(order, quantities={line.id: quantity for line, quantity in zip(lines, after, strict=True)})
    now = order_with_all(order.id).total_cents
    if now > paid:
        pay(order, now - paid)
    elif now < paid:
        settled_refund(order, paid - now)
    assert books_are(order) == order_is(order)
    newest = queries.open_invoice(order.id)
    assert {p.basis_points: (p.gross_cents, p.vat_cents) for p in queries.left_of(newest)} == order_is(order)
    assert len(queries.open_invoices(order.id)) == 1
    if back := now * goodwill // 100:
        settled_refund(order, back)
        assert sum(cents for _one, cents in queries.open_invoices(order.id)) == now - back
    assert list(queries.wrong_with_sums()) == []
    db.session.rollback()


@pytest.mark.both_databases
def test_a_refund_that_bounced_is_invoiced_again_and_credited_when_it_goes_once_more(app):
    order = two_lines()
    invoiced(order)
    line = order_with_all(order.id).lines[0]
    refund = settled_refund(order, 1250, lines={line.id: (1, 1250)})
    bounce(refund)
    bounce(refund)
    assert told(order) == [("invoice", order.total_cents), ("credit_note", 1250), ("invoice", 1250)]
    again, note = queries.invoices_of(order.id)[-1], queries.invoices_of(order.id)[1]
    paper = documents.paper_of(again)
    assert (again.refers_to, paper.refers_to, paper.lines) == (
        note.number,
        note.number,
        documents.paper_of(note).lines,
    )
    assert books_are(order) == order_is(order)
    settled_refund(order, order.total_cents)
    assert told(order)[3:] == [("credit_note", 1250), ("credit_note", order.total_cents - 1250)]
    assert queries.open_invoices(order.id) == []
    assert set(in_the_books(order.id).values()) == {(0, 0)}
    assert all_is_right()


@pytest.mark.both_databases
def test_a_refund_from_before_the_invoice_that_bounced_is_invoiced_again(app):
    order = two_lines()
    refund, kept = settled_refund(order, 595), settled_refund(order, 100)
    invoiced(order)
    assert told(order) == [("invoice", order.total_cents), ("credit_note", 695)]
    bounce(refund)
    bounce(refund)
    assert told(order)[2:] == [("invoice", 595)]
    assert queries.invoices_of(order.id)[-1].refers_to == queries.invoices_of(order.id)[1].number
    assert sum(left for _one, left in queries.open_invoices(order.id)) == order.total_cents - 100
    bounce(kept)
    assert books_are(order) == order_is(order)
    assert sum(left for _one, left in queries.open_invoices(order.id)) == order.total_cents
    assert all_is_right()


def test_a_refund_that_never_went_reverses_nothing(app):
    order = two_lines()
    invoiced(order)
    with writing():
        refund = Refund(
            order_id=order.id,
            origin="mollie",
            origin_key="re_1",
            amount_cents=500,
            status="failed",
            token="t1",
            idempotency_key="k1",
            created_at=clock.now(),
        )
        db.session.add(refund)
        db.session.flush()
        refund_failed.send(refund=refund, at=clock.now())
        db.session.commit()
    assert len(told(order)) == 1


@pytest.mark.both_databases
def test_what_bookkeeping_credits_goes_once_and_its_refund_credits_no_more(app):
    order = two_lines()
    invoice = invoiced(order)
    for _time in range(2):
        with writing():
            order_for_change(order.id)
            held = queries.invoice_by_id(invoice.id)
            if _time == 0:
                renewing.credit_by_hand(held, 500, clock.now(), seen_left=order.total_cents, of_rate=2100)
                db.session.commit()
            else:
                with pytest.raises(Conflict):
                    renewing.credit_by_hand(held, 500, clock.now(), seen_left=order.total_cents)
    assert told(order) == [("invoice", order.total_cents), ("credit_note", 500)]
    settled_refund(order, 500)
    assert len(told(order)) == 2
    assert all_is_right()


def test_a_correction_names_what_changes_and_keeps_the_rest(app):
    order = two_lines()
    invoice = invoiced(order, BUSINESS)
    with writing():
        held = queries.invoice_by_id(invoice.id)
        with pytest.raises(renewing.NothingChanges):
            renewing.correct(held, {"name": BUSINESS.name}, clock.now(), is_consumer=False)
        note, renewed = renewing.correct(
            held, {"street": "Smeepoortstraat 3", "town": ""}, clock.now(), is_consumer=True
        )
        db.session.commit()
    assert documents.paper_of(renewed).buyer == replace(BUYER, country="BE", street="Smeepoortstraat 3")
    assert (note.total_cents, renewed.is_business) == (invoice.total_cents, False)
    assert all_is_right()


BOOKS = "/staff/books/papers/{}"
FIELDS = {"name": "", "company": "", "vat_number": "", "street": "", "postcode": "", "town": "", "country": ""}


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_bookkeeping_credits_on_a_screen_with_a_reason(app, staff):
    order = two_lines()
    invoice = invoiced(order)
    path = BOOKS.format(invoice.id)
    bookkeeper = staff("bookkeeping")
    page = bookkeeper.get(f"{path}/credit")
    left = page.form(f"{path}/credit")["left"]
    assert left == str(order.total_cents)
    for wrong in ({"amount": "", "reason": "kras"}, {"amount": "5", "reason": ""}, {"amount": "900", "reason": "kras"}):
        assert bookkeeper.send(f"{path}/credit", left=left, **wrong).status == 422
        bookkeeper.get(f"{path}/credit")
    assert count(Invoice) == 1
    page = bookkeeper.send(f"{path}/credit", left=left, amount="5,00", reason="kras in de schaal", _follow=True)
    assert page.heading == f"Creditfactuur {clock.today().year}-00002"
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.credited")).all()
    assert [(one.object_key, one.reason) for one in noted] == [(invoice.number, "kras in de schaal")]
    bookkeeper.get(f"{path}/credit")
    stale = bookkeeper.send(f"{path}/credit", left=left, amount="5,00", reason="kras in de schaal")
    assert stale.status == 422
    assert count(Invoice) == 2


def test_bookkeeping_corrects_on_a_screen_without_seeing_the_name(app, staff):
    invoice = invoiced(two_lines())
    path = BOOKS.format(invoice.id)
    bookkeeper = staff("bookkeeping")
    page = bookkeeper.get(f"{path}/correct")
    assert "Sanne" not in page.text
    for wrong, field in (
        ({"reason": "vraag van de klant"}, "name"),
        ({"company": "De Vries"}, "reason"),
        ({"vat_number": "NL1", "reason": "vraag van de klant"}, "vat_number"),
        ({"postcode": "12", "country": "NL", "reason": "vraag van de klant"}, "postcode"),
    ):
        refused = bookkeeper.send(f"{path}/correct", **{**FIELDS, **wrong})
        assert refused.status == 422
        assert refused.errors()[field]
        bookkeeper.get(f"{path}/correct")
    assert count(Invoice) == 1
    page = bookkeeper.send(
        f"{path}/correct", _follow=True, **{**FIELDS, "company": "Atelier De Vries", "reason": "vraag van de klant"}
    )
    assert page.heading == f"Factuur {clock.today().year}-00003"
    assert "Atelier" not in page.text
    newest = queries.open_invoice(invoice.order_id)
    assert documents.paper_of(newest).buyer == replace(BUYER, company="Atelier De Vries")
    db.session.rollback()
    assert "al helemaal gecrediteerd" in bookkeeper.get(f"{path}/correct").text
    assert count(Invoice) == 3


@pytest.mark.parametrize("role", ["owner", "fulfilment", "privacy"])
def test_only_bookkeeping_credits_and_corrects(app, staff, role):
    invoice = invoiced(paid_order())
    browser = staff(role)
    for end, values in (("credit", {"left": 1, "amount": "1", "reason": "zomaar"}), ("correct", FIELDS)):
        path = BOOKS.format(invoice.id) + "/" + end
        assert browser.get(path).status == 403
        assert browser.post(path, **values).status == 403
    assert count(Invoice) == 1


def test_a_credit_note_is_neither_credited_nor_corrected(app, staff):
    order = two_lines()
    invoiced(order)
    settled_refund(order, 500)
    note = queries.invoices_of(order.id)[-1]
    assert note.kind == rules.CREDIT_NOTE
    bookkeeper = staff("bookkeeping")
    for end in ("credit", "correct"):
        assert bookkeeper.get(BOOKS.format(note.id) + "/" + end).status == 404


def late(app) -> None:
    """Let the worker try again what waits for the right time."""
    db.session.rollback()
    outbox.carry_out_due(50)
    db.session.rollback()


@pytest.mark.both_databases
def test_papers_that_met_a_wrong_clock_are_written_once_it_is_right(app, at):
    at("2026-11-29 12:00")
    order = two_lines()
    invoiced(order)
    first = settled_refund(order, 500)
    line = order_with_all(order.id).lines[0]
    at("2026-11-27 12:00")
    cheaper = order.total_cents - line.unit_price_cents
    change(order, quantities={line.id: line.quantity - 1})
    second = settled_refund(order, 300)
    bounce(first)
    late(app)
    assert [kind for kind, _cents in told(order)] == ["invoice", "credit_note"]
    at("2026-11-29 13:00")
    late(app)
    at("2026-11-29 14:00")
    late(app)
    papers = told(order)
    assert papers[-1][0] == "invoice"
    db.session.rollback()
    whole = order_with_all(order.id)
    assert whole.total_cents == cheaper
    assert documents.paper_of(queries.invoices_of(order.id)[-1]).lines == snapshot.lines_of(whole)
    assert queries.issued_for(f"refund:{second.id}") is not None
    late(app)
    assert told(order) == papers
    assert all_is_right()


@pytest.mark.both_databases
def test_money_is_taken_in_by_a_wrong_clock_though_its_papers_wait(app, at):
    at("2026-11-29 12:00")
    order = two_lines()
    invoiced(order)
    line = order_with_all(order.id).lines[0]
    change(order, quantities={line.id: line.quantity + 1})
    at("2025-12-31 12:00")
    pay(order, line.unit_price_cents)
    assert sum(gross for gross, _vat in books_are(order).values()) == order_with_all(order.id).total_cents
    assert [kind for kind, _cents in told(order)] == ["invoice"]
    at("2026-11-29 13:00")
    late(app)
    assert [kind for kind, _cents in told(order)] == ["invoice", "credit_note", "invoice"]
    assert all_is_right()
