"""A parent's claim: believed at once where that harms nobody, answered alike for every address, decided by a person."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from shop.core.db import db
from shop.core.working_days import working_days_later
from shop.mail.messages import queue_mail
from shop.people.queries import is_restricted, may_analyse, stops_of
from shop.privacy.models import RightsRequest
from tests.factories import make_customer, make_staff
from tests.page import Browser

pytestmark = pytest.mark.both_databases

PATH = "/parents/request"


def claim(browser: Browser, address: str) -> Any:
    browser.get(PATH)
    page = browser.send(PATH, known_email=address, email="ouder@example.com", name="Ouder")
    assert page.status == 303
    return browser.get(page.location)


def test_an_unproved_claim_stops_statistics_and_alerts_but_order_mail_goes_on(
    app: Flask, visitor: Browser, outbox: Any, staff: Callable[..., Browser]
) -> None:
    make_staff("privacy")
    child = make_customer(email="kind@example.com").person_id
    claim(visitor, "kind@example.com")
    assert may_analyse(child)  # the form itself looks nobody up
    db.session.rollback()
    outbox.carry_out()
    assert stops_of(child) == {"child"}
    assert not may_analyse(child)
    assert not is_restricted(child)
    from shop.core import clock

    told = {"to": "kind@example.com", "language": "nl", "at": clock.now(), "person_id": child}
    assert queue_mail("account_password_changed", key="still", **told)
    db.session.commit()
    assert "rights_child" in outbox.mails()
    desk = staff("privacy")
    asked = db.session.scalars(select(RightsRequest)).one()
    number = asked.id
    db.session.rollback()
    assert "Meteen" in desk.get("/staff/requests").text
    assert asked.due_on == working_days_later(asked.received_on, 2)
    desk.get(f"/staff/requests/{number}")
    assert desk.post(f"/staff/requests/{number}/extend", why="Het is druk.").status == 422
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/decide", decision="refused", reason="Niet aangetoond.")
    assert stops_of(child) == frozenset()


def test_known_and_unknown_addresses_get_the_same_words_status_and_statements(app: Flask, visitor: Browser) -> None:
    make_customer(email="kind@example.com")
    asked: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    told = []
    for path, values in (
        (PATH, {"email": "ouder@example.com"}),
        ("/data-request/form", {"kind": "access", "email": "ouder@example.com"}),
    ):
        for address in ("kind@example.com", "niemand@example.com"):
            browser = Browser(app)
            browser.get(path)
            asked.clear()
            event.listen(db.engine, "before_cursor_execute", hear)
            page = browser.send(path, known_email=address, **values)
            event.remove(db.engine, "before_cursor_execute", hear)
            shown = browser.get(page.location)
            db.session.rollback()
            reference = db.session.scalars(select(RightsRequest).order_by(RightsRequest.id.desc())).first().reference
            db.session.rollback()
            token = page.location.rsplit("/", 1)[1]
            told.append((page.status, shown.text.replace(reference, ""), list(asked), token == ""))
    assert told[0] == told[1]
    assert told[2] == told[3]


def test_the_answer_shows_nothing_of_the_child(app: Flask, visitor: Browser, mailbox: Any) -> None:
    make_customer(email="kind@example.com", given_name="Jip", family_name="Janneke")
    shown = claim(visitor, "kind@example.com")
    mails = " ".join(mail.get_content() for mail in mailbox())
    for personal in ("Jip", "Janneke", "kind@example.com"):
        assert personal not in shown.text
        assert personal not in mails
