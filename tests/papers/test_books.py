"""The bookkeeper's screens: nobody else's, a reason before a paper opens, and sums that are those of the receipts."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, writing
from shop.orders.placing import DraftAddress
from shop.orders.queries import order_for_change
from shop.papers import actions, queries
from shop.papers.models import BookEntry, Invoice
from shop.papers.rules import quarter_of
from shop.payments.models import AttentionItem, PaymentAttempt
from shop.people.models import AuditEntry
from shop.staff.queries import books
from tests.factories import make_order
from tests.papers.orders import booked, invoiced, paid_order, settled_refund, two_lines
from tests.papers.paper import BUSINESS

pytestmark = pytest.mark.usefixtures("may_issue")


def entries(action: str) -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_bookkeeping_opens_a_paper_only_with_a_reason_and_that_is_noted(app, staff):
    order = two_lines()
    invoice = invoiced(order)
    bookkeeper = staff("bookkeeping")
    page = bookkeeper.get("/staff/books")
    assert invoice.number in page.text
    assert "de Vries" not in page.text
    path = f"/staff/books/papers/{invoice.id}"
    page = bookkeeper.get(path)
    assert "de Vries" not in page.text
    assert "Donkerstraat" not in page.text
    for reason in ("", "abc"):
        refused = bookkeeper.send(f"{path}/open", reason=reason)
        assert refused.status == 422
        assert refused.errors()["reason"]
        bookkeeper.get(path)
    assert entries("invoice.opened") == []
    opened = bookkeeper.send(f"{path}/open", reason="kwartaalaangifte")
    assert opened.body.startswith(b"%PDF-")
    assert opened.headers["Cache-Control"] == "no-store"
    bookkeeper.get(path)
    assert b"Sanne de Vries" in bookkeeper.send(f"{path}/open", reason="kwartaalaangifte", kind="xml").body
    noted = entries("invoice.opened")
    assert [(one.role, one.object_key, one.reason, one.person_id) for one in noted] == [
        ("bookkeeping", invoice.number, "kwartaalaangifte", order.person_id)
    ] * 2


@pytest.mark.parametrize("role", ["owner", "fulfilment", "privacy"])
def test_nobody_without_the_bookkeeping_role_opens_the_books_or_a_paper(app, staff, role):
    invoice = invoiced(paid_order())
    browser = staff(role)
    path = f"/staff/books/papers/{invoice.id}"
    for address in ("/staff/books", path, "/staff/books/quarters", "/staff/books/quarters/entries.csv"):
        assert browser.get(address).status == 403
    assert browser.post(f"{path}/open", reason="nieuwsgierig", kind="pdf").status == 403
    assert browser.post(f"{path}/hold", until="2030-01-01").status == 403
    assert db.session.scalar(select(Invoice.held_until)) is None
    assert entries("invoice.opened") == []
    assert len(entries("invoice.opened.refused")) == 1
    assert "/staff/books" not in browser.get("/staff").links()


def test_a_document_is_held_until_a_day_and_let_go(app, staff):
    invoice = invoiced(paid_order())
    bookkeeper = staff("bookkeeping")
    path = f"/staff/books/papers/{invoice.id}"
    bookkeeper.get(path)
    for until in ("2020-01-01", "2090-01-01", "morgen"):
        assert bookkeeper.send(f"{path}/hold", until=until).status == 422
        bookkeeper.get(path)
    page = bookkeeper.send(f"{path}/hold", _follow=True, until=f"{clock.today().year + 8}-06-01")
    assert f"1 juni {clock.today().year + 8}" in page.text
    bookkeeper.send(f"{path}/hold", until="")
    db.session.rollback()
    assert db.session.scalar(select(Invoice.held_until)) is None


def test_requests_that_wait_are_shown_without_a_name_and_with_the_reason(app, staff, identity):
    identity(vat_number="")
    order = paid_order()
    with writing():
        actions.ask_for_invoice(order_for_change(order.id), BUSINESS, clock.now())
        db.session.commit()
    page = staff("bookkeeping").get("/staff/books")
    assert "Het eigen btw-nummer van de winkel ontbreekt" in page.text
    assert order.number in page.text
    assert "een bedrijf" in page.text
    assert "De Vries" not in page.text


def read(page) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page.body.decode("utf-8-sig")), delimiter=";"))


def test_the_quarter_is_the_receipts_and_oss_is_apart(app, staff, monkeypatch):
    home = two_lines()
    settled_refund(home, 500)
    invoiced(home)
    monkeypatch.setitem(app.config, "VAT_OSS_SINCE", date(2020, 1, 1))
    address = DraftAddress("shipping", "Marijn", "Peeters", "BE", "Lange Nieuwstraat", "77", "", "2000", "Antwerpen")
    abroad = booked(make_order(status="confirmed", addresses=[address]))
    bookkeeper = staff("bookkeeping")
    page = bookkeeper.get("/staff/books/quarters")
    assert "Nederlandse btw-aangifte" in page.text
    assert "OSS, per land" in page.text
    assert "België" in page.text
    rows = read(bookkeeper.get("/staff/books/quarters/sums.csv"))
    euros = lambda cents: f"{cents / 100:.2f}".replace(".", ",")  # noqa: E731
    assert [(row[0], row[1], row[3], row[4]) for row in rows[1:]] == [
        ("NL", "nee", euros(home.total_cents), "5,00"),
        ("BE", "ja", euros(abroad.total_cents), "0,00"),
    ]
    entries_rows = read(bookkeeper.get("/staff/books/quarters/entries.csv"))
    kept = sum(int(row[6].replace(",", "")) for row in entries_rows[1:])
    assert kept == home.total_cents - 500 + abroad.total_cents
    papers = read(bookkeeper.get("/staff/books/quarters/papers.csv"))
    assert [row[1] for row in papers[1:]] == ["Factuur", "Creditfactuur"]
    assert not any("Peeters" in cell for row in entries_rows + papers for cell in row)
    assert bookkeeper.get("/staff/books/quarters?quarter=2019-1").status == 200
    for wrong in ("2026-5", "x", "2026-1' OR 1=1"):
        assert bookkeeper.get(f"/staff/books/quarters?quarter={wrong}").status == 400
    assert bookkeeper.get("/staff/books/quarters/names.csv").status == 404


def test_a_long_list_has_pages(app, staff):
    invoiced(paid_order())
    row = db.session.execute(select(Invoice.__table__)).mappings().one()
    for n in range(2, books.PAGE + 4):
        db.session.execute(
            Invoice.__table__.insert().values(
                {
                    **{k: v for k, v in row.items() if k != "id"},
                    "sequence": n,
                    "number": f"{row['year']}-{n:05d}",
                    "cause": f"c{n}",
                    "file_name": f"{n:032x}",
                }
            )
        )
    db.session.commit()
    bookkeeper = staff("bookkeeping")
    first = bookkeeper.get("/staff/books")
    (following,) = [link for link in first.links() if "before=" in link]
    second = bookkeeper.get(following)
    shown = [link for page in (first, second) for link in page.links() if "/books/papers/" in link]
    assert len(shown) == len(set(shown)) == books.PAGE + 3


def test_books_have_no_names(app):
    columns = {column.name for column in BookEntry.__table__.columns}
    assert not columns & {"name", "email", "person_id"}
    assert db.session.scalar(select(func.count(BookEntry.id))) == 0


def charged_back(order, cents: int) -> AttentionItem:
    """A payment of an order that its bank took back, as staff is told of it."""
    (attempt,) = db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id)).all()
    attempt.charged_back_cents = cents
    item = AttentionItem(
        order_id=order.id,
        attempt_id=attempt.id,
        key=f"chargeback:{attempt.id}",
        kind="chargeback",
        amount_cents=cents,
        created_at=clock.now(),
    )
    db.session.add(item)
    db.session.commit()
    return item


@pytest.mark.both_databases
def test_a_chargeback_stays_a_sale_until_bookkeeping_writes_it_off_and_is_one_again_when_it_comes_back(app, staff):
    order = two_lines()
    invoiced(order)
    item = charged_back(order, order.total_cents)
    bookkeeper = staff("bookkeeping")
    path = f"/staff/books/chargebacks/{item.id}"
    assert path in bookkeeper.get("/staff/books").links()
    amounts = lambda: [(one.sales_cents, one.lost_cents, one.vat_cents) for one in books.sums(*quarter)]  # noqa: E731
    quarter = quarter_of(clock.today())
    vat_cents = amounts()[0][2]
    assert amounts() == [(order.total_cents, 0, vat_cents)]
    bookkeeper.get(path)
    assert bookkeeper.send(path, reason="").status == 422
    bookkeeper.get(path)
    page = bookkeeper.send(path, reason="incasso gaf niets", _follow=True)
    assert "De boeken volgen nu de terugboeking." in page.text
    assert amounts() == [(order.total_cents, order.total_cents, 0)]
    assert queries.open_invoice(order.id) is not None, "the customer still owes it"
    assert path not in bookkeeper.get(path).actions, "there is nothing more to write off"
    row = db.session.get_one(PaymentAttempt, item.attempt_id)
    row.charged_back_cents = 0
    db.session.commit()
    bookkeeper.get(path)
    bookkeeper.send(path, reason="bank gaf het terug")
    assert amounts() == [(order.total_cents, 0, vat_cents)]
    assert bookkeeper.get(path).status == 404
    assert [(one.object_key, one.reason) for one in entries("chargeback.booked")] == [
        (order.number, "incasso gaf niets"),
        (order.number, "bank gaf het terug"),
    ]
    assert list(queries.wrong_with_sums()) == []


def test_only_bookkeeping_writes_off(app, staff):
    order = two_lines()
    path = f"/staff/books/chargebacks/{charged_back(order, 100).id}"
    owner = staff("owner")
    assert owner.get(path).status == 403
    assert owner.post(path, reason="zomaar weg").status == 403
    assert db.session.scalar(select(func.count(BookEntry.id)).where(BookEntry.kind == "lost")) == 0
