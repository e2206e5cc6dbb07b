"""The requests desk: every kind by every channel, the clock, the proof, the answer and its letter."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db
from shop.people.models import AuditEntry
from shop.people.queries import stops_of
from shop.privacy import jobs
from shop.privacy.models import RequestEvent, RightsRequest
from shop.privacy.rules import requests as rules
from tests.factories import make_customer, make_staff
from tests.page import Browser

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]


NEW = "/staff/requests/new"


def register(browser: Browser, **values: Any) -> int:
    """Register a request as the desk does; its number."""
    told = {"kind": "access", "channel": "email", "received_on": clock.today().isoformat(), "language": "nl"}
    browser.get(NEW)
    page = browser.send(NEW, **{**told, "email": "sanne@example.com", **values})
    assert page.status == 303, page.text
    return int(page.location.split("?")[0].rsplit("/", 1)[1])


def fresh(request_id: int) -> RightsRequest:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(RightsRequest, request_id)


def steps(request_id: int) -> list[str]:
    db.session.rollback()
    question = select(RequestEvent.kind).where(RequestEvent.request_id == request_id).order_by(RequestEvent.id)
    return list(db.session.scalars(question))


def test_a_request_of_ten_days_ago_is_due_in_eighteen(app: Flask, staff: Staff, at: Any) -> None:
    at("2026-11-29 12:00")
    desk = staff("privacy")
    number = register(desk, received_on="2026-11-19")
    assert fresh(number).due_on == date(2026, 12, 17)
    assert fresh(number).due_on - clock.today() == timedelta(days=18)
    page = desk.get(f"/staff/requests/{number}")
    assert "17 december 2026" in page.text
    assert "nog 18 dagen" in page.text


def test_every_kind_comes_by_every_channel(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    for kind in rules.KINDS:
        for channel in (rules.EMAIL, rules.TELEPHONE, rules.POST):
            register(desk, kind=kind, channel=channel)
    assert db.session.scalar(select(func.count(RightsRequest.id))) == 24
    made = db.session.execute(select(RightsRequest.kind, RightsRequest.channel)).all()
    assert len({tuple(row) for row in made}) == 24


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_on": "2099-01-01"},
        {"received_on": "gisteren"},
        {"received_on": ""},
        {"channel": "form"},
        {"channel": "pigeon"},
        {"kind": "fee"},
        {"email": ""},
        {"email": "no address"},
        {"message": "a" * 4001},
    ],
    ids=str,
)
def test_what_is_not_right_is_not_registered(app: Flask, staff: Staff, wrong: dict[str, str]) -> None:
    desk = staff("privacy")
    told = {
        "kind": "access",
        "channel": "post",
        "received_on": "2026-11-01",
        "language": "nl",
        "email": "x@example.com",
    }
    desk.get(NEW)
    page = desk.send(NEW, **{**told, **wrong})
    assert page.status == 422
    assert db.session.scalar(select(func.count(RightsRequest.id))) == 0


def test_both_sides_see_the_last_day(app: Flask, staff: Staff, mailbox: Any, visitor: Browser) -> None:
    desk = staff("privacy")
    number = register(desk)
    due = fresh(number).due_on
    (mail,) = mailbox()
    text = mail.get_content()
    assert fresh(number).reference in text
    link = next(line for line in text.split() if "/data-request/status/" in line)
    page = visitor.get(link.removeprefix("http://localhost"))
    assert page.status == 200
    assert f"{due.day} " in page.text
    assert "https://autoriteitpersoonsgegevens.nl/een-tip-of-klacht-indienen-bij-de-ap" in page.links()


def test_the_clock_on_the_screen_and_in_the_post(app: Flask, staff: Staff, outbox: Any, at: Any) -> None:
    at("2026-11-02 12:00")
    make_staff("owner")
    desk = staff("privacy")
    number = register(desk, received_on="2026-11-02")
    expected = {20: ("Op tijd", 0, 0), 21: ("Nog een week", 0, 0), 26: ("Nog twee dagen", 2, 0)}
    expected |= {28: ("Nog twee dagen", 2, 0), 29: ("Te laat", 2, 2)}
    for day, (words, alarms, reports) in expected.items():
        at(f"2026-{11 if day < 29 else 12}-{2 + day if day < 29 else 1:02d} 12:00")
        desk = staff("privacy")
        assert words in desk.get("/staff/requests").text, day
        for _turn in range(2):
            jobs.watch_the_clock()
        mails = outbox.mails()
        late = [row for row in outbox.rows("mail") if row.reference == "rights_late"]
        assert mails.count("rights_alarm") >= alarms, day
        assert (mails.count("rights_alarm") > 0) == (alarms > 0), day
        assert bool(late) == bool(reports), day
    assert steps(number) == ["registered", "alarmed", "reported_late"]
    owner = staff("owner").get("/staff/requests")
    assert "1 te laat" in owner.text


def test_no_decision_without_a_reason(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    number = register(desk)
    for decision in rules.DECISIONS:
        desk.get(f"/staff/requests/{number}")
        page = desk.send(f"/staff/requests/{number}/decide", decision=decision, reason="  ")
        assert page.status == 422
        assert fresh(number).decided_at is None
    assert steps(number) == ["registered"]


def test_a_decision_names_who_took_it_and_goes_out_with_the_way_to_complain(
    app: Flask, staff: Staff, mailbox: Any, visitor: Browser
) -> None:
    desk = staff("privacy")
    number = register(desk, kind="erasure", name="Sanne de Vries", message="Verwijder alles.")
    desk.get(f"/staff/requests/{number}")
    page = desk.send(f"/staff/requests/{number}/decide", decision="refused", reason="De factuur moet blijven.")
    assert page.status == 303
    assert steps(number) == ["registered", "decided", "letter_sent"]
    mail = mailbox()[-1]
    text = mail.get_content()
    for words in (
        "De factuur moet blijven.",
        desk.account.name,
        "Sanne de Vries",
        "https://autoriteitpersoonsgegevens.nl/een-tip-of-klacht-indienen-bij-de-ap",
        "We doen niet wat je vraagt.",
    ):
        assert words in text, words
    assert not mail.is_multipart()
    link = next(line for line in text.split() if "/data-request/status/" in line).removeprefix("http://localhost")
    shown = visitor.get(link)
    assert "De factuur moet blijven." in shown.text
    assert desk.account.name in shown.text
    desk.get(f"/staff/requests/{number}")
    assert desk.post(f"/staff/requests/{number}/decide", decision="granted", reason="Toch wel.").status == 409
    assert fresh(number).decision == "refused"


def test_somebody_can_have_it_looked_at_again_once(app: Flask, staff: Staff, mailbox: Any, visitor: Browser) -> None:
    desk = staff("privacy")
    number = register(desk)
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/decide", decision="refused", reason="Niet gevonden.")
    text = mailbox()[-1].get_content()
    link = next(line for line in text.split() if "/data-request/status/" in line).removeprefix("http://localhost")
    assert visitor.post(f"{link}/look-again", message=" ").status == 422
    for _turn in range(2):
        assert visitor.post(f"{link}/look-again", message="Kijk ook bij mijn oude adres.").status == 303
    again = db.session.scalars(select(RightsRequest).where(RightsRequest.reconsiders_id == number)).one()
    assert again.decided_at is None
    assert "opnieuw" in desk.get(f"/staff/requests/{again.id}").text


def test_more_time_tells_why_and_only_before_day_28(app: Flask, staff: Staff, mailbox: Any, at: Any) -> None:
    at("2026-11-02 12:00")
    desk = staff("privacy")
    first, second = register(desk, received_on="2026-11-02"), register(desk, received_on="2026-11-02")
    at("2026-11-29 12:00")
    desk = staff("privacy")
    desk.get(f"/staff/requests/{first}")
    assert desk.send(f"/staff/requests/{first}/extend", why="").status == 422
    assert desk.send(f"/staff/requests/{first}/extend", why="Honderd bestellingen.").status == 303
    assert fresh(first).due_on == date(2027, 2, 2)
    assert "Honderd bestellingen." in mailbox()[-1].get_content()
    assert desk.post(f"/staff/requests/{first}/extend", why="Nog meer.").status == 422
    at("2026-11-30 12:00")
    desk = staff("privacy")
    assert f"/staff/requests/{second}/extend" not in desk.get(f"/staff/requests/{second}").actions
    assert desk.post(f"/staff/requests/{second}/extend", why="Te laat.").status == 422
    assert fresh(second).due_on == date(2026, 11, 30)


def test_only_the_privacy_role_reads_requests_and_the_owner_counts_them(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    number = register(desk, name="Sanne de Vries")
    reference = fresh(number).reference
    owner = staff("owner")
    page = owner.get("/staff/requests")
    assert "1 verzoek wacht" in page.text
    assert reference not in page.text
    assert "Sanne" not in page.text
    assert owner.get(f"/staff/requests/{number}").status == 403
    assert staff("fulfilment").get("/staff/requests").status == 403
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "rights_request")).all()
    assert not [entry for entry in entries if "Sanne" in f"{entry.object_key}{entry.reason}{entry.action}"]


def test_a_link_to_the_known_address_proves_the_mailbox(
    app: Flask, staff: Staff, mailbox: Any, visitor: Browser
) -> None:
    account = make_customer(email="bekend@example.com")
    desk = staff("privacy")
    number = register(desk, kind="restriction", email="nieuw@example.com", known_email="bekend@example.com")
    desk.get(f"/staff/requests/{number}")
    assert desk.send(f"/staff/requests/{number}/mailbox").status == 303
    mail = mailbox()[-1]
    assert mail["To"] == "bekend@example.com"
    link = next(w for w in mail.get_content().split() if "/data-request/mailbox/" in w).removeprefix("http://localhost")
    assert visitor.get(link).status == 200
    assert fresh(number).proof == ""  # a mail program that looks at links proves nothing
    assert visitor.post(link[:-1] + ("A" if link[-1] != "A" else "B")).status == 404
    assert fresh(number).proof == ""
    assert visitor.post(link).status == 303
    assert visitor.post(link).status == 303
    assert fresh(number).proof == "mailbox"
    assert fresh(number).person_id == account.person_id
    assert stops_of(account.person_id) == {"restricted"}
    assert steps(number).count("proved") == 1
    assert fresh(number).email == "bekend@example.com"


def test_who_asks_in_the_name_of_somebody_else_never_sees_the_answer(
    app: Flask, staff: Staff, mailbox: Any, visitor: Browser
) -> None:
    """The victim presses the button in good faith; what follows goes to the victim alone."""
    make_customer(email="slachtoffer@example.com")
    thief = Browser(app)
    thief.get("/data-request/form")
    values = {"kind": "access", "email": "dief@example.com", "known_email": "slachtoffer@example.com"}
    own_page = thief.send("/data-request/form", **values).location
    assert thief.get(own_page).status == 200
    number = db.session.scalars(select(RightsRequest.id)).one()
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/mailbox")
    link = next(w for w in mailbox()[-1].get_content().split() if "/mailbox/" in w).removeprefix("http://localhost")
    assert visitor.post(link, _follow=True).status == 200
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/decide", decision="granted", reason="Je woont aan de Donkerstraat.")
    assert thief.get(own_page).status == 404
    told = [mail for mail in mailbox() if "Donkerstraat" in mail.get_content()]
    assert [mail["To"] for mail in told] == ["slachtoffer@example.com"]


def test_a_letter_is_printed_in_the_persons_language(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    number = register(desk, channel="post", email="", postal_address="Dorpsstraat 1, 3841 AA Harderwijk", language="en")
    desk.get(f"/staff/requests/{number}")
    desk.send(f"/staff/requests/{number}/prove", proof="visit")
    desk.get(f"/staff/requests/{number}")
    page = desk.send(f"/staff/requests/{number}/decide", decision="granted", reason="Here is your data.")
    assert "request-to-print" in page.location
    desk.get(f"/staff/requests/{number}")
    printed = desk.send(f"/staff/requests/{number}/letter")
    assert printed.status == 200
    for words in ("Dorpsstraat 1", "We do what you ask.", "Here is your data.", "autoriteitpersoonsgegevens.nl"):
        assert words in printed.text, words
    assert steps(number)[-1] == "letter_printed"


def test_a_citizen_service_number_is_shown_and_taken_out_with_one_click(app: Flask, staff: Staff) -> None:
    desk = staff("privacy")
    number = register(desk, message="Mijn BSN is 111222333, graag snel.")
    page = desk.get(f"/staff/requests/{number}")
    assert "burgerservicenummer" in page.text
    assert desk.send(f"/staff/requests/{number}/clean").status == 303
    assert fresh(number).message == "Mijn BSN is ▇▇▇▇▇▇▇▇▇, graag snel."
    assert "/clean" not in str(desk.get(f"/staff/requests/{number}").actions)
