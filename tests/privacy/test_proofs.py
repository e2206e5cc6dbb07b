"""A password opens the account, a code opens an address, and nobody learns which addresses are known."""

import re
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.accounts.models import Account, MailboxProof, SignInSession
from shop.aftersale.models import Withdrawal
from shop.core import clock, even
from shop.core.db import Model, db
from shop.people.models import Person
from shop.privacy.queries.people import people_with_address
from tests.accounts.mail import code_for, mails_to, text_of
from tests.factories import PASSWORD, make_customer, make_order, make_staff, sign_in
from tests.page import Browser
from tests.privacy.proving import prove

GUEST = "gast@example.com"


def guest_order(email: str = GUEST, **values: Any) -> Any:
    """An order of somebody without an account."""
    return make_order(email=email, **values)


@pytest.mark.both_databases
def test_a_typed_code_opens_everything_under_that_address_and_nothing_else(app: Flask, visitor: Browser) -> None:
    first, second, other = guest_order(), guest_order(), guest_order("ander@example.com")
    page = prove(visitor, " GAST@Example.com ")
    assert page.heading == "Mijn gegevens"
    assert first.number in page.text
    assert second.number in page.text
    assert other.number not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert visitor.get("/account").status == 303, "a proof is no sign-in"


def test_the_answer_is_the_same_for_known_and_unknown_addresses(app: Flask) -> None:
    guest_order()
    make_customer(email="klant@example.com")
    pages = set()
    for email in (GUEST, "klant@example.com", "onbekend@example.com"):
        page = Browser(app).post("/data-request", email=email)
        binding = page.form("/data-request/code")["binding"]
        pages.add((page.status, page.body.decode().replace(email, "…").replace(binding, "…")))
        mail = text_of(mails_to(email)[-1])
        assert re.sub(r"[A-Z0-9]{4}-[A-Z0-9]{4}", "…", mail) == re.sub(
            r"[A-Z0-9]{4}-[A-Z0-9]{4}", "…", text_of(mails_to(GUEST)[-1])
        )
    assert len(pages) == 1


def test_the_answer_takes_as_long_for_known_and_unknown_addresses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(even, "STEP", 0.15)
    guest_order()
    browser = Browser(app)
    browser.post("/data-request", email="eerste@example.com")  # the first one reads templates
    times: dict[str, list[float]] = {GUEST: [], "onbekend@example.com": []}
    for _turn in range(5):
        for email, taken in times.items():
            start = time.perf_counter()
            browser.client.post("/data-request", data={"email": email})
            taken.append(time.perf_counter() - start)
    known, unknown = (min(taken) for taken in times.values())
    assert known == pytest.approx(unknown, rel=0.25)


def test_the_mail_with_the_code_is_plain_text_without_what_somebody_typed(app: Flask, visitor: Browser) -> None:
    visitor.post("/data-request", email=GUEST)
    (mail,) = mails_to(GUEST)
    assert not mail.is_multipart()
    assert mail["Subject"] == "Je code om je gegevens te zien"


def test_a_wrong_code_opens_nothing_and_is_counted(app: Flask, visitor: Browser) -> None:
    guest_order()
    visitor.get("/data-request")
    visitor.send("/data-request", email=GUEST)
    right = code_for(GUEST)
    for _turn in range(5):
        page = visitor.send("/data-request/code", code="AAAA-2222")
        assert page.status == 422
        assert page.errors()["code"]
    page = visitor.send("/data-request/code", code=right)
    assert page.status == 422, "after five wrong tries the right code is worth nothing either"
    assert visitor.cookies == set()
    assert visitor.get("/account/data").location == "/data-request?next=/account/data"


def test_a_code_works_only_on_the_page_that_asked_for_it(app: Flask, visitor: Browser) -> None:
    visitor.get("/data-request")
    visitor.send("/data-request", email=GUEST)
    stranger = Browser(app)
    stranger.get("/data-request")
    stranger.send("/data-request", email="vreemd@example.com")
    page = stranger.send("/data-request/code", code=code_for(GUEST), email=GUEST)
    assert page.status == 422
    assert stranger.cookies == set()


def test_the_typed_address_counts_for_nothing_when_the_code_is_typed(app: Flask, visitor: Browser) -> None:
    order = guest_order("slachtoffer@example.com")
    visitor.get("/data-request")
    visitor.send("/data-request", email=GUEST)
    page = visitor.send("/data-request/code", code=code_for(GUEST), email="slachtoffer@example.com", _follow=True)
    assert order.number not in page.text


def test_a_proof_lasts_an_hour_at_most(app: Flask, visitor: Browser, at: Any) -> None:
    at("2026-03-02 12:00")
    prove(visitor, GUEST)
    at("2026-03-02 12:25")
    assert visitor.get("/account/data").status == 200
    at("2026-03-02 12:50")
    assert visitor.get("/account/data").status == 200
    at("2026-03-02 13:01")
    assert visitor.get("/account/data").status == 303


