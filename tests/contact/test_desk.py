"""The desk: who waits and how long, answers, calls, numbers that nobody should read, and the end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.contact.models import AnswerTemplate, ContactMessage, ContactThread
from shop.core import clock
from shop.core.db import Model, db
from shop.privacy.actions.retention import carry_out
from shop.privacy.queries.retention import terms
from tests.contact.conftest import only_thread
from tests.factories import make_order, make_product
from tests.site.hostile import every_row


def test_a_message_that_waits_longer_than_two_working_days_is_flagged(visitor, staff, send, at):
    at("2026-03-06 16:00")  # Friday
    send(visitor)
    at("2026-03-10 23:00")  # Tuesday
    page = staff("owner").get("/staff/messages")
    assert "te lang" not in page.text
    at("2026-03-11 08:00")
    owner = staff("owner")
    assert "4 dagen: te lang" in owner.get("/staff/messages").text
    assert "1 bericht dat langer dan twee werkdagen wacht" in owner.get("/staff").text
    assert "langer dan de twee werkdagen" in owner.get(f"/staff/messages/{only_thread().id}").text


@pytest.mark.both_databases
def test_an_answer_reaches_the_customer_by_mail_and_by_link(visitor, staff, send, mailbox):
    page = send(visitor)
    owner, thread = staff("owner"), only_thread()
    owner.get(f"/staff/messages/{thread.id}")
    answered = owner.send(f"/staff/messages/{thread.id}/answer", **{"answer-text": "Ja, die past."}, _follow=True)
    assert "Je antwoord is bewaard" in answered.text
    assert only_thread().waiting_since is None
    assert "Ja, die past." in visitor.get(page.location).text
    mail = mailbox()[-1]
    assert "Ja, die past." in mail.get_content()
    assert re.search(r"http://localhost/contact/\S{43}", mail.get_content())
    assert "Gemaild op" in owner.get(f"/staff/messages/{thread.id}").text


def test_staff_is_told_when_anybody_could_have_typed_the_address(visitor, customer, staff, send):
    owner, warning = staff("owner"), "Niemand heeft laten zien dat dit e-mailadres van de schrijver is"
    send(visitor)
    typed = only_thread()
    assert warning in owner.get(f"/staff/messages/{typed.id}").text
    order = make_order((make_product(), 1), status="confirmed", account=customer.account)
    customer.get(f"/account/orders/{order.number}/contact")
    customer.send(f"/account/orders/{order.number}/contact", text="Waar blijft het?")
    db.session.rollback()
    known = db.session.scalars(select(ContactThread.id).where(ContactThread.id != typed.id)).one()
    assert warning not in owner.get(f"/staff/messages/{known}").text


def test_the_customer_writes_on_and_waits_again(visitor, staff, send):
    page = send(visitor)
    owner, thread = staff("owner"), only_thread()
    path = f"/staff/messages/{thread.id}"
    owner.get(path)
    owner.send(f"{path}/answer", **{"answer-text": "Ja."})
    owner.get(path)
    owner.send(f"{path}/close")
    assert only_thread().closed_at is not None
    here = page.location.split("?")[0]
    visitor.get(here)
    visitor.send(here, text="En de kleine?")
    again = only_thread()
    assert again.closed_at is None
    assert again.waiting_since is not None
    assert [message.kind for message in again.messages] == ["customer", "staff", "customer"]


@pytest.mark.both_databases
def test_what_came_while_the_answer_was_written_still_waits(visitor, staff, send):
    page = send(visitor)
    owner, thread = staff("owner"), only_thread()
    path = f"/staff/messages/{thread.id}"
    owner.get(path)
    form, close = owner.page.form(f"{path}/answer"), owner.page.form(f"{path}/close")
    here = page.location.split("?")[0]
    visitor.get(here)
    visitor.send(here, text="O, en nog iets.")
    before = every_row("audit_entries", "audit_head")
    assert owner.post(f"{path}/close", **close).status == 409
    assert every_row("audit_entries", "audit_head") == before
    owner.post(f"{path}/answer", **{**form, "answer-text": "Ja."})
    owner.post(f"{path}/answer", **{**form, "answer-text": "Ja."})
    found = only_thread()
    assert found.waiting_since is not None
    assert [message.kind for message in found.messages] == ["customer", "customer", "staff"]


def test_a_call_is_part_of_the_conversation_and_the_customer_reads_it(visitor, staff, send):
    page = send(visitor)
    packer, thread = staff("fulfilment"), only_thread()
    path = f"/staff/messages/{thread.id}"
    packer.get(path)
    packer.send(f"{path}/call", **{"call-text": "Gebeld: komt morgen langs."})
    assert only_thread().waiting_since is not None
    shown = visitor.get(page.location)
    assert "Telefoongesprek" in shown.text
    assert "komt morgen langs" in shown.text
    packer.get(path)
    packer.send(f"{path}/call", **{"call-text": "Opgelost.", "call-is_answer": "y"})
    assert only_thread().waiting_since is None


@pytest.mark.both_databases
def test_a_call_of_a_customer_is_theirs(customer, staff):
    order = make_order((make_product(), 1), status="confirmed", account=customer.account)
    owner = staff("owner")
    owner.get("/staff/messages/new")
    owner.send(
        "/staff/messages/new",
        topic="order",
        text="Belde over de bezorging.",
        email=customer.account.email,
        order_reference=order.number.lower(),
    )
    thread = only_thread()
    assert (thread.person_id, thread.order_id) == (customer.account.person_id, order.id)
    assert "Belde over de bezorging." in customer.get(f"/account/messages/{thread.reference}").text


@pytest.mark.both_databases
def test_a_citizen_number_is_covered_for_everybody_and_gone_with_one_click(visitor, staff, send, mailbox):
    page = send(visitor, text="Mijn BSN is 111222333, help.")
    owner, thread = staff("owner"), only_thread()
    message, path = thread.messages[0].id, f"/staff/messages/{thread.id}"
    for shown in (visitor.get(page.location), owner.get(path)):
        assert "111222333" not in shown.body.decode()
        assert "•••••••••" in shown.text
    assert "op een BSN lijkt" in owner.page.text
    assert all("111222333" not in mail.as_string() for mail in mailbox())
    owner.get(path)
    owner.send(f"{path}/{message}/redact")
    assert only_thread().messages[0].text == "Mijn BSN is [nummer verwijderd], help."
    assert "111222333" not in repr(every_row())
    assert "•" not in owner.get(path).text


def test_a_number_of_another_kind_is_shown_again(visitor, staff, send):
    send(visitor, text="Artikel 111222333 past niet.")
    owner, thread = staff("owner"), only_thread()
    path, message = f"/staff/messages/{thread.id}", thread.messages[0].id
    owner.get(path)
    owner.send(f"{path}/{message}/stands")
    assert "111222333" in owner.get(path).text


def test_a_message_of_another_conversation_is_not_changed(visitor, staff, send):
    send(visitor, text="Mijn BSN is 111222333.")
    first, message = only_thread(), only_thread().messages[0].id
    send(visitor, text="Iets anders.")
    other = db.session.scalars(select(ContactThread.id).order_by(ContactThread.id.desc())).first()
    owner = staff("owner")
    owner.get(f"/staff/messages/{first.id}")
    assert owner.post(f"/staff/messages/{other}/{message}/redact").status == 404
    db.session.rollback()
    assert "111222333" in db.session.get(ContactMessage, message).text


def test_somebody_looks_after_it_and_finds_it_among_their_own(visitor, staff, send):
    send(visitor)
    owner, thread = staff("owner"), only_thread()
    assert "Hier zijn geen berichten." in owner.get("/staff/messages?tab=mine").text
    owner.get(f"/staff/messages/{thread.id}")
    owner.send(f"/staff/messages/{thread.id}/assign", assignee=owner.account.id)
    assert thread.reference in owner.get("/staff/messages?tab=mine").text


def test_staff_puts_a_message_apart_and_back(visitor, staff, send):
    send(visitor)
    owner, path = staff("owner"), f"/staff/messages/{only_thread().id}"
    owner.get(path)
    owner.send(f"{path}/apart")
    assert only_thread().is_suspect
    owner.get(path)
    owner.send(f"{path}/back")
    assert not only_thread().is_suspect


def test_a_template_begins_an_answer_in_the_customers_language(visitor, staff, send):
    owner = staff("owner")
    owner.get("/staff/messages/templates/new")
    owner.send("/staff/messages/templates/new", title="Dank", text_nl="Dank je wel.", text_en="Thank you.")
    owner.get("/staff/messages/templates/new")
    twice = owner.send("/staff/messages/templates/new", title="Dank", text_nl="A", text_en="B")
    assert (twice.status, set(twice.errors())) == (422, {"title"})
    (template,) = db.session.scalars(select(AnswerTemplate))
    send(visitor, "/en/contact")
    path = f"/staff/messages/{only_thread().id}"
    assert owner.get(f"{path}?template={template.id}").form(f"{path}/answer")["answer-text"].strip() == "Thank you."
    owner.get(f"/staff/messages/templates/{template.id}")
    owner.send(f"/staff/messages/templates/{template.id}/remove")
    db.session.rollback()
    assert db.session.scalars(select(AnswerTemplate)).all() == []


@pytest.mark.both_databases
def test_a_closed_conversation_goes_after_six_months_and_an_open_one_stays(visitor, staff, send, at):
    at("2026-01-10 10:00")
    send(visitor)
    owner, thread = staff("owner"), only_thread()
    owner.get(f"/staff/messages/{thread.id}")
    owner.send(f"/staff/messages/{thread.id}/close")
    send(visitor, text="Een andere vraag, nog open.")

    def night():
        db.session.rollback()
        for term in terms(Model.metadata):
            carry_out(term, clock.now())
        db.session.commit()

    at("2026-07-09 10:00")
    night()
    assert len(db.session.scalars(select(ContactThread)).all()) == 2
    at("2026-07-11 10:00")
    night()
    db.session.rollback()
    (left,) = db.session.scalars(select(ContactMessage.text))
    assert left == "Een andere vraag, nog open."
    assert "deksel" not in repr(every_row())


def test_the_desk_says_when_an_email_could_not_go_out(app, visitor, staff, send, outbox, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    page = send(visitor)
    outbox.carry_out()
    assert "Past de deksel" in visitor.get(page.location).text
    owner = staff("owner")
    assert "E-mail niet verzonden." in owner.get("/staff/messages").text
    assert "E-mail niet verzonden." in owner.get(f"/staff/messages/{only_thread().id}").text
    monkeypatch.setitem(app.config, "MAIL_URL", "file:")
    at_last = clock.now() + timedelta(hours=7)
    import time_machine

    with time_machine.travel(at_last, tick=True):
        outbox.carry_out()
    assert "niet verzonden" not in owner.get("/staff/messages").text


def test_each_page_of_the_desk_asks_little_of_the_database(visitor, staff, send):
    from sqlalchemy import event

    for number in range(12):
        send(visitor, text=f"Vraag {number}", email=f"a{number}@example.com")
    owner, asked = staff("owner"), []
    event.listen(db.engine, "before_cursor_execute", lambda c, cur, sql, p, ctx, many: asked.append(sql))
    for path in ("/staff/messages", f"/staff/messages/{db.session.scalars(select(ContactThread.id)).first()}"):
        asked.clear()
        owner.get(path)
        assert len([sql for sql in asked if not sql.startswith(("BEGIN", "COMMIT", "PRAGMA"))]) <= 16, path
