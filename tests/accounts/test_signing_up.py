"""Making an account: address, password, code."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.accounts.actions import forget_unconfirmed
from shop.accounts.jobs import forget_unconfirmed_accounts
from shop.accounts.models import Account, Code, SignInSession
from shop.accounts.signals import customer_signed_in
from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow
from shop.people.models import Person
from tests.accounts.mail import code_for, mails_to, text_of
from tests.conftest import Outbox
from tests.factories import make_customer
from tests.page import Browser, Page

EMAIL, PASSWORD = "nieuw@example.com", "een-lang-wachtwoord-1"

Clock = Callable[[str], Any]


def ask(browser: Browser, email: str = EMAIL, password: str = PASSWORD, **values: str) -> Page:
    """Fill in the form and send it."""
    browser.get("/account/sign-up")
    return browser.send("/account/sign-up", email=email, password=password, **values)


def count(model: type[Any]) -> int:
    """How many rows a table has."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_a_visitor_makes_an_account_with_the_code_from_the_mail(visitor: Browser) -> None:
    page = ask(visitor, email=" Nieuw@Example.com ")
    assert (page.status, page.heading) == (200, "Kijk in je mail")
    assert not visitor.cookies
    assert count(SignInSession) == 0
    answer = visitor.send("/account/sign-up/code", code=code_for(EMAIL).lower().replace("-", " "))
    assert (answer.status, answer.location) == (303, "/account?notice=account_made")
    page = visitor.get(answer.location)
    assert "Je account is klaar en je bent ingelogd." in page.text
    assert EMAIL in page.text
    account = db.session.scalars(select(Account)).one()
    assert account.confirmed_at is not None
    assert db.session.scalars(select(Code)).one().new_password_hash == ""


def test_until_the_code_comes_back_there_is_no_way_in(app: object, visitor: Browser) -> None:
    ask(visitor)
    page = visitor.get("/account/sign-in")
    page = visitor.send("/account/sign-in", email=EMAIL, password=PASSWORD)
    assert page.status == 422
    assert visitor.get("/account").status == 303


def test_signing_up_goes_on_to_where_the_visitor_was(visitor: Browser) -> None:
    visitor.get("/account/sign-up?next=/account/addresses")
    visitor.send("/account/sign-up", email=EMAIL, password=PASSWORD)
    assert visitor.send("/account/sign-up/code", code=code_for(EMAIL)).location == "/account/addresses"


@pytest.mark.parametrize(
    "path", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", "account", "/a\nb"]
)
def test_signing_up_never_goes_on_to_another_site(visitor: Browser, path: str) -> None:
    ask(visitor, next=path)
    answer = visitor.send("/account/sign-up/code", code=code_for(EMAIL), next=path)
    assert answer.location == "/account?notice=account_made"


def test_a_known_address_gets_the_same_page_and_another_mail(app: Any, outbox: Outbox) -> None:
    account = make_customer(email="bekend@example.com")
    before = count(Account), count(Code)
    first, second = Browser(app), Browser(app)
    known, unknown = ask(first, email="bekend@example.com"), ask(second, email="nieuw1@example.com")
    assert known.status == unknown.status == 200
    assert same(known, "bekend@example.com") == same(unknown, "nieuw1@example.com")
    assert header_names(known) == header_names(unknown)
    assert outbox.mails() == ["account_exists", "account_code"]
    assert "/account/reset" in text_of(mails_to(account.email)[0])
    assert (count(Account), count(Code)) == (before[0] + 1, before[1] + 1)
    wrong = (
        first.send("/account/sign-up/code", code="ABCD-EFGH"),
        second.send("/account/sign-up/code", code="ABCD-EFGH"),
    )
    assert same(wrong[0], "bekend@example.com") == same(wrong[1], "nieuw1@example.com")
    assert wrong[0].errors() == {"code": "Fout: Deze code klopt niet of is niet meer geldig."}


