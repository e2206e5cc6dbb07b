"""Withdrawing on a screen: by everybody, from anything, with a receipt, and without a hint to strangers."""

import re
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from shop.aftersale.models import Withdrawal, WithdrawalLine
from shop.core import clock
from shop.core.db import db
from shop.core.security import limiter
from shop.orders.emails import new_link
from shop.orders.models import OrderEvent
from shop.people.models import Person
from tests.conftest import Outbox
from tests.factories import make_customer, make_order, make_product, sign_in
from tests.page import Browser, Page

pytestmark = pytest.mark.both_databases

TYPED = {"name": "Sanne de Vries", "reference": "26-XXXXXX", "email": "sanne@example.com", "what": ""}
LABEL, CONFIRM = "Hier de overeenkomst herroepen", "Herroeping bevestigen"


def review(visitor: Browser, path: str = "/withdraw", **typed: Any) -> Page:
    """Fill in the form up to the page to look it over."""
    visitor.get(path)
    return visitor.send(path, **typed)


def state(visitor: Browser, path: str = "/withdraw", **typed: Any) -> Page:
    """Fill in, look over, confirm, and read the receipt."""
    assert review(visitor, path, **typed).status == 200
    page = visitor.send(path)
    assert page.status == 303, page.text
    return visitor.get(page.location)


def one() -> Withdrawal:
    """The one withdrawal that there is."""
    db.session.rollback()
    return db.session.query(Withdrawal).one()