def test_a_proof_that_is_left_alone_ends_after_half_an_hour(app: Flask, visitor: Browser, at: Any) -> None:
    at("2026-03-02 12:00")
    prove(visitor, GUEST)
    at("2026-03-02 12:31")
    assert visitor.get("/account/data").status == 303


def test_signing_out_ends_a_proof(app: Flask, visitor: Browser) -> None:
    prove(visitor, GUEST)
    visitor.post("/account/sign-out")
    assert visitor.get("/account/data").status == 303
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_signing_in_replaces_a_proof(app: Flask, visitor: Browser) -> None:
    account = make_customer()
    order = guest_order()
    prove(visitor, GUEST)
    sign_in(visitor, account)
    assert order.number not in visitor.get("/account/data").text


@pytest.mark.both_databases
def test_a_password_opens_the_account_and_only_a_code_the_older_guest_orders(app: Flask, customer: Browser) -> None:
    own = make_order(account=customer.account)
    older = guest_order(customer.account.email)
    page = customer.get("/account/data")
    assert own.number in page.text
    assert older.number not in page.text
    customer.get("/account/data/confirm?next=/account/data")
    customer.send("/account/data/confirm/send")
    page = customer.send("/account/data/confirm/code", code=code_for(customer.account.email), _follow=True)
    assert page.heading == "Mijn gegevens"
    assert own.number in page.text
    assert older.number in page.text


def test_confirming_asks_the_password_and_refuses_a_wrong_one(app: Flask, customer: Browser) -> None:
    customer.get("/account/data/confirm?next=/account/data")
    page = customer.send("/account/data/confirm", password="een-heel-ander-wachtwoord")
    assert page.status == 422
    assert page.errors()["password"]
    page = customer.send("/account/data/confirm", password=PASSWORD)
    assert (page.status, page.location) == (303, "/account/data")


@pytest.mark.both_databases
def test_an_account_is_reached_by_its_own_address_alone(app: Flask) -> None:
    """A customer may have an order mailed anywhere: whoever reads that mailbox is not that customer."""
    account = make_customer(email="klant@example.com")
    make_order(account=account, email="partner@example.com")
    assert people_with_address("partner@example.com") == ()
    assert people_with_address("klant@example.com") == (account.person_id,)


def test_a_receipt_sent_elsewhere_opens_nothing(app: Flask) -> None:
    """Whoever holds the link of an order may have the receipt of a withdrawal sent to any address."""
    order = guest_order()
    withdrawal = {
        "order_id": order.id,
        "language": "nl",
        "email": "ander@example.com",
        "submitted_at": clock.now(),
        "lines": [],
    }
    db.session.add(Withdrawal(receipt_hash="a" * 64, person_id=order.person_id, is_guest=False, **withdrawal))
    own = Person(language="nl", created_on=clock.local_date(clock.now()))
    db.session.add(own)
    db.session.flush()
    db.session.add(Withdrawal(receipt_hash="b" * 64, person_id=own.id, is_guest=True, **withdrawal))
    db.session.commit()
    assert people_with_address("ander@example.com") == (own.id,)


def test_a_mailbox_of_staff_opens_nothing_of_the_back_office(app: Flask, visitor: Browser) -> None:
    member = make_staff("owner", email="eigenaar@example.com")
    assert people_with_address(member.email) == ()
    assert member.name not in prove(visitor, member.email).text


@pytest.mark.both_databases
def test_asking_makes_the_same_rows_for_every_address(app: Flask) -> None:
    guest_order()
    make_customer(email="klant@example.com")

    def counts() -> dict[str, int]:
        db.session.rollback()
        found = {
            t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in Model.metadata.sorted_tables
        }
        db.session.rollback()
        return found

    made = []
    for email in (GUEST, "klant@example.com", "onbekend@example.com"):
        before = counts()
        Browser(app).post("/data-request", email=email)
        after = counts()
        made.append({name: after[name] - before[name] for name in after if after[name] != before[name]})
    assert made == [{"people": 1, "mailbox_proofs": 1, "codes": 1, "outbox": 1}] * 3


def test_tags_and_dots_tell_addresses_apart_and_capitals_do_not(app: Flask) -> None:
    order = guest_order("jan.jansen+winkel@example.com")
    assert people_with_address("jan.jansen+winkel@example.com") == (order.person_id,)
    assert people_with_address("jan.jansen@example.com") == ()
    assert people_with_address("janjansen+winkel@example.com") == ()


def test_the_proofs_leave_with_their_term(app: Flask, visitor: Browser, at: Any) -> None:
    at("2026-03-02 12:00")
    visitor.post("/data-request", email="onbekend@example.com")
    at("2026-03-05 12:00")
    result = app.test_cli_runner().invoke(args=["privacy", "retain"])
    assert result.exit_code == 0, result.output
    assert db.session.scalar(select(func.count()).select_from(MailboxProof)) == 0
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0