def same(page: Page, email: str) -> str:
    """A page without what is different by chance."""
    binding = page.soup.find("input", attrs={"name": "binding"})
    assert binding is not None
    return page.body.decode().replace(str(binding["value"]), "-").replace(email, "-")


def header_names(page: Page) -> list[str]:
    """The names of the headers of an answer."""
    return sorted(name for name, _value in page.headers)


@pytest.mark.both_databases
def test_anothers_pending_password_is_never_confirmed_by_my_code(app: Any) -> None:
    me, attacker = Browser(app), Browser(app)
    ask(me)
    mine = code_for(EMAIL)
    ask(attacker, password="wachtwoord van de dief")
    theirs = code_for(EMAIL)
    assert me.send("/account/sign-up/code", code=mine).status == 422  # replaced by the newer one
    assert me.send("/account/sign-up/code", code=theirs).status == 422  # not asked for on this page
    assert count(SignInSession) == 0
    ask(me)
    assert me.send("/account/sign-up/code", code=code_for(EMAIL)).status == 303
    attacker.get("/account/sign-in")
    assert attacker.send("/account/sign-in", email=EMAIL, password="wachtwoord van de dief").status == 422


def test_a_code_works_once(app: Any, visitor: Browser) -> None:
    page = ask(visitor)
    form, code = page.form("/account/sign-up/code"), code_for(EMAIL)
    assert visitor.post("/account/sign-up/code", **{**form, "code": code}).status == 303
    assert Browser(app).post("/account/sign-up/code", **{**form, "code": code}).status == 422


def test_a_code_is_dead_after_five_wrong_tries(visitor: Browser) -> None:
    ask(visitor)
    for _turn in range(5):
        assert visitor.send("/account/sign-up/code", code="AAAA-AAAA").status == 422
    assert visitor.send("/account/sign-up/code", code=code_for(EMAIL)).status == 422
    assert count(SignInSession) == 0


def test_four_wrong_tries_leave_one(visitor: Browser) -> None:
    ask(visitor)
    for _turn in range(4):
        visitor.send("/account/sign-up/code", code="AAAA-AAAA")
    assert visitor.send("/account/sign-up/code", code=code_for(EMAIL)).status == 303


@pytest.mark.parametrize(("minute", "status"), [("12:09", 303), ("12:11", 422)])
def test_a_code_is_valid_for_ten_minutes(visitor: Browser, at: Clock, minute: str, status: int) -> None:
    at("2026-03-01 12:00")
    ask(visitor)
    code = code_for(EMAIL)
    at(f"2026-03-01 {minute}")
    assert visitor.send("/account/sign-up/code", code=code).status == status


def test_a_code_is_kept_only_as_a_hash(visitor: Browser) -> None:
    ask(visitor)
    code = code_for(EMAIL)
    row = db.session.scalars(select(Code)).one()
    kept = " ".join(str(getattr(row, column.key)) for column in Code.__table__.columns)
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert len(row.code_hash) == 64


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"email": "geen adres"}, "email", "Vul een e-mailadres in"),
        ({"email": ""}, "email", "Vul je e-mailadres in."),
        ({"password": ""}, "password", "Kies een wachtwoord."),
        ({"password": "te kort"}, "password", "ten minste 12 tekens"),
        ({"password": "x" * 257}, "password", "hoogstens 256 tekens"),
        ({"password": "Welkom123456!"}, "password", "Veel mensen gebruiken dit wachtwoord"),
        ({"password": "sosera2026!!"}, "password", "De naam van de winkel"),
    ],
)
def test_what_is_not_right_is_said_beside_the_field(
    visitor: Browser, values: dict[str, str], field: str, text: str
) -> None:
    page = ask(visitor, **{"email": EMAIL, "password": PASSWORD, **values})
    assert page.status == 422
    assert list(page.errors()) == [field]
    assert text in page.errors()[field]
    assert page.form("/account/sign-up")["email"] == values.get("email", EMAIL)
    assert page.form("/account/sign-up").get("password", "") == ""
    assert (count(Account), count(Person), count(OutboxRow)) == (0, 0, 0)


