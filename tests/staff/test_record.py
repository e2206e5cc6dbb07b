"""The record: agreements, the register of breaches with its 72 hours, who is touched, and a letter to each."""

from collections.abc import Callable
from csv import reader
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import Model, db
from shop.core.personal_data import personal_columns, register
from shop.operations.doctor import findings
from shop.privacy.actions.record import add_people, open_breach, set_processor, write_to_each
from shop.privacy.models import Breach, BreachPerson
from shop.privacy.queries import record, touched
from shop.privacy.rules import breaches as rules
from tests.factories import make_customer, make_order
from tests.page import Browser

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]
LAPTOP = {"title": "Een laptop kwijt", "nature": "confidentiality", "what_happened": "Vergeten in de trein."}


def local(moment: Any) -> str:
    return str(moment.astimezone(clock.AMSTERDAM).strftime("%Y-%m-%dT%H:%M"))


def begun(desk: Browser, **values: str) -> int:
    desk.get("/staff/privacy/breaches/new")
    page = desk.send("/staff/privacy/breaches/new", **{**LAPTOP, **values})
    assert page.status == 303, page.text
    return int(page.location.split("?")[0].rsplit("/", 1)[1])


def test_the_record_is_the_register_on_the_page_and_in_the_file(app: Flask, staff: Staff) -> None:
    owner = staff("owner")
    page = owner.get("/staff/privacy/record")
    file = owner.get("/staff/privacy/record.csv")
    rows = list(reader(StringIO(file.body.decode("utf-8-sig"))))
    expected = len(list(personal_columns(Model.metadata))) + len(register.stores)
    assert len(rows) == expected + 1
    for table, column, _told in personal_columns(Model.metadata):
        assert [row for row in rows if row[:2] == [table.name, column.name]], f"{table.name}.{column.name}"
    assert len(page.soup.select("tbody tr")) == expected
    assert "SO SERA B.V." in page.text
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]


