"""Asking something: no more than the question needs, a reference at once, and nobody is refused."""

import re

import pytest
from sqlalchemy import func, select

from shop.contact.models import ContactMessage, ContactThread
from shop.core import clock
from shop.core.db import db
from shop.orders.emails import new_link
from shop.people.models import Person
from tests.contact.conftest import only_thread, stamp_of
from tests.factories import make_order, make_product
from tests.site.hostile import every_row


@pytest.mark.both_databases
def test_a_question_gets_a_reference_on_screen_and_by_mail(app, visitor, send, mailbox):
    page = send(visitor)
    assert page.status == 303
    shown = visitor.get(page.location)
    thread = only_thread()
    assert thread.reference in shown.heading
    assert "Past de deksel" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    (mail,) = mailbox()
    assert mail["To"] == "sanne@example.com"
    assert thread.reference in mail["Subject"]
    assert mail.get_content_type() == "text/plain"
    assert "deksel" not in mail.get_content()
    assert (thread.name, thread.telephone, thread.order_reference) == (None, None, None)
    assert visitor.cookies == set()


def test_the_mailed_link_opens_the_conversation_and_only_a_hash_of_it_is_kept(visitor, send, mailbox):
    send(visitor)
    link = re.search(r"http://localhost(/contact/\S+)", mailbox()[0].get_content())[1]
    assert "Past de deksel" in visitor.get(link).text
    assert link.rpartition("/")[2] not in repr(every_row())
    assert visitor.get("/contact/" + "a" * 43).status == 404


@pytest.mark.both_databases
def test_every_conversation_is_of_a_person(visitor, customer, send):
    send(visitor)
    assert only_thread().person_id in set(db.session.scalars(select(Person.id)))
    send(customer, email=customer.account.email)
    own = db.session.scalars(select(ContactThread).order_by(ContactThread.id.desc())).first()
    assert own.person_id == customer.account.person_id
    assert own.reference in customer.get("/account/messages").text
    assert "Past de deksel" in customer.get(f"/account/messages/{own.reference}").text


def test_a_stranger_reads_no_conversation_in_an_account(visitor, customer, send):
    send(visitor)
    assert customer.get(f"/account/messages/{only_thread().reference}").status == 404


def test_what_is_missing_is_said_beside_each_field(visitor):
    page = visitor.post("/contact", text="", email="geen adres")
    assert page.status == 422
    assert set(page.errors()) >= {"text", "email"}
    assert db.session.scalar(select(func.count(ContactThread.id))) == 0


@pytest.mark.both_databases
def test_sent_twice_is_one_question_and_one_mail(visitor, send, outbox):
    sending = "s" * 43
    send(visitor, sending=sending)
    send(visitor, sending=sending)
    assert len(only_thread().messages) == 1
    assert outbox.mails() == ["contact_receipt"]


def test_a_question_about_an_order_is_of_the_orders_customer(visitor, send):
    order = make_order((make_product(), 1), status="confirmed")
    link = new_link(order, clock.now()).removeprefix("http://localhost")
    db.session.commit()
    assert f"{link}/contact" in visitor.get(link).links()
    visitor.get(f"{link}/contact")
    page = visitor.send(f"{link}/contact", text="Waar blijft het?")
    assert page.status == 303
    thread = only_thread()
    assert (thread.person_id, thread.order_id, thread.topic) == (order.person_id, order.id, "order")
    assert visitor.get(f"/orders/{order.return_token}/contact").location.endswith("/contact")


def test_a_customer_asks_about_their_own_order_and_no_other(customer, send):
    own = make_order((make_product(), 1), status="confirmed", account=customer.account)
    other = make_order((make_product(), 1), status="confirmed")
    assert customer.get(f"/account/orders/{other.number}/contact").status == 404
    customer.get(f"/account/orders/{own.number}/contact")
    customer.send(f"/account/orders/{own.number}/contact", text="Mag het een dag later?")
    assert only_thread().person_id == customer.account.person_id


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"website": "http://spam.example"}, "trap"),
        ({"stamp": ""}, "fast"),
        ({"stamp": "made.up.stamp"}, "fast"),
        ({"text": "http://a.nl http://b.nl http://c.nl www.d.nl"}, "links"),
    ],
)
def test_what_is_suspect_is_stored_apart_and_never_refused(visitor, staff, send, values, why):
    page = send(visitor, **values)
    assert page.status == 303
    thread = only_thread()
    assert (thread.is_suspect, thread.suspicion) == (True, why)
    assert thread.reference in visitor.get(page.location).heading
    owner = staff("owner")
    assert thread.reference not in owner.get("/staff/messages").text
    assert thread.reference in owner.get("/staff/messages?tab=suspect").text


def test_a_form_sent_faster_than_anybody_types_stands_apart(app, visitor, send):
    send(visitor, stamp=stamp_of(app, seconds_ago=1))
    assert only_thread().suspicion == "fast"


def test_the_link_in_the_mail_takes_a_message_out_of_the_folder(visitor, send, mailbox):
    page = send(visitor, website="x")
    visitor.get(page.location)
    assert visitor.post(f"{page.location.split('?')[0]}/confirm").status == 422  # not a mailed link
    assert only_thread().is_suspect
    link = re.search(r"http://localhost(/contact/\S+)", mailbox()[0].get_content())[1]
    assert "Ja, ik schreef dit" in visitor.get(link).text
    visitor.send(f"{link}/confirm")
    assert not only_thread().is_suspect


def test_the_browsers_script_asks_as_many_bits_as_the_shop(app):
    from shop.config import ROOT
    from shop.contact.rules import PROOF_BITS

    assert PROOF_BITS == 16
    assert "digest[0] === 0 && digest[1] === 0" in (ROOT / "static/js/proof.js").read_text()


@pytest.mark.both_databases
def test_a_report_of_something_unsafe_is_heard_in_the_same_transaction(visitor, send, staff):
    from shop.contact.signals import security_reported

    heard = []

    def hear(sender, thread, at):
        heard.append((thread.id, db.session().in_transaction()))

    security_reported.connect(hear)
    page = send(visitor, "/security/report", text="Ik zie orders van anderen.", email="", topic=None)
    security_reported.disconnect(hear)
    assert page.status == 303
    thread = only_thread()
    assert heard == [(thread.id, True)]
    assert (thread.topic, thread.email) == ("security", None)
    assert thread.reference in staff("privacy").get("/staff/messages").text
    assert thread.reference in staff("owner").get("/staff/messages/reports").text
    packer = staff("fulfilment")
    assert packer.get("/staff/messages/reports").status == 403
    assert thread.reference not in packer.get("/staff/messages").text
    assert packer.get(f"/staff/messages/{thread.id}").status == 403


def test_security_txt_says_where_and_until_when(app, visitor, at):
    at("2026-11-29 10:00")
    page = visitor.get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in reversed(page.text.splitlines()))
    assert page.response.mimetype == "text/plain"
    assert lines["Contact"] == "http://localhost/en/security/report"
    assert "Contact: mailto:so.sera@outlook.com" in page.text
    assert lines["Expires"] == "2027-05-28T00:00:00Z"
    assert lines["Canonical"] == "http://localhost/.well-known/security.txt"
    at("2027-11-29 10:00")
    assert "Expires: 2028-05-27" in visitor.get("/.well-known/security.txt").text


def test_messages_are_plain_in_english_too(visitor, send, mailbox):
    send(visitor, "/en/contact")
    (mail,) = mailbox()
    assert "We have your message" in mail["Subject"]
    assert "/en/contact/" in mail.get_content()
    assert db.session.scalar(select(func.count(ContactMessage.id))) == 1
