"""The customer's own pages: name, address book, devices."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from shop.accounts.actions import save_address
from shop.accounts.models import Account, Address, SignInSession
from shop.core.db import db
from tests.factories import make_customer, sign_in
from tests.page import Browser

NEW_ADDRESS = {
    "given_name": "Sanne",
    "family_name": "de Vries",
    "country": "NL",
    "postcode": "3845gd",
    "house_number": "121",
    "addition": "",
    "street": "Triasplein",
    "town": "Harderwijk",
}


def add(browser: Browser, **values: str) -> int:
    """Put an address in the book through the form; its number."""
    browser.get("/account/addresses/new")
    answer = browser.send("/account/addresses/new", **{**NEW_ADDRESS, **values})
    assert answer.location == "/account/addresses?notice=address_saved", browser.page and browser.page.text
    return book()[-1].id


def book() -> list[Address]:
    """Every address there is, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(Address).order_by(Address.id)))


def defaults() -> list[int]:
    """The numbers of the usual addresses."""
    return [address.id for address in book() if address.is_default]


@pytest.mark.both_databases
def test_the_name_is_optional_and_can_be_changed(customer: Browser) -> None:
    customer.get("/account")
    answer = customer.send("/account", given_name="  Noor ", family_name="")
    assert answer.location == "/account?notice=name_saved"
    page = customer.get(answer.location)
    assert "Je naam is opgeslagen." in page.text
    assert "Hallo Noor, fijn dat je er bent." in page.text
    account = db.session.scalars(select(Account)).one()
    assert (account.given_name, account.family_name) == ("Noor", None)


def test_a_name_that_is_too_long_is_refused(customer: Browser) -> None:
    customer.get("/account")
    page = customer.send("/account", given_name="N" * 61)
    assert page.status == 422
    assert list(page.errors()) == ["given_name"]
    assert page.form("/account")["given_name"] == "N" * 61
    assert db.session.scalars(select(Account.given_name)).one() == "Sanne"


def test_the_form_says_what_its_data_is_for(customer: Browser) -> None:
    text = customer.get("/account").text
    assert "je een account bieden" in text
    assert "25 maanden na het laatste gebruik" in text


@pytest.mark.both_databases
def test_an_address_is_added_and_its_postcode_put_right(customer: Browser) -> None:
    assert "Nog geen adressen" in customer.get("/account/addresses").text
    add(customer)
    page = customer.get("/account/addresses?notice=address_saved")
    assert "Je adres is opgeslagen." in page.text
    assert "Triasplein 121 3845 GD Harderwijk" in page.text
    assert "Vast adres" in page.text
    assert [address.postcode for address in book()] == ["3845 GD"]


def test_the_name_of_the_account_is_filled_in_already(customer: Browser) -> None:
    form = customer.get("/account/addresses/new").form("/account/addresses/new")
    assert (form["given_name"], form["family_name"], form["country"]) == ("Sanne", "de Vries", "NL")


@pytest.mark.both_databases
def test_one_address_is_the_usual_one(customer: Browser) -> None:
    first = add(customer)
    second = add(customer, town="Ermelo")
    assert defaults() == [first]
    third = add(customer, town="Putten", is_default="y")
    assert defaults() == [third]
    customer.get("/account/addresses")
    customer.send(f"/account/addresses/{second}/default")
    assert defaults() == [second]
    customer.get("/account/addresses")
    answer = customer.send(f"/account/addresses/{second}/remove")
    assert answer.location == "/account/addresses?notice=address_removed"
    assert defaults() == [third]
    assert [address.id for address in book()] == [first, third]


@pytest.mark.both_databases
def test_an_address_is_changed(customer: Browser) -> None:
    number = add(customer)
    path = f"/account/addresses/{number}"
    customer.get(path)
    answer = customer.send(path, country="BE", postcode="B-9000", town="Gent", house_number="12 bis")
    assert answer.location == "/account/addresses?notice=address_saved"
    assert "12 bis 9000 Gent België" in customer.get("/account/addresses").text
    assert defaults() == [number]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"postcode": "384 GD"}, "postcode"),
        ({"postcode": "0845 GD"}, "postcode"),
        ({"country": "BE", "postcode": "3845 GD"}, "postcode"),
        ({"country": "US"}, "country"),
        ({"street": ""}, "street"),
        ({"town": "x" * 81}, "town"),
        ({"house_number": "121a"}, "house_number"),
        ({"house_number": "-1"}, "house_number"),
        ({"given_name": " "}, "given_name"),
    ],
)
def test_an_address_that_is_not_right_comes_back(customer: Browser, values: dict[str, str], field: str) -> None:
    customer.get("/account/addresses/new")
    page = customer.send("/account/addresses/new", **{**NEW_ADDRESS, **values})
    assert page.status == 422
    assert field in page.errors()
    assert page.form("/account/addresses/new")["addition"] == ""
    assert book() == []


