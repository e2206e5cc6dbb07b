"""What a granted request sets going: an erasure whose preview staff saw, a way to one's own data; never by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.accounts.actions import save_address
from shop.accounts.models import Account, Address
from shop.core import clock
from shop.core.db import db
from shop.orders.models import Order
from shop.people.models import Person
from shop.privacy.actions.erasing import complete_all
from shop.privacy.jobs import watch_the_clock
from shop.privacy.models import RightsRequest
from shop.privacy.models.erasures import Erasure
from shop.privacy.models.retention import Hold
from shop.privacy.queries.requests import pressing
from tests.factories import make_customer, make_order
from tests.page import Browser
from tests.site.test_hostile_inside import ADDRESS
from tests.staff.test_requests import fresh, register, steps

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]


def proved(desk: Browser, proof: str = "visit", **values: Any) -> int:
    """A request at the desk, of somebody whom a member of staff knows."""
    number = register(desk, **values)
    desk.get(f"/staff/requests/{number}")
    assert desk.send(f"/staff/requests/{number}/prove", proof=proof).status == 303
    return number


def decide(desk: Browser, number: int, decision: str = "granted") -> Any:
    desk.get(f"/staff/requests/{number}")
    return desk.send(f"/staff/requests/{number}/decide", decision=decision, reason="Zoals je vroeg.")


def people() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Person.id))) or 0


def link_in(mail: Any, part: str) -> str:
    text = str(mail.get_content())
    return next(word for word in text.split() if part in word).removeprefix("http://localhost")


def test_a_granted_erasure_was_previewed_is_done_at_once_and_leaves_a_receipt(
    app: Flask, staff: Staff, visitor: Browser, mailbox: Any
) -> None:
    account = make_customer(email="weg@example.com")
    person_id, other = account.person_id, make_customer(email="blijft@example.com").person_id
    make_order(account=account, status="completed", at=clock.now() - timedelta(days=60))
    desk = staff("privacy")
    number = proved(desk, kind="erasure", email="weg@example.com", name="Sanne")
    page = desk.get(f"/staff/requests/{number}")
    assert "Dit gaat nu weg" in page.text
    assert "Dit blijft" in page.text
    assert db.session.get(Person, person_id) is not None
    assert decide(desk, number).status == 303
    db.session.rollback()
    assert db.session.get(Person, person_id) is None
    assert db.session.get(Person, other) is not None
    assert db.session.scalar(select(func.count(Account.id)).where(Account.email == "weg@example.com")) == 0
    asked = fresh(number)
    assert (asked.person_id, asked.name, asked.email, asked.message) == (None, None, None, None)
    assert (asked.decision, asked.decided_by is not None) == ("granted", True)
    code = asked.receipt_code
    db.session.rollback()
    mails = [mail for mail in mailbox() if mail["To"] == "weg@example.com"]
    letter = mails[-1]
    assert "Zoals je vroeg." in letter.get_content()
    assert link_in(letter, "/erasures/").endswith(str(code))
    assert [mail["Subject"] for mail in mails].count(letter["Subject"]) == 1  # no farewell besides
    assert visitor.get(link_in(letter, "/erasures/")).status == 200
    complete_all(clock.now())
    db.session.rollback()
    assert db.session.scalars(select(Erasure.state)).all() == ["finished"]
    assert desk.get(f"/staff/requests/{number}").status == 200
    assert visitor.get(link_in(letter, "/data-request/status/")).status == 200


@pytest.mark.parametrize(("kind", "decision"), [("erasure", "refused"), ("access", "partly"), ("access", "granted")])
def test_no_other_decision_erases(app: Flask, staff: Staff, kind: str, decision: str) -> None:
    make_customer(email="weg@example.com")
    desk = staff("privacy")
    number = proved(desk, kind=kind, email="weg@example.com")
    before = people()
    assert decide(desk, number, decision).status == 303
    assert people() == before
    assert db.session.scalar(select(func.count(Erasure.id))) == 0


@pytest.mark.parametrize("kind", ["access", "portability", "correction", "erasure", "child"])
def test_who_is_not_known_is_granted_nothing(app: Flask, staff: Staff, kind: str) -> None:
    make_customer(email="weg@example.com")
    desk = staff("privacy")
    number = register(desk, kind=kind, email="weg@example.com")
    before = people()
    page = decide(desk, number)
    assert page.status == 422
    assert "Leg eerst vast" in page.text
    assert fresh(number).decided_at is None
    assert people() == before
    assert decide(desk, number, "refused").status == 303


def test_a_request_by_post_is_erased_when_its_letter_is_made(app: Flask, staff: Staff) -> None:
    person_id = make_customer(email="weg@example.com").person_id
    desk = staff("privacy")
    told = {"kind": "erasure", "channel": "post", "email": "", "known_email": "weg@example.com"}
    number = proved(desk, postal_address="Dorpsstraat 1, 3841 AA Harderwijk", **told)
    assert decide(desk, number).status == 303
    db.session.rollback()
    assert db.session.get(Person, person_id) is not None
    page = desk.get(f"/staff/requests/{number}")
    assert "Brief printen en wissen" in page.text
    letter = desk.send(f"/staff/requests/{number}/letter")
    for words in ("Dorpsstraat 1", "Zoals je vroeg.", "/erasures/"):
        assert words in letter.text, words
    db.session.rollback()
    assert db.session.get(Person, person_id) is None
    assert fresh(number).postal_address is None


def test_an_erasure_granted_in_part_takes_all_but_what_was_chosen_to_stay(
    app: Flask, staff: Staff, visitor: Browser, mailbox: Any
) -> None:
    account, at = make_customer(email="weg@example.com"), clock.now()
    person_id = account.person_id
    stays, goes = (make_order(account=account, status="completed", at=at - timedelta(days=60)).id for _n in range(2))
    save_address(person_id, ADDRESS)
    db.session.commit()
    desk = staff("privacy")
    number = proved(desk, kind="erasure", email="weg@example.com", name="Sanne")
    until = (clock.today() + timedelta(days=90)).isoformat()
    desk.get(f"/staff/requests/{number}")
    path, told = f"/staff/requests/{number}/decide", {"decision": "partly", "reason": "Er loopt een geschil."}
    before = people()
    for wrong in ({}, {"stays": f"orders:{stays}"}, {"stays": "orders:999", "until": until}):
        page = desk.send(path, **told, **wrong)
        assert page.status == 422, wrong
        assert fresh(number).decided_at is None
        assert people() == before
    assert desk.send(path, **told, stays=f"orders:{stays}", until=until).status == 303
    db.session.rollback()
    assert db.session.get(Person, person_id) is not None  # the order that stays is still theirs
    assert db.session.scalar(select(func.count(Account.id))) == 0
    assert db.session.scalar(select(func.count(Address.id))) == 0
    kept, gone = db.session.get_one(Order, stays), db.session.get_one(Order, goes)
    assert (kept.person_id, kept.email) == (person_id, "weg@example.com")
    assert (gone.person_id, gone.email) == (None, None)
    asked = fresh(number)
    assert (asked.decision, asked.email, asked.receipt_code is not None) == ("partly", None, True)
    db.session.rollback()
    letter = [mail for mail in mailbox() if mail["To"] == "weg@example.com"][-1].get_content()
    assert "Er loopt een geschil." in letter
    hold = db.session.scalars(select(Hold)).one()
    assert (hold.table_name, hold.row_key) == ("orders", str(stays))
    assert fresh(number).reference in hold.reason


def test_an_answer_by_post_keeps_its_clock_and_alarm_until_the_letter_is_made(
    app: Flask, staff: Staff, mailbox: Any, at: Any
) -> None:
    at("2026-11-02 12:00")
    person_id = make_customer(email="weg@example.com").person_id
    desk = staff("privacy")
    told = {"kind": "erasure", "channel": "post", "email": "", "known_email": "weg@example.com"}
    number = proved(desk, postal_address="Dorpsstraat 1, 3841 AA Harderwijk", **told)
    assert decide(desk, number).status == 303
    at("2026-11-28 12:00")
    desk = staff("privacy")
    assert "Brief te printen" in desk.get("/staff/requests").text
    watch_the_clock()
    assert "alarmed" in steps(number)
    at("2026-12-01 12:00")
    watch_the_clock()
    assert "reported_late" in steps(number)
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    assert desk.send(f"/staff/requests/{number}/letter").status == 200
    db.session.rollback()
    assert db.session.get(Person, person_id) is None
    assert pressing(clock.today()) == []
    assert "Brief te printen" not in desk.get("/staff/requests").text


def test_a_parents_claim_takes_the_child_not_the_parent_and_shows_the_parent_nothing(
    app: Flask, staff: Staff, mailbox: Any
) -> None:
    child = make_customer(email="kind@example.com", given_name="Jip").person_id
    parent = make_customer(email="ouder@example.com").person_id
    desk = staff("privacy")
    number = proved(desk, "order", kind="child", email="ouder@example.com", known_email="kind@example.com")
    assert "Dit gaat nu weg" in desk.get(f"/staff/requests/{number}").text
    assert decide(desk, number).status == 303
    db.session.rollback()
    assert db.session.get(Person, child) is None
    assert db.session.get(Person, parent) is not None
    asked = fresh(number)
    assert asked.email == "ouder@example.com"
    assert asked.receipt_code is not None
    db.session.rollback()
    answer = next(mail for mail in mailbox()[::-1] if mail["To"] == "ouder@example.com").get_content()
    for never in ("/erasures/", "Jip", "kind@example.com"):
        assert never not in answer
    assert [mail["To"] for mail in mailbox()].count("kind@example.com") >= 1  # the one farewell


def test_what_a_guest_bought_goes_only_when_the_mailbox_was_proved(app: Flask, staff: Staff, mailbox: Any) -> None:
    at = clock.now() - timedelta(days=60)
    email = "gast@example.com"
    orders = [make_order(status="canceled", email=email, at=at).id for _turn in range(2)]
    desk = staff("privacy")
    number = register(desk, kind="erasure", email=email, known_email=email)
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/mailbox")
    link = link_in(mailbox()[-1], "/data-request/mailbox/")
    assert Browser(app).post(link).status == 303
    assert decide(desk, number).status == 303
    db.session.rollback()
    assert db.session.scalars(select(Order.email).where(Order.id.in_(orders), Order.email.is_not(None))).all() == []


@pytest.mark.parametrize(
    ("kind", "decision", "leads"),
    [
        ("access", "granted", "/account/data"),
        ("access", "partly", "/account/data"),
        ("portability", "granted", "/account/data/take"),
        ("correction", "granted", "/account/data"),
    ],
)
def test_a_granted_answer_leads_to_the_data(
    app: Flask, staff: Staff, mailbox: Any, visitor: Browser, at: Any, kind: str, decision: str, leads: str
) -> None:
    make_customer(email="oud@example.com", given_name="Sanne")
    desk = staff("privacy")
    number = proved(desk, kind=kind, email="nieuw@example.com", known_email="oud@example.com")
    assert decide(desk, number, decision).status == 303
    link = link_in(mailbox()[-1], "/data-request/granted/")
    assert visitor.get(link).status == 200
    assert not visitor.has_session  # a mail program that looks opens nothing
    assert visitor.post(link[:-1] + ("A" if link[-1] != "A" else "B")).status == 404
    page = visitor.post(link)
    assert (page.status, page.location) == (303, leads)
    shown = visitor.get(leads)
    assert shown.status == 200
    if leads == "/account/data":
        assert "Sanne" in shown.text
    at((clock.now() + timedelta(days=15)).strftime("%Y-%m-%d %H:%M"))
    assert Browser(app).post(link).status == 404


def test_a_mailbox_that_was_proved_is_opened_by_nobody_elses_mailbox(app: Flask, staff: Staff, mailbox: Any) -> None:
    """Somebody has the answer sent to themselves, and the owner of the mailbox says yes to a request not theirs."""
    make_customer(email="bekend@example.com")
    desk = staff("privacy")
    number = register(desk, kind="access", email="dief@example.com", known_email="bekend@example.com")
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/mailbox")
    Browser(app).post(link_in(mailbox()[-1], "/data-request/mailbox/"))
    assert decide(desk, number).status == 303
    link = link_in(mailbox()[-1], "/data-request/granted/")
    assert [mail["To"] for mail in mailbox() if "/granted/" in mail.get_content()] == ["bekend@example.com"]
    assert Browser(app).post(link).status == 303


def test_the_form_of_a_request_leads_nowhere_once_the_mailbox_was_proved(
    app: Flask, staff: Staff, mailbox: Any
) -> None:
    """Whoever asked in somebody's name still has the form that they sent: it does not open the answer."""
    thief, email = Browser(app), "bekend@example.com"
    thief.get("/data-request/form")
    form = {**thief.page.form("/data-request/form"), "kind": "access", "email": "dief@example.com"}
    form["known_email"] = email
    first = thief.post("/data-request/form", **form)
    again = thief.post("/data-request/form", **form)
    assert (again.status, again.location) == (303, first.location)  # sent twice is one request
    number = db.session.scalars(select(RightsRequest.id)).one()
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/mailbox")
    own = Browser(app).post(link_in(mailbox()[-1], "/data-request/mailbox/")).location
    assert decide(desk, number).status == 303
    assert "Zoals je vroeg." in Browser(app).get(own).text
    assert thief.post("/data-request/form", **form).status == 404
    assert thief.get(first.location).status == 404
    assert "Zoals je vroeg." in Browser(app).get(own).text


def test_a_refusal_leads_nowhere(app: Flask, staff: Staff, mailbox: Any) -> None:
    desk = staff("privacy")
    number = proved(desk, kind="access", email="wie@example.com")
    assert decide(desk, number, "refused").status == 303
    assert "/data-request/granted/" not in mailbox()[-1].get_content()
    assert db.session.scalar(select(func.count(RightsRequest.id))) == 1
