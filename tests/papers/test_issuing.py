"""Invoices are issued once, in order, when they may be; what goes back is credited; everything is sealed."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, update

from shop.core import clock, vault
from shop.core.db import db, writing
from shop.core.errors import Conflict
from shop.orders import actions as order_actions
from shop.orders.placing import DraftAddress
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import actions, books, documents, exports, jobs, numbers, queries, rules, snapshot
from shop.papers.models import BookEntry, Invoice, InvoiceCounter, InvoiceRequest
from shop.payments.models import AppliedPayment
from shop.people.models import AuditEntry
from shop.privacy.commands import retain
from tests.factories import make_attempt, make_order
from tests.papers.orders import booked, invoiced, paid_order, settled_refund, two_lines
from tests.papers.paper import BUSINESS, BUYER

pytestmark = pytest.mark.usefixtures("may_issue")


def all_is_right() -> bool:
    db.session.rollback()
    wrong = [
        *queries.wrong_with_numbers(clock.now()),
        *queries.wrong_with_sums(),
        *queries.wrong_with_documents(),
    ]
    db.session.rollback()
    assert wrong == []
    return True


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_an_invoice_is_issued_once_with_the_next_number_of_the_year(app):
    first, second = invoiced(paid_order()), invoiced(paid_order())
    year = clock.today().year
    assert [first.number, second.number] == [f"{year}-00001", f"{year}-00002"]
    with writing():
        assert not actions.ask_for_invoice(order_for_change(first.order_id), BUYER, clock.now())
        db.session.commit()
    assert count(Invoice) == 2
    assert count(InvoiceRequest) == 0, "the request with its name and address is gone"
    assert all_is_right()


@pytest.mark.both_databases
def test_a_rolled_back_issue_leaves_no_gap(app):
    kept = invoiced(paid_order())
    order = paid_order()
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), BUYER, clock.now())
        db.session.rollback()
    assert count(Invoice) == 1
    assert invoiced(order).sequence == kept.sequence + 1
    assert all_is_right()


@pytest.mark.both_databases
def test_many_at_once_get_consecutive_numbers(app):
    orders = [paid_order().id for _n in range(8)]
    db.session.rollback()
    problems = []

    def issue(order_id):
        with app.app_context():
            try:
                with writing():
                    actions.ask_for_invoice(order_for_change(order_id), BUYER, clock.now())
                    if order_id == orders[3]:
                        db.session.rollback()
                    db.session.commit()
            except Exception as problem:
                problems.append(problem)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=issue, args=(order_id,)) for order_id in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    db.session.rollback()
    assert sorted(db.session.scalars(select(Invoice.sequence))) == list(range(1, 8))
    assert all_is_right()


def test_the_year_is_that_of_the_clock_in_harderwijk(app, at):
    at("2026-12-31 23:59")
    old = invoiced(paid_order())
    at("2027-01-01 00:01")
    new = invoiced(paid_order())
    assert (old.number, new.number) == ("2026-00001", "2027-00001")
    assert (old.issued_on, new.issued_on) == (date(2026, 12, 31), date(2027, 1, 1))
    assert new.issued_at.year == 2026, "in UTC the old year was not over"
    assert all_is_right()


@pytest.mark.parametrize("back", ["2026-11-27 12:00", "2025-12-31 12:00"])
def test_a_clock_that_went_back_issues_nothing_until_it_is_right(app, at, back):
    at("2026-11-29 12:00")
    invoiced(paid_order())
    at(back)
    order = paid_order()
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), BUYER, clock.now())
        db.session.commit()
    assert count(Invoice) == 1
    assert count(InvoiceRequest) == 1
    at("2026-11-29 13:00")
    assert jobs.issue_waiting() == 1
    assert all_is_right()


@pytest.mark.parametrize("number", ["", "NL123456789B01"])
def test_no_invoice_while_the_shop_has_no_right_vat_number(app, identity, number):
    identity(vat_number=number)
    order = paid_order()
    with writing():
        assert actions.ask_for_invoice(order_for_change(order.id), BUYER, clock.now())
        db.session.commit()
    assert jobs.issue_waiting() == 0
    assert (count(Invoice), count(InvoiceRequest), count(InvoiceCounter)) == (0, 1, 0)
    identity(vat_number="NL860999002B01")
    assert jobs.issue_waiting() == 1
    assert (count(Invoice), count(InvoiceRequest)) == (1, 0)
    assert all_is_right()


def test_an_order_that_is_not_paid_waits_for_its_money(app):
    order = make_order()
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), BUYER, clock.now())
        db.session.commit()
    assert count(Invoice) == 0
    with writing():
        held = order_for_change(order.id)
        order_actions.confirm(held, clock.now())
        actions.take_money_in(order_for_change(order.id), order.total_cents, clock.now())
        db.session.commit()
    assert count(Invoice) == 1


def test_everybody_gets_one_where_the_owner_wants_that(app, identity):
    identity(invoices="everybody")
    order = paid_order()
    invoice = queries.open_invoice(order.id)
    assert documents.paper_of(invoice).buyer.name == "Sanne de Vries"
    assert all_is_right()


def test_the_document_is_sealed_and_says_no_email_and_no_telephone(app, outbox):
    order = paid_order(email="sanne@example.com", telephone="+31612345678")
    invoice = invoiced(order, BUSINESS)
    assert invoice.sealed is not None
    assert b"Donkerstraat" not in invoice.sealed
    outbox.carry_out()
    stored = db.session.get_one(Invoice, invoice.id, populate_existing=True)
    assert (stored.sealed, stored.stored_at is not None) == (None, True)
    opened = documents.open_document(invoice.id)
    said = json.dumps(rules.as_data(opened.paper))
    assert "Donkerstraat 52" in said
    assert "sanne@example.com" not in said
    assert "612345678" not in said
    assert opened.pdf.startswith(b"%PDF-")
    assert b"<cbc:ID>" + invoice.number.encode() in opened.xml
    for file in (vault.folder() / stored.file_name, *vault.folder().glob("*")):
        assert b"Donkerstraat" not in file.read_bytes()


def test_storing_twice_is_storing_once(app, outbox):
    invoice = invoiced(paid_order())
    documents.store(invoice.id)
    first = (vault.folder() / invoice.file_name).read_bytes()
    outbox.carry_out()
    documents.store(invoice.id)
    assert (vault.folder() / invoice.file_name).read_bytes() == first


def test_an_invoice_can_be_opened_before_the_worker_drew_it(app):
    assert documents.open_document(invoiced(paid_order()).id).pdf.startswith(b"%PDF-")


def test_later_changes_to_the_order_leave_the_invoice_as_it_is(app):
    order = two_lines()
    invoice = invoiced(order)
    before = documents.open_document(invoice.id)
    whole = order_with_all(order.id)
    whole.lines[0].name = "Iets anders"
    whole.addresses[0].street = "Elders"
    db.session.commit()
    assert documents.open_document(invoice.id) == before


@pytest.mark.both_databases
def test_what_goes_back_is_credited_by_line_with_its_vat(app):
    order = two_lines()
    invoice = invoiced(order)
    line = order_with_all(order.id).lines[0]
    settled_refund(order, 1250, lines={line.id: (1, 1250)})
    note = queries.invoices_of(order.id)[-1]
    assert (note.kind, note.refers_to, note.total_cents, note.vat_cents) == ("credit_note", invoice.number, 1250, 217)
    paper = documents.paper_of(note)
    assert [(one.name, one.quantity) for one in paper.lines] == [(line.name, 1)]
    assert (paper.refers_to, paper.buyer) == (invoice.number, BUYER)
    settled_refund(order, order.total_cents - 1250)
    assert all(part.gross_cents == part.vat_cents == 0 for part in queries.left_of(invoice))
    assert queries.open_invoice(order.id) is None
    assert books.kept_cents(order.id) == 0
    assert set(books.booked(order.id).values()) == {(0, 0)}
    assert all_is_right()


def test_a_whole_refund_credits_the_invoice_line_by_line(app):
    order = two_lines()
    invoice = invoiced(order)
    settled_refund(order, order.total_cents)
    note = queries.invoices_of(order.id)[-1]
    assert documents.paper_of(note).lines == documents.paper_of(invoice).lines
    assert all_is_right()


def test_news_of_a_refund_heard_twice_credits_once(app):
    order = two_lines()
    invoiced(order)
    refund = settled_refund(order, 500)
    with writing():
        actions.take_refund_in(order_for_change(order.id), refund, clock.now())
        db.session.commit()
    assert [invoice.kind for invoice in queries.invoices_of(order.id)] == ["invoice", "credit_note"]
    assert books.kept_cents(order.id) == order.total_cents - 500


def test_money_that_came_twice_is_no_sale_and_its_refund_no_credit(app):
    order = two_lines()
    invoiced(order)
    again = make_attempt(order, status="paid")
    db.session.add(
        AppliedPayment(
            attempt_id=again.id, order_id=order.id, role="surplus", amount_cents=order.total_cents, at=clock.now()
        )
    )
    db.session.commit()
    assert not books.is_sale(again)
    settled_refund(order, order.total_cents, attempt_id=again.id)
    assert books.kept_cents(order.id) == order.total_cents
    assert [invoice.kind for invoice in queries.invoices_of(order.id)] == ["invoice"]


def test_an_order_without_invoice_is_refunded_without_credit_note(app):
    order = two_lines()
    settled_refund(order, 500)
    assert count(Invoice) == 0
    assert books.kept_cents(order.id) == order.total_cents - 500
    receipt = snapshot.receipt_of(order_with_all(order.id))
    assert sum(line.gross_cents for line in receipt.back) == 500


def test_an_invoice_asked_for_after_a_refund_comes_with_its_credit_note(app):
    order = two_lines()
    settled_refund(order, 500)
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), BUYER, clock.now())
        db.session.commit()
    assert [(i.kind, i.total_cents) for i in queries.invoices_of(order.id)] == [
        ("invoice", order.total_cents),
        ("credit_note", 500),
    ]
    assert all_is_right()


@pytest.mark.both_databases
def test_a_correction_is_a_credit_note_and_a_new_invoice(app):
    order = two_lines()
    invoice = invoiced(order)
    settled_refund(order, 500)
    renamed = replace(BUYER, name="Sanne Jansen")
    with writing():
        order_for_change(order.id)
        note, renewed = actions.correct_invoice(queries.invoice_by_id(invoice.id), renamed, clock.now())
        db.session.commit()
    assert (note.refers_to, note.total_cents) == (invoice.number, order.total_cents - 500)
    assert documents.paper_of(renewed).buyer == renamed
    assert renewed.total_cents == order.total_cents - 500
    assert documents.paper_of(queries.invoice_by_id(invoice.id)).buyer == BUYER, "what was issued stays as it was"
    with writing(), pytest.raises((Conflict, rules.NothingToCredit)):
        actions.correct_invoice(queries.invoice_by_id(invoice.id), renamed, clock.now())
    assert all_is_right()


def test_the_check_finds_gaps_doubles_dates_sums_and_documents_that_do_not_fit(app):
    for _n in range(3):
        invoiced(paid_order())
    runner = app.test_cli_runner()
    assert runner.invoke(args=["invoices", "check", "--documents"]).exit_code == 0

    def found(*args: str, **change) -> str:
        """What the check says while one thing is wrong with the second invoice."""
        before = {name: getattr(Invoice, name) for name in change}
        row = db.session.execute(select(*before.values()).where(Invoice.sequence == 2)).one()
        db.session.execute(update(Invoice).where(Invoice.sequence == 2).values(**change))
        db.session.commit()
        result = runner.invoke(args=["invoices", "check", *args])
        assert result.exit_code == 1, change
        changed = change.get("sequence", 2)
        db.session.execute(
            update(Invoice).where(Invoice.sequence == changed).values(**dict(zip(before, row, strict=True)))
        )
        db.session.commit()
        return result.output

    year = clock.today().year
    assert f"in {year} number 3 follows 1" in found(sequence=7)
    assert "is dated before" in found(issued_on=clock.today() + timedelta(days=1))
    assert "do not add up" in found(vat_cents=1, net_cents=1, total_cents=2)
    assert "cannot be opened" in found("--documents", document_key=vault.new_key())
    assert "says something else" in found("--documents", refers_to="x")
    assert runner.invoke(args=["invoices", "check", "--documents"]).exit_code == 0
    db.session.execute(update(InvoiceCounter).values(last=4))
    db.session.commit()
    assert "4 numbers were drawn" in runner.invoke(args=["invoices", "check"]).output
    assert "I3" in runner.invoke(args=["invariants"]).output


def documents_left() -> int:
    return len(list(vault.folder().glob("*")))


def run_retention() -> None:
    list(retain(clock.now(), is_dry=False))


@pytest.mark.both_databases
def test_when_the_legal_term_ends_key_row_and_file_go(app, at, outbox, monkeypatch):
    monkeypatch.setattr(jobs, "UNFINISHED", timedelta(0))
    for file in vault.folder().glob("*"):
        file.unlink()
    at("2026-11-29 12:00")
    _ordinary, held, oss = (invoiced(paid_order()).id for _n in range(3))
    outbox.carry_out()
    with writing():
        actions.hold(queries.invoice_by_id(held), date(2035, 6, 1))
        row = queries.invoice_by_id(oss)
        row.is_oss, row.counts_from = True, rules.counts_from(row.issued_at, is_oss=True)
        db.session.commit()
    assert documents_left() == 3
    at("2033-12-31 23:00")
    run_retention()
    assert count(Invoice) == 3
    at("2034-01-01 03:00")
    run_retention()
    assert set(db.session.scalars(select(Invoice.id))) == {held, oss}
    assert documents_left() == 2
    at("2035-06-01 03:00")
    run_retention()
    assert count(Invoice) == 2, "a hold lasts through its last day"
    at("2035-06-02 03:00")
    run_retention()
    run_retention()
    assert set(db.session.scalars(select(Invoice.id))) == {oss}
    at("2037-01-01 03:00")
    run_retention()
    assert (count(Invoice), documents_left()) == (0, 0)
    assert all_is_right()


def test_a_hold_is_released_by_hand_too(app):
    invoice = invoiced(paid_order())
    for until in (date(2040, 1, 1), None):
        with writing():
            actions.hold(queries.invoice_by_id(invoice.id), until)
            db.session.commit()
        found = db.session.get_one(Invoice, invoice.id, populate_existing=True)
        assert (found.held_until, found.counts_from is None) == (until, until is not None)


def test_the_download_of_somebodys_data_has_their_papers(app):
    order = two_lines()
    invoice = invoiced(order)
    settled_refund(order, 500)
    person_id = order.person_id
    db.session.rollback()
    names = [file.name for file in exports.papers_of(person_id)]
    year = clock.today().year
    assert names == [
        f"receipts/{order.number}.pdf",
        f"invoices/{invoice.number}.pdf",
        f"invoices/{invoice.number}.xml",
        f"invoices/{year}-00002.pdf",
        f"invoices/{year}-00002.xml",
    ]
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.downloaded").order_by("id")).all()
    assert [(one.object_key, one.role, one.staff_id, one.person_id) for one in noted] == [
        (number, "customer", None, person_id) for number in (invoice.number, f"{year}-00002")
    ]


def test_what_was_paid_before_there_were_books_is_booked_by_the_job(app):
    order = make_order(status="confirmed")
    db.session.execute(BookEntry.__table__.delete())
    db.session.commit()
    assert jobs.book_missing() == 1
    assert jobs.book_missing() == 0
    assert books.kept_cents(order.id) == order.total_cents


def test_keys_are_renewed_and_documents_still_open(app, monkeypatch):
    invoice = invoiced(paid_order())
    old, new = app.config["VAULT_KEY"], Fernet.generate_key().decode()
    monkeypatch.setitem(app.config, "VAULT_KEY", new)
    monkeypatch.setitem(app.config, "VAULT_KEY_FALLBACKS", [old])
    assert "1 keys renewed" in app.test_cli_runner().invoke(args=["invoices", "renew-keys"]).output
    monkeypatch.setitem(app.config, "VAULT_KEY_FALLBACKS", [])
    assert documents.open_document(invoice.id).paper.buyer == BUYER


def test_money_is_booked_by_the_country_whose_vat_it_is(app, monkeypatch):
    monkeypatch.setitem(app.config, "VAT_OSS_SINCE", date(2026, 1, 1))
    address = DraftAddress("shipping", "Marijn", "Peeters", "BE", "Lange Nieuwstraat", "77", "", "2000", "Antwerpen")
    order = booked(make_order(status="confirmed", addresses=[address]))
    assert {(bucket[0], bucket[1]) for bucket in books.booked(order.id)} == {("BE", 2100)}
    invoice = invoiced(order)
    assert invoice.is_oss
    assert rules.last_day(invoice.issued_on, is_oss=True).year == invoice.issued_on.year + 10
    entry = db.session.scalars(select(BookEntry)).first()
    assert (entry.is_oss, entry.counts_from.year) == (True, entry.booked_on.year + 3)


def test_numbers_are_never_drawn_twice_by_one_session(app):
    with writing():
        drawn = [numbers.draw(clock.now()).sequence for _n in range(3)]
        db.session.commit()
    assert drawn == [1, 2, 3]
