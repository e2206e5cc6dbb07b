"""The papers of an order as its customer opens them, and as nobody else can."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db
from shop.orders.emails import new_link
from shop.papers.models import Invoice, InvoiceRequest
from shop.people.models import AuditEntry
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.papers.orders import booked, invoiced, paid_order, settled_refund, two_lines

FORM = {
    "name": "Sanne de Vries",
    "company": "",
    "vat_number": "",
    "country": "NL",
    "street": "Donkerstraat 52",
    "postcode": "3841cd",
    "town": "Harderwijk",
}


def link_of(order) -> str:
    path = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    return path


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def words(pdf: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_a_guest_opens_the_receipt_by_the_mailed_link(visitor, may_issue):
    order = two_lines()
    settled_refund(order, 500)
    path = link_of(order)
    assert f"{path}/receipt" in visitor.get(path).links()
    page = visitor.get(f"{path}/receipt")
    assert page.heading == f"Bon van bestelling {order.number}"
    assert "Terugbetaald op" in page.text
    assert "Sanne" not in page.text
    pdf = visitor.get(f"{path}/receipt.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert f"Bonvanbestelling{order.number}" in words(pdf.body)
    assert "Sanne" not in words(pdf.body)
    assert "Receipt of order" in visitor.get(f"/en{path}/receipt").heading


def test_the_address_that_mollie_knows_opens_no_receipt(visitor):
    order = paid_order()
    for end in ("receipt", "receipt.pdf"):
        assert visitor.get(f"/orders/{order.return_token}/{end}").status == 404


def test_an_order_that_is_not_paid_has_no_receipt_yet(visitor):
    order = make_order(pays_by="pickup", delivery="pickup")
    path = link_of(order)
    assert "Je bon staat hier zodra je betaald hebt." in visitor.get(path).text
    assert visitor.get(f"{path}/receipt").status == 404
    booked(order)
    assert visitor.get(f"{path}/receipt").status == 200


def test_a_customer_asks_for_an_invoice_and_opens_it_and_that_is_noted(customer, may_issue):
    order = paid_order(account=customer.account)
    number = order.number
    page = customer.get(f"/account/orders/{number}")
    assert f"/account/orders/{number}/invoice" in page.links()
    page = customer.get(f"/account/orders/{number}/invoice")
    assert page.form(f"/account/orders/{number}/invoice")["street"] == "Donkerstraat 52"
    page = customer.send(f"/account/orders/{number}/invoice", _follow=True, **FORM)
    assert "We hebben genoteerd dat je een factuur wilt." in page.text
    (pdf_path,) = [link for link in page.links() if link.endswith(".pdf")]
    (xml_path,) = [link for link in page.links() if link.endswith(".xml")]
    text = words(customer.get(pdf_path).body)
    assert "SannedeVries" in text
    assert "3841CD" in text
    assert customer.account.email not in text
    assert customer.get(xml_path).body.startswith(b"<?xml")
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "invoice")).all()
    assert [(one.action, one.role, one.staff_id, one.person_id) for one in entries] == [
        ("invoice.opened", "customer", None, order.person_id)
    ] * 2


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Vul je naam in."),
        ("vat_number", "NL123", "Dit is geen btw-nummer"),
        ("vat_number", "BE0411905847", "Vul ook het bedrijf in"),
        ("postcode", "12", "Dat is geen postcode in dit land."),
        ("street", "", "Vul de straat in."),
        ("country", "XX", ""),
    ],
)
def test_a_wrong_request_says_what_is_wrong_and_asks_for_nothing(customer, may_issue, field, value, told):
    order = paid_order(account=customer.account)
    path = f"/account/orders/{order.number}/invoice"
    customer.get(path)
    page = customer.send(path, **{**FORM, field: value})
    assert page.status == 422
    assert told in page.errors()[field]
    assert (count(InvoiceRequest), count(Invoice)) == (0, 0)


def test_while_the_shop_has_no_vat_number_the_request_waits_and_says_so(customer):
    order = paid_order(account=customer.account)
    path = f"/account/orders/{order.number}/invoice"
    assert "ons eigen btw-nummer nog niet bekend is" in customer.get(path).text
    page = customer.send(path, _follow=True, **FORM)
    assert "We bewaren je verzoek" in page.text
    assert (count(InvoiceRequest), count(Invoice)) == (1, 0)
    again = customer.post(path, **FORM)
    assert again.status == 422
    assert count(InvoiceRequest) == 1


def test_nobody_opens_the_papers_of_another(app, customer, may_issue):
    theirs = paid_order(account=make_customer())
    invoice = invoiced(theirs)
    for end in ("invoice", "receipt", "receipt.pdf", f"invoices/{invoice.id}.pdf", f"invoices/{invoice.id}.xml"):
        assert customer.get(f"/account/orders/{theirs.number}/{end}").status == 404
    assert customer.post(f"/account/orders/{theirs.number}/invoice", **FORM).status == 404
    own = paid_order(account=customer.account)
    assert customer.get(f"/account/orders/{own.number}/invoices/{invoice.id}.pdf").status == 404
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.object_kind == "invoice")) == 0


def test_who_is_nobody_yet_is_asked_for_a_code_first(visitor, may_issue):
    order = paid_order()
    invoice = invoiced(order)
    for end in ("invoice", f"invoices/{invoice.id}.pdf"):
        answer = visitor.get(f"/account/orders/{order.number}/{end}")
        assert answer.status == 303
        assert "/data-request" in answer.location


def test_a_guest_opens_the_invoice_after_a_typed_code(app, visitor, mailbox, may_issue):
    order = paid_order(email="gast@example.com")
    other = paid_order(email="ander@example.com")
    invoice = invoiced(order)
    path = f"/account/orders/{order.number}/invoice"
    answer = visitor.get(path)
    visitor.get(answer.location)
    page = visitor.send("/data-request", email="gast@example.com")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mailbox()[-1].get_body(("plain",)).get_content())[0]
    action = next(action for action in page.actions if "code" in action)
    page = visitor.send(action, code=code, _follow=True)
    assert page.heading == f"Factuur van bestelling {order.number}"
    assert visitor.get(f"/account/orders/{order.number}/invoices/{invoice.id}.pdf").body.startswith(b"%PDF-")
    assert visitor.get(f"/account/orders/{order.number}/receipt").status == 200
    assert visitor.get(f"/account/orders/{other.number}/invoice").status == 404


def test_the_message_says_that_the_invoice_is_there_and_holds_nothing_of_it(app, mailbox, may_issue):
    order = paid_order(email="sanne@example.com")
    invoice = invoiced(order)
    message = next(mail for mail in mailbox() if invoice.number in mail["Subject"])
    text = message.get_body(("plain",)).get_content()
    assert f"/account/orders/{order.number}/invoice" in text
    assert "Donkerstraat" not in text
    assert not list(message.iter_attachments())


def test_an_invoice_is_chosen_at_the_checkout(app, visitor, mollie, may_issue):
    make_shipping()
    product = make_product(price_cents=2500, stock=5)
    visitor.post("/cart/lines", variant=product.variants[0].id, quantity=1)
    page = visitor.get("/checkout")
    filled = {
        **page.form("/checkout"),
        "email": "gast@example.com",
        "given_name": "Sanne",
        "family_name": "de Vries",
        "country": "NL",
        "postcode": "3841 CD",
        "house_number": "52",
        "street": "Donkerstraat",
        "town": "Harderwijk",
        "wants_invoice": "y",
        "company": "De Vries Keramiek",
        "vat_number": "nl 8609.99.002.b01",
    }
    filled.setdefault("payment", "ideal")
    wrong = visitor.post("/checkout", **{**filled, "vat_number": "NL1"})
    assert wrong.status in (409, 422)
    assert "Dit is geen btw-nummer" in wrong.text
    assert count(InvoiceRequest) == 0
    answer = visitor.post(
        "/checkout", **{**wrong.form("/checkout"), **filled, "shown_total": wrong.form("/checkout")["shown_total"]}
    )
    assert answer.status == 303, answer.errors()
    db.session.rollback()
    asked = db.session.scalars(select(InvoiceRequest)).one()
    assert (asked.company, asked.vat_number, asked.street) == ("De Vries Keramiek", "NL860999002B01", "Donkerstraat 52")


def test_without_an_address_an_invoice_cannot_be_chosen(app, visitor, mollie):
    make_shipping()
    product = make_product(price_cents=2500, stock=5, kind="service")
    visitor.post("/cart/lines", variant=product.variants[0].id, quantity=1)
    page = visitor.get("/checkout")
    filled = {**page.form("/checkout"), "email": "gast@example.com", "given_name": "S", "family_name": "V"}
    wrong = visitor.post("/checkout", **filled, wants_invoice="y")
    assert wrong.status == 422
    assert "Op een factuur moet een adres staan" in wrong.errors()["wants_invoice"]


def test_a_signed_in_customer_sees_papers_in_their_own_language(app, may_issue):
    account = make_customer()
    browser = Browser(app)
    sign_in(browser, account)
    order = paid_order(account=account, language="en")
    page = browser.get(f"/en/account/orders/{order.number}/invoice")
    assert page.heading == f"Invoice of order {order.number}"