def test_a_used_processor_without_agreement_is_red_and_the_doctor_says_so(
    app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.example.com:587")
    assert record.missing_agreements(app.config) == ["mail relay"]
    db.session.rollback()
    assert any("mail relay" in finding.text for finding in findings(app))
    db.session.rollback()
    owner = staff("owner")
    assert "Ontbreekt" in owner.get("/staff/privacy").text
    path = "/staff/privacy/processors/mail-relay"
    owner.get(path)
    assert owner.send(path, name="", role="processor").status == 422
    owner.get(path)
    answer = owner.send(path, name="Mailbedrijf B.V.", role="processor", agreement_on="2026-10-01", region="Nederland")
    assert answer.status == 303
    assert record.missing_agreements(app.config) == []
    db.session.rollback()
    assert not any("agreement" in finding.text for finding in findings(app))
    db.session.rollback()
    page = owner.get("/staff/privacy")
    assert "Mailbedrijf B.V." in page.text
    assert "Ontbreekt" not in page.text
    owner.get(path)
    assert owner.send(path, agreement_on="2099-01-01").status == 422


@pytest.mark.parametrize(
    ("hours", "tone", "left"), [(0, "wait", 72), (47, "wait", 25), (48, "warn", 24), (71, "warn", 1), (73, "bad", -1)]
)
def test_the_72_hours_run_from_awareness_through_the_weekend(app: Flask, hours: int, tone: str, left: int) -> None:
    aware = clock.now()
    at = aware + timedelta(hours=hours)
    assert rules.tone(aware, at, is_decided=False) == tone
    assert rules.tone(aware, at, is_decided=True) == "good"
    assert rules.hours_left(aware, at) == left


def test_a_breach_is_noted_decided_once_and_silence_has_a_reason(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    number = begun(desk)
    page = desk.get(f"/staff/privacy/breaches/{number}")
    assert "nog 71 uur" in page.text or "nog 72 uur" in page.text
    path = f"/staff/privacy/breaches/{number}/decide"
    assert desk.send(path, decision="not_reported", reason=" ").status == 422
    desk.get(f"/staff/privacy/breaches/{number}")
    assert desk.send(path, decision="not_reported", reason="De schijf was versleuteld.").status == 303
    desk.get("/staff/privacy")
    assert desk.post(path, decision="reported", reason="Toch wel.").status == 409
    found = db.session.get_one(Breach, number)
    db.session.refresh(found)
    assert (found.decision, found.decided_by) == ("not_reported", desk.account.id)
    assert "De schijf was versleuteld." in desk.get(f"/staff/privacy/breaches/{number}").text


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": "mail van jan@example.com"}, {"aware_at": "2099-01-01T10:00"}, {"aware_at": "x"}]
)
def test_a_breach_with_names_or_in_the_future_is_not_taken(app: Flask, staff: Staff, wrong: dict[str, str]) -> None:
    desk = staff("privacy")
    desk.get("/staff/privacy/breaches/new")
    assert desk.send("/staff/privacy/breaches/new", **{**LAPTOP, **wrong}).status == 422
    assert db.session.scalar(select(func.count(Breach.id))) == 0


def test_who_is_touched_by_a_table_and_a_period(app: Flask) -> None:
    order, account = make_order(status="confirmed"), make_customer()
    now, day = clock.now(), timedelta(days=1)
    seen = touched.people_in_table("orders", since=now - day, until=now + day)
    assert seen == [order.person_id]
    assert touched.people_in_table("orders", since=now - 3 * day, until=now - 2 * day) == []
    assert account.person_id in touched.people_in_table("accounts", since=now - day, until=now + day)
    assert order.person_id in touched.people_in_table("order_addresses", since=now - day, until=now + day)
    assert {"orders", "accounts", "addresses", "rights_requests"} <= set(touched.tables())
    for name in touched.tables():
        touched.people_in_table(name, since=now - day, until=now + day)  # every table of the schema answers


def test_who_was_seen_by_an_account_of_staff(app: Flask, staff: Staff) -> None:
    order, other = make_order(status="confirmed"), make_order(status="confirmed")
    member = staff("fulfilment")
    member.get(f"/staff/orders/{order.number}")
    now, day = clock.now(), timedelta(days=1)
    db.session.rollback()
    assert touched.people_seen_by(member.account.id, since=now - day, until=now + day) == [order.person_id]
    assert other.person_id not in touched.people_seen_by(member.account.id, since=now - day, until=now + day)
    assert touched.people_seen_by(member.account.id, since=now - 3 * day, until=now - 2 * day) == []


def test_everybody_touched_gets_one_letter(app: Flask, staff: Staff, mailbox: Any) -> None:
    make_order(status="confirmed", email="een@example.com")
    make_order(status="confirmed", email="twee@example.com", language="en")
    mailbox()
    desk = staff("privacy")
    number = begun(desk)
    path = f"/staff/privacy/breaches/{number}"
    desk.get(path)
    told = {"since": local(clock.now() - timedelta(days=1)), "until": local(clock.now())}
    assert desk.send(f"{path}/people", **told).status == 422  # neither a table nor an account
    desk.get(path)
    for _turn in range(2):
        at = {**told, "until": local(clock.now())}
        assert desk.send(f"{path}/people", table="orders", **at).status == 303
        desk.get(path)
    if "2 personen" not in desk.get(path).text:  # ordered within this very minute
        add_people(
            number,
            touched.people_in_table("orders", since=clock.now() - timedelta(1), until=clock.now()),
            at=clock.now(),
        )
        db.session.commit()
    desk.get(path)
    assert desk.send(f"{path}/letters", text="Er is een laptop kwijt. Wij hebben hem gewist.").status == 303
    before = len(mailbox())
    letters = mailbox()[-2:]
    assert {mail["To"] for mail in letters} == {"een@example.com", "twee@example.com"}
    assert all("Er is een laptop kwijt." in mail.get_content() for mail in letters)
    assert write_to_each(number, "Nog eens.", at=clock.now()) == (0, 0)
    db.session.commit()
    assert len(mailbox()) == before
    assert db.session.scalar(select(func.count(BreachPerson.told_at))) == 2


def test_a_report_that_something_is_unsafe_opens_a_breach(app: Flask) -> None:
    from shop.contact.signals import security_reported

    security_reported.send(thread=None, at=clock.now())
    db.session.commit()
    assert db.session.scalars(select(Breach.origin)).all() == ["report"]


def test_packers_and_bookkeepers_see_none_of_it(app: Flask, staff: Staff) -> None:
    open_breach("x", aware_at=clock.now())
    set_processor("hosting", at=clock.now(), name="x")
    db.session.commit()
    for role in ("fulfilment", "bookkeeping"):
        assert staff(role).get("/staff/privacy").status == 403
