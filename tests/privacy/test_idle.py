"""Accounts that nobody uses: warned after 24 months, erased after 25, by the ordinary erasure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.actions import note_use
from shop.accounts.models import Account
from shop.core.db import db, writing
from shop.core.personal_data import declaration_of
from shop.orders.models import Order
from shop.people.actions import restrict
from shop.people.ledger import ledger_file
from shop.people.models import Person
from shop.privacy.commands import run_retention
from shop.privacy.queries.retention import forecast
from tests.factories import make_customer, make_order, sign_in
from tests.page import Browser
from tests.privacy.rows import everything

LAST_USED = date(2026, 11, 1)
WARNED = datetime(2028, 11, 2, 3, 0, tzinfo=UTC)
GONE = datetime(2028, 12, 2, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def unused(**values: Any) -> Account:
    """The account of somebody who signed in last in November 2026."""
    account = make_customer(**values)
    account.last_used_on = LAST_USED
    db.session.commit()
    return account


def night(moment: datetime) -> dict[str, int]:
    """The nightly job; what it did with accounts."""
    done = {what: times for what, times in run_retention(moment) if what.startswith("accounts") and times}
    db.session.rollback()
    db.session.expunge_all()
    return done


def test_a_sign_in_is_remembered_by_its_month_alone(app: Flask, visitor: Browser, at: Any) -> None:
    account = unused(email="noor@example.com")
    account_id = account.id
    at("2027-02-17 12:00")
    sign_in(visitor, account)
    db.session.expunge_all()
    assert db.session.get(Account, account_id).last_used_on == date(2027, 2, 1)
    told = declaration_of(Account.last_used_on)
    assert told is not None
    assert told.is_personal


@pytest.mark.both_databases
def test_who_stays_away_is_warned_once_after_24_months_and_erased_after_25(app: Flask, mailbox: Any, at: Any) -> None:
    account = unused(email="noor@example.com")
    order_id = make_order(account=account, status="completed").id
    person = account.person_id
    mailbox()
    assert night(WARNED - DAY) == {}
    assert night(WARNED) == {"accounts: warned": 1}
    assert night(WARNED + DAY) == {}
    at("2028-11-02 04:00")
    warning = mailbox()[-1]
    assert (warning["To"], warning["Subject"]) == (
        "noor@example.com",
        "Je account gaat na 1 december 2028 weg, tenzij je inlogt",
    )
    assert night(GONE - DAY) == {}
    assert night(GONE) == {"accounts: rows removed": 1}
    assert db.session.get(Person, person) is None
    assert db.session.get(Order, order_id).email is None
    assert ledger_file().lines()[-1].who == ledger_file().who(person)
    db.session.rollback()
    at("2028-12-02 04:00")
    farewell = mailbox()[-1]
    assert farewell["To"] == "noor@example.com"
    assert "25 maanden niet in je account ingelogd" in farewell.get_content()
    assert "wachtwoord" not in farewell.get_content()


def test_one_sign_in_after_the_warning_keeps_the_account(app: Flask) -> None:
    account_id = unused().id
    night(WARNED)
    with writing():
        note_use(db.session.get(Account, account_id), WARNED.date())
        db.session.commit()
    before = everything()["accounts"]
    assert night(GONE) == {}
    assert everything()["accounts"] == before
    assert night(datetime(2030, 11, 2, 3, 0, tzinfo=UTC)) == {"accounts: warned": 1}


def test_nobody_goes_without_four_weeks_of_warning(app: Flask) -> None:
    unused()
    late = GONE + 100 * DAY  # the worker stood still for months
    assert night(late) == {"accounts: warned": 1}
    assert night(late + 27 * DAY) == {}
    assert night(late + 28 * DAY) == {"accounts: rows removed": 1}


@pytest.mark.both_databases
def test_nobody_goes_with_an_order_that_runs_or_who_asked_us_to_leave_their_data(app: Flask) -> None:
    buying, asked, _going = unused(), unused(), unused()
    make_order(account=buying, status="confirmed")
    left = {buying.person_id, asked.person_id}
    restrict(asked.person_id, "restricted", at=WARNED)
    db.session.commit()
    night(WARNED)
    assert night(GONE) == {"accounts: rows removed": 1}
    assert set(db.session.scalars(select(Account.person_id))) == left
    db.session.rollback()


def test_the_owner_sees_it_a_week_before(app: Flask) -> None:
    unused(email="noor@example.com")
    assert [one for one in forecast(GONE - 8 * DAY) if one.term.name == "accounts"] == []
    (coming,) = [one for one in forecast(GONE - 6 * DAY) if one.term.name == "accounts"]
    assert (coming.rows, coming.first[0][1]) == (1, "noor@example.com")
    db.session.rollback()