@pytest.mark.parametrize("password", ["  spaties blijven staan  ", "👩‍🎤 zingt 🎈 in de regen", "é" * 256])
def test_any_password_works_from_the_form_to_the_next_sign_in(app: Any, visitor: Browser, password: str) -> None:
    ask(visitor, password=password)
    visitor.send("/account/sign-up/code", code=code_for(EMAIL))
    other = Browser(app)
    other.get("/account/sign-in")
    assert other.send("/account/sign-in", email=EMAIL, password=password.strip() + "!").status == 422
    assert other.send("/account/sign-in", email=EMAIL, password=password).status == 303


def test_the_rooms_above_hear_of_it_in_the_same_transaction(visitor: Browser) -> None:
    heard = []

    def listen(_sender: object, account: Account) -> None:
        heard.append((account.email, db.session().in_transaction(), count_uncommitted()))

    with customer_signed_in.connected_to(listen):
        ask(visitor)
        visitor.send("/account/sign-up/code", code=code_for(EMAIL))
    assert heard == [(EMAIL, True, 1)]


def count_uncommitted() -> int:
    """The sessions that this transaction sees."""
    return len(db.session.scalars(select(SignInSession.id)).all())


def test_a_second_try_before_the_code_came_back_uses_the_same_person(visitor: Browser) -> None:
    ask(visitor)
    ask(visitor, password="een ander lang wachtwoord")
    assert (count(Account), count(Person), count(Code)) == (1, 1, 1)
    assert visitor.send("/account/sign-up/code", code=code_for(EMAIL)).status == 303
    visitor.get("/account")
    visitor.send("/account/sign-out")
    visitor.get("/account/sign-in")
    assert visitor.send("/account/sign-in", email=EMAIL, password="een ander lang wachtwoord").status == 303


def test_coming_back_to_the_code_page_by_its_address_begins_anew(visitor: Browser) -> None:
    assert visitor.get("/account/sign-up/code").location == "/account/sign-up"


def test_children_are_asked_to_come_with_their_parents(visitor: Browser) -> None:
    assert "Ben je jonger dan 16?" in visitor.get("/account/sign-up").text


def test_the_english_page_mails_in_english_and_goes_on_in_english(visitor: Browser) -> None:
    visitor.get("/en/account/sign-up")
    page = visitor.send("/en/account/sign-up", email=EMAIL, password=PASSWORD)
    assert page.heading == "Look in your mail"
    assert mails_to(EMAIL)[0]["Subject"] == "Your code for a new account"
    answer = visitor.send("/en/account/sign-up/code", code=code_for(EMAIL))
    assert answer.location == "/en/account?notice=account_made"


@pytest.mark.both_databases
def test_an_account_whose_code_never_came_back_is_forgotten_after_a_day(visitor: Browser, at: Clock) -> None:
    at("2026-03-01 12:00")
    kept = make_customer()
    ask(visitor)
    at("2026-03-02 11:00")
    assert forget_unconfirmed_accounts() == 0
    at("2026-03-02 13:00")
    assert forget_unconfirmed_accounts() == 1
    assert db.session.scalars(select(Account.id)).all() == [kept.id]
    assert db.session.scalars(select(Person.id)).all() == [kept.person_id]
    assert (count(Code), count(OutboxRow)) == (0, 0)


def test_a_person_about_whom_more_is_known_is_not_forgotten(visitor: Browser, at: Clock) -> None:
    from shop.accounts.models import Address

    at("2026-03-01 12:00")
    ask(visitor)
    account = db.session.scalars(select(Account)).one()
    db.session.add(
        Address(
            person_id=account.person_id,
            given_name="A",
            family_name="B",
            street="C",
            house_number="1",
            postcode="3845 GD",
            town="Harderwijk",
            country="NL",
        )
    )
    db.session.commit()
    at("2026-03-05 12:00")
    with writing():
        assert forget_unconfirmed(clock.now()) == 0
        db.session.commit()
    assert (count(Account), count(Code)) == (1, 1)