def test_an_address_book_holds_twenty(customer: Browser) -> None:
    for _number in range(20):
        save_address(customer.account.person_id, NEW_ADDRESS)
    db.session.commit()
    assert "Je adresboek is vol." in customer.get("/account/addresses").text
    customer.get("/account/addresses/new")
    page = customer.send("/account/addresses/new", **NEW_ADDRESS)
    assert page.status == 422
    assert "Je adresboek is vol. Verwijder eerst een adres." in page.text
    assert len(book()) == 20


@pytest.mark.both_databases
def test_the_address_of_somebody_else_is_not_there(app: Flask, customer: Browser) -> None:
    number = add(customer)
    other = Browser(app)
    sign_in(other, make_customer())
    add(other)
    path = f"/account/addresses/{number}"
    assert other.get(path).status == 404
    assert other.post(path, **NEW_ADDRESS, is_default="y").status == 404
    assert other.post(f"{path}/default").status == 404
    assert other.post(f"{path}/remove").status == 404
    assert len(book()) == 2
    assert sorted(defaults()) == [address.id for address in book()]
    assert "Triasplein" in customer.get(path).body.decode()


@pytest.mark.parametrize("number", ["0", "9007199254740993", "9223372036854775808", "1e3", "%00", "-1"])
def test_an_address_number_that_cannot_be_is_not_found(customer: Browser, number: str) -> None:
    assert customer.get(f"/account/addresses/{number}").status in (400, 404)


def test_every_page_of_the_account_asks_for_signing_in(visitor: Browser) -> None:
    for path in ("/account", "/account/addresses", "/account/addresses/new", "/account/addresses/1"):
        assert visitor.get(path).location.startswith("/account/sign-in?next=/account")
    for path in ("/account/addresses/1/remove", "/account/security/sessions", "/account/security/password"):
        assert visitor.post(path).location == "/account/sign-in"


def test_no_page_of_the_account_may_be_kept(customer: Browser) -> None:
    for path in ("/account", "/account/addresses", "/account/addresses/new", "/account/security"):
        assert customer.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/account", "/account/addresses", "/account/addresses/new", "/account/security"])
def test_pages_work_in_english_with_few_statements(customer: Browser, path: str) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert customer.get(f"/en{path}").status == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) <= 12, statements


def session_ids() -> list[int]:
    """The numbers of all sessions, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(SignInSession.id).order_by(SignInSession.id)))


@pytest.mark.both_databases
def test_devices_are_listed_and_signed_out_one_by_one(app: Flask, customer: Browser) -> None:
    phone = Browser(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Version/19.0 Mobile/15E148 Safari/604.1"
    sign_in(phone, customer.account)
    page = customer.get("/account/security")
    assert "mobiel" in page.text
    assert page.text.count("Dit apparaat uitloggen") == 1
    assert not any(part in page.text for part in ("iPhone", "15E148", "127.0.0.1"))
    here, there = session_ids()
    answer = customer.send(f"/account/security/sessions/{there}")
    assert answer.location == "/account/security?notice=session_ended"
    assert session_ids() == [here]
    assert phone.get("/account").status == 303
    assert customer.get("/account").status == 200


def test_all_other_devices_are_signed_out_at_once(app: Flask, customer: Browser) -> None:
    others = [Browser(app) for _number in range(3)]
    for browser in others:
        sign_in(browser, customer.account)
    customer.get("/account/security")
    answer = customer.send("/account/security/sessions")
    assert answer.location == "/account/security?notice=others_ended"
    assert [browser.get("/account").status for browser in others] == [303] * 3
    assert customer.get("/account").status == 200


@pytest.mark.both_databases
def test_the_device_of_somebody_else_is_not_there(app: Flask, customer: Browser) -> None:
    other = Browser(app)
    sign_in(other, make_customer())
    mine, _theirs = session_ids()
    assert other.post(f"/account/security/sessions/{mine}").status == 404
    assert customer.get("/account").status == 200
    assert len(session_ids()) == 2


def test_ending_others_leaves_other_people_alone(app: Flask, customer: Browser) -> None:
    mine, other = Browser(app), Browser(app)
    sign_in(mine, customer.account)
    sign_in(other, make_customer())
    customer.get("/account/security")
    customer.send("/account/security/sessions")
    assert mine.get("/account").status == 303
    assert other.get("/account").status == 200
