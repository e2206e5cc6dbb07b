"""Several requests at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.accounts.actions import save_address
from shop.accounts.models import Account, Address, Code, SignInSession
from shop.core.db import db
from tests.accounts.mail import code_for
from tests.accounts.test_my_account import NEW_ADDRESS
from tests.factories import PASSWORD, make_customer
from tests.page import Browser

MANY = 8


def at_once(work: Callable[[int], int]) -> list[int]:
    """What each of eight got that began together."""
    start = Barrier(MANY)

    def begin(number: int) -> int:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(MANY) as pool:
        return sorted(pool.map(begin, range(MANY)))


def count(model: type[Account] | type[Address] | type[Code] | type[SignInSession]) -> int:
    """How many rows a table has."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_one_code_lets_in_once(app: Flask, visitor: Browser) -> None:
    visitor.get("/account/sign-up")
    page = visitor.send("/account/sign-up", email="nieuw@example.com", password=PASSWORD)
    values = {**page.form("/account/sign-up/code"), "code": code_for("nieuw@example.com")}
    db.session.rollback()
    path = "/account/sign-up/code"
    assert at_once(lambda _n: app.test_client().post(path, data=values).status_code) == [303] + [422] * (MANY - 1)
    assert count(SignInSession) == 1


@pytest.mark.both_databases
def test_wrong_tries_at_once_are_all_counted(app: Flask, visitor: Browser) -> None:
    visitor.get("/account/sign-up")
    page = visitor.send("/account/sign-up", email="nieuw@example.com", password=PASSWORD)
    values = {**page.form("/account/sign-up/code"), "code": "AAAA-AAAA"}
    db.session.rollback()
    path = "/account/sign-up/code"
    assert at_once(lambda _n: app.test_client().post(path, data=values).status_code) == [422] * MANY
    assert db.session.scalars(select(Code.tries_left)).one() == 0


@pytest.mark.both_databases
def test_signing_up_eight_times_at_once_makes_one_account(app: Flask) -> None:
    values = {"email": "nieuw@example.com", "password": PASSWORD}
    statuses = at_once(lambda _n: app.test_client().post("/account/sign-up", data=values).status_code)
    assert statuses == [200] * MANY
    assert count(Account) == 1


@pytest.mark.both_databases
def test_signing_in_many_times_at_once_keeps_ten_devices(app: Flask) -> None:
    account = make_customer()
    values = {"email": account.email, "password": PASSWORD}
    db.session.rollback()
    for _round in range(2):
        statuses = at_once(lambda _n: app.test_client().post("/account/sign-in", data=values).status_code)
        assert statuses == [303] * MANY
    assert count(SignInSession) == 10


@pytest.mark.both_databases
def test_the_last_place_in_the_address_book_is_taken_once(app: Flask, customer: Browser) -> None:
    for _number in range(19):
        save_address(customer.account.person_id, NEW_ADDRESS)
    db.session.commit()
    cookie = customer.client.get_cookie("session")
    assert cookie is not None
    customer.get("/account/addresses/new")
    values = {**NEW_ADDRESS, "csrf_token": customer.page.form("/account/addresses/new")["csrf_token"]}  # type: ignore[union-attr]
    db.session.rollback()

    def save(_number: int) -> int:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        return client.post("/account/addresses/new", data=values).status_code

    assert at_once(save) == [303] + [422] * (MANY - 1)
    assert count(Address) == 20
