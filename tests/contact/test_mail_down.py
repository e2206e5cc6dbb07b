"""The mail server is down for a day: no message is lost, none unanswered unnoticed, and each mail goes out once."""

import re
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from shop.contact.models import ContactMessage, ContactThread
from shop.core import clock
from shop.core.db import db
from tests.contact.conftest import only_thread

QUESTIONS = 12


class Mailboxes:
    """A mail server that keeps what it is handed."""

    def __init__(self) -> None:
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 Message accepted for delivery"


def test_a_day_without_mail_loses_nothing(app, visitor, staff, send, outbox, monkeypatch):
    boxes = Mailboxes()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]  # nobody answers there, for now
    monkeypatch.setitem(app.config, "MAIL_URL", f"smtp://127.0.0.1:{port}")
    started = clock.now().replace(hour=6, minute=0)
    pages, tried = [], 0
    for hour in range(0, 26, 2):
        with time_machine.travel(started + timedelta(hours=hour), tick=True):
            if len(pages) < QUESTIONS:
                page = send(visitor, text=f"Vraag {len(pages)}", email=f"klant{len(pages)}@example.com")
                assert page.status == 303
                pages.append(page.location)
                assert f"Vraag {len(pages) - 1}" in visitor.get(page.location).text
            tried += outbox.carry_out()
    assert tried == 0
    with time_machine.travel(started + timedelta(hours=26), tick=True):
        assert db.session.scalar(select(func.count(ContactMessage.id))) == QUESTIONS
        owner = staff("owner")
        desk = owner.get("/staff/messages")
        assert "E-mail niet verzonden." in desk.text
        listed = db.session.scalars(select(ContactThread.reference)).all()
        assert all(reference in desk.text for reference in listed)
        first = db.session.scalars(select(ContactThread.id).order_by(ContactThread.id)).first()
        owner.get(f"/staff/messages/{first}")
        owner.send(f"/staff/messages/{first}/answer", **{"answer-text": "Het antwoord."})
        assert "Het antwoord." in visitor.get(pages[0]).text  # by the link, mail or no mail
        outbox.carry_out()
    with time_machine.travel(started + timedelta(hours=80), tick=True):
        assert "te lang" in staff("owner").get("/staff/messages").text
    server = Controller(boxes, hostname="127.0.0.1", port=port)
    server.start()
    try:
        for hour in range(27, 41, 2):  # waiting grows to six hours at most
            with time_machine.travel(started + timedelta(hours=hour), tick=True):
                outbox.carry_out()
    finally:
        server.stop()
    subjects = sorted((to[0], mail["Subject"].partition(" B-")[0]) for to, mail in boxes.mails)
    assert subjects == sorted(
        [(f"klant{n}@example.com", "We hebben je bericht") for n in range(QUESTIONS)]
        + [("klant0@example.com", "Ons antwoord op je bericht")]
    )
    with time_machine.travel(started + timedelta(hours=42), tick=True):
        assert "niet verzonden" not in staff("owner").get("/staff/messages").text


def test_a_mailed_link_still_works_after_its_mail_was_late(app, visitor, send, mailbox):
    send(visitor)
    link = re.search(r"http://localhost(/contact/\S+)", mailbox()[0].get_content())[1]
    with time_machine.travel(clock.now() + timedelta(days=5), tick=True):
        assert only_thread().reference in visitor.get(link).heading
