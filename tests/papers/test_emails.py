"""The message that a paper is there, as its customer gets it."""

from pathlib import Path

import pytest

from shop.core.db import db, writing
from shop.papers import emails, queries
from shop.payments.signals import refund_failed
from tests.orders.test_emails import fixed, text_of
from tests.papers.orders import invoiced, settled_refund, two_lines

GOLDEN = Path(__file__).parent.parent / "golden" / "mail"

pytestmark = pytest.mark.usefixtures("may_issue")


def issued(order) -> None:
    invoiced(order)


def credited(order) -> None:
    invoiced(order)
    settled_refund(order, 500)


def bounced(order) -> None:
    invoiced(order)
    refund = settled_refund(order, 500)
    with writing():
        refund_failed.send(refund=refund, at=refund.settled_at)
        db.session.commit()


PAPERS = {"invoice_issued": issued, "credit_note_issued": credited, "invoice_instead_of_credit_note": bounced}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", PAPERS)
def test_the_text_is_the_golden_one_and_the_html_says_the_same(app, mailbox, at, name, language):
    at("2026-03-01 12:00")
    order = two_lines(language=language, email="sanne@example.com")
    PAPERS[name](order)
    number = queries.invoices_of(order.id)[-1].number
    db.session.rollback()
    (message,) = [one for one in mailbox() if str(one["Subject"]).endswith(number)]
    text = f"{message['Subject']}\n\n{text_of(message, 'plain')}".replace(order.number, "26-4K7M9Q")
    assert fixed(text, order) == (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")
    html = text_of(message, "html")
    for must in (number, order.number, f"/account/orders/{order.number}/invoice", f'lang="{language}"'):
        assert must in html
    assert "Donkerstraat" not in text + html
    assert not list(message.iter_attachments()), "the paper opens after password or code, and is never mailed"


def test_without_an_address_nobody_is_written_to(app, outbox):
    order = two_lines(email="sanne@example.com")
    invoice = invoiced(order)
    asked = outbox.mails().count("invoice_issued")
    order.email = None
    assert emails.queue_invoice_issued(invoice, order) is False
    db.session.rollback()
    assert outbox.mails().count("invoice_issued") == asked