def text_of(message: EmailMessage) -> str:
    """The words of a message."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def test_a_guest_gets_a_receipt_on_screen_and_by_mail(
    app: Flask, visitor: Browser, mailbox: Callable[[], list[EmailMessage]], at: Any
) -> None:
    at("2026-11-23 14:05:31")
    page = state(visitor, **TYPED)
    for words in ("We hebben je herroeping ontvangen", "23 november 2026, 14:05", *list(TYPED.values())[:3]):
        assert words in page.text, words
    assert page.headers["Cache-Control"] == "no-store"
    (message,) = mailbox()
    assert message["To"] == "sanne@example.com"
    assert message["Subject"] == "We hebben je herroeping ontvangen"
    assert message.get_content_type() == "text/plain"
    for words in ("23 november 2026, 14:05", "Sanne de Vries", "26-XXXXXX", "De hele bestelling", "KvK 80054811"):
        assert words in text_of(message), words
    assert visitor.cookies == set()


def test_the_review_has_one_button_with_the_words_of_the_law(app: Flask, visitor: Browser) -> None:
    page = review(visitor, **TYPED)
    main = page.soup.main
    assert main is not None
    assert [button.get_text() for button in main.find_all("button")] == [CONFIRM]
    assert "26-XXXXXX" in page.text
    assert db.session.query(Withdrawal).count() == 0
    assert "Confirm withdrawal" in review(visitor, "/en/withdraw", **TYPED).text


def test_sent_twice_is_stated_once(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    values = review(visitor, **TYPED).form("/withdraw")
    first, again = visitor.post("/withdraw", **values), visitor.post("/withdraw", **values)
    assert first.location == again.location
    assert one().name == "Sanne de Vries"
    assert outbox.mails() == ["withdrawal_receipt"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"reference": ""}, "reference"),
        ({"reference": "r" * 41}, "reference"),
        ({"email": "nobody"}, "email"),
        ({"what": "w" * 301}, "what"),
    ],
)
def test_a_form_that_is_not_right_comes_back(app: Flask, visitor: Browser, values: dict[str, str], field: str) -> None:
    page = review(visitor, **{**TYPED, **values})
    assert page.status == 422
    assert field in page.errors()
    assert db.session.query(Withdrawal).count() == 0


def test_a_receipt_address_of_somebodys_own_making_is_refused(app: Flask, visitor: Browser) -> None:
    assert visitor.post("/withdraw", **TYPED, receipt="short").status == 400
    assert visitor.get("/withdraw/" + "x" * 43).status == 404


def test_nobody_can_tell_whether_there_is_such_an_order(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(status="confirmed", email="sanne@example.com")
    number, answers, asked = order.number, set(), []
    outbox.carry_out()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement.split("(")[0])

    event.listen(db.engine, "before_cursor_execute", note)
    for reference, email in (
        (number, "sanne@example.com"),
        (number, "jan@example.com"),
        ("26-XXXXXX", "sanne@example.com"),
    ):
        db.session.rollback()
        asked.clear()
        page = state(visitor, **{**TYPED, "reference": reference, "email": email})
        told = page.text.replace(reference, "REFERENCE").replace(email, "EMAIL")
        answers.add((page.status, re.sub(r"\d\d:\d\d:\d\d", "TIME", told), tuple(asked)))
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(answers) == 1


def test_an_unknown_order_gets_a_person_of_its_own(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    make_order(status="confirmed", email="jan@example.com")
    people = db.session.query(Person).count()
    state(visitor, **TYPED)
    outbox.carry_out()
    withdrawal = one()
    assert withdrawal.order_id is None
    assert withdrawal.is_guest
    assert db.session.query(Person).count() == people + 1


def test_number_and_address_together_find_the_order_afterwards(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    product = make_product()
    order = make_order((product, 3), status="confirmed", email="sanne@example.com")
    people, number, person = db.session.query(Person).count(), order.number, order.person_id
    state(visitor, **{**TYPED, "reference": f" {number.lower()} "})
    assert one().order_id is None
    outbox.carry_out()
    withdrawal = one()
    assert (withdrawal.order_id, withdrawal.person_id) == (order.id, person)
    assert [line.quantity for line in db.session.query(WithdrawalLine)] == [3]
    assert db.session.query(Person).count() == people
    told = db.session.query(OrderEvent).filter_by(order_id=order.id, kind="withdrawal_declared").one()
    assert told.at == withdrawal.submitted_at
    outbox.carry_out()
    assert db.session.query(WithdrawalLine).count() == 1


def test_the_number_alone_is_left_to_staff(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(status="confirmed", email="jan@example.com")
    state(visitor, **{**TYPED, "reference": order.number})
    outbox.carry_out()
    assert one().order_id is None


def test_a_part_in_words_waits_for_staff_to_count_it(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(status="confirmed", email="sanne@example.com")
    page = state(visitor, **{**TYPED, "reference": order.number, "what": "alleen de kleine kom, 1 stuk"})
    assert "alleen de kleine kom, 1 stuk" in page.text
    outbox.carry_out()
    assert one().order_id == order.id
    assert db.session.query(WithdrawalLine).count() == 0


def test_a_late_statement_is_taken_like_any_other(app: Flask, visitor: Browser, outbox: Outbox, at: Any) -> None:
    at("2024-03-01 12:00")
    order = make_order(status="completed", email="sanne@example.com")
    number = order.number
    at("2026-11-23 12:00")
    assert state(visitor, **{**TYPED, "reference": number}).heading == "We hebben je herroeping ontvangen"
    outbox.carry_out()
    withdrawal = one()
    assert withdrawal.order_id == order.id
    assert clock.local_date(withdrawal.submitted_at) == date(2026, 11, 23)


def test_what_was_typed_makes_no_link_and_no_lines_of_its_own(
    app: Flask, visitor: Browser, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    typed = {
        "name": "http://evil.example/x",
        "what": "www.evil.example\r\nBetaal nu: bel@evil.example",
        "email": "a@b.nl",
    }
    state(visitor, **{**TYPED, **typed})
    (message,) = mailbox()
    part = message.get_body(("plain",))
    assert part is not None
    body = str(part.get_content())
    assert not re.search(r"evil\.example|://evil|@evil", body)
    assert "Betaal nu" in next(line for line in body.splitlines() if line.startswith("Wat: "))
    assert message["Subject"] == "We hebben je herroeping ontvangen"
    assert message.get_body(("html",)) is None


def link_to(order: Any) -> str:
    """A mailed link to an order, as a path."""
    link = new_link(order, clock.now())
    db.session.commit()
    return link.removeprefix("http://localhost")


def test_the_mailed_link_leads_to_withdrawing_by_line(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    pot, bowl = make_product(), make_product()
    order = make_order((pot, 2), (bowl, 1), status="confirmed")
    first, second = (line.id for line in order.lines)
    path = link_to(order)
    assert f"{path}/withdraw" in visitor.get(path).links()
    typed = {"name": "Sanne", "email": "sanne@example.com", f"line-{first}": "1", f"line-{second}": "0"}
    page = state(visitor, f"{path}/withdraw", **typed)
    assert f"1 × {pot.name_nl}" in page.text
    assert bowl.name_nl not in page.text
    assert order.number in page.text
    assert (one().order_id, one().person_id) == (order.id, order.person_id)
    assert [(line.order_line_id, line.quantity) for line in db.session.query(WithdrawalLine)] == [(first, 1)]
    assert "Je herriep de bestelling" in visitor.get(path).text


@pytest.mark.parametrize("wrong", ["3", "-1", "x", "", "9" * 30])
def test_more_pieces_than_were_ordered_or_none_at_all_come_back(app: Flask, visitor: Browser, wrong: str) -> None:
    order = make_order((make_product(), 2), status="confirmed")
    (line,) = (line.id for line in order.lines)
    path = f"{link_to(order)}/withdraw"
    page = review(visitor, path, name="Sanne", email="s@example.com", **{f"line-{line}": wrong})
    assert page.status == 422
    assert "Vul in hoeveel stuks" in page.text
    assert db.session.query(Withdrawal).count() == 0


def test_the_link_that_mollie_knows_and_a_dead_one_lead_to_the_form_for_everybody(app: Flask, visitor: Browser) -> None:
    order = make_order(status="confirmed")
    for token in (order.return_token, "x" * 43):
        page = visitor.get(f"/orders/{token}/withdraw")
        assert (page.status, page.location) == (303, "/withdraw")
    assert "/withdraw" in visitor.get(f"/orders/{order.return_token}").links()


def test_who_is_signed_in_chooses_the_order_and_types_nothing(
    app: Flask, outbox: Outbox, mailbox: Callable[[], list[EmailMessage]]
) -> None:
    account = make_customer()
    browser = Browser(app)
    sign_in(browser, account)
    product = make_product()
    order = make_order((product, 2), account=account, status="confirmed")
    make_order(account=account, status="canceled")
    page = browser.get("/withdraw")
    path = f"/account/orders/{order.number}/withdraw"
    assert [link for link in page.links() if link.startswith("/account/orders/") and "withdraw" in link] == [path]
    assert path in browser.get(f"/account/orders/{order.number}").links()
    browser.get(path)
    reviewed = browser.send(path)
    assert "Sanne de Vries" in reviewed.text
    page = browser.send(path, _follow=True)
    assert f"2 × {product.name_nl}" in page.text
    withdrawal = one()
    assert (withdrawal.person_id, withdrawal.order_id) == (account.person_id, order.id)
    assert account.email in [message["To"] for message in mailbox()]
    assert browser.get("/withdraw?typed=yes").form("/withdraw")["name"] == ""


def test_somebody_elses_order_is_no_page(app: Flask, customer: Browser) -> None:
    others = make_order(status="confirmed")
    path = f"/account/orders/{others.number}/withdraw"
    assert customer.get(path).status == 404
    assert customer.post(path).status == 404
    assert db.session.query(Withdrawal).count() == 0


def test_a_typed_statement_inside_an_account_is_that_persons(app: Flask, customer: Browser, outbox: Outbox) -> None:
    customer.get("/withdraw?typed=yes")
    customer.send("/withdraw", **TYPED)
    assert customer.send("/withdraw").status == 303
    outbox.carry_out()
    assert one().person_id == customer.account.person_id


def test_the_function_is_on_every_page_with_its_own_words(app: Flask, visitor: Browser, customer: Browser) -> None:
    product = make_product()
    pages = ["/", "/cart", "/search", f"/products/{product.slug}", "/withdraw", "/returns", "/no-such-page"]
    for path in pages:
        found = visitor.get(path).soup.select_one('.site-footer a[href="/withdraw"]')
        assert found is not None, path
        assert found.get_text() == LABEL
    assert visitor.get("/en/no-such-page").soup.select_one('a[href="/en/withdraw"]')
    for path in ("/account", "/account/orders", "/account/security"):
        assert customer.get(path).soup.select_one('.site-footer a[href="/withdraw"]'), path


def test_beyond_the_daily_cap_the_statement_counts_and_the_screen_is_the_receipt(limited_app: Flask) -> None:
    visitor = Browser(limited_app)
    for _time in range(5):
        assert "onderweg" in state(visitor, **TYPED).text
    page = state(visitor, **{**TYPED, "email": "Sanne@Example.com"})
    assert "het is je ontvangstbevestiging" in page.text
    assert db.session.query(Withdrawal).count() == 6
    assert Outbox().mails() == ["withdrawal_receipt"] * 5
    assert "onderweg" in state(visitor, **{**TYPED, "email": "jan@example.com"}).text
    assert limiter.enabled
