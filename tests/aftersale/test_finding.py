"""Finding an order back by its number and e-mail address, which tells a stranger nothing (T8)."""

import pytest
from flask import Flask

from shop.aftersale.listeners import send_order_link
from shop.core.db import db
from shop.orders.models import OrderLink
from tests.conftest import Outbox
from tests.factories import make_order
from tests.page import Browser, Page

pytestmark = pytest.mark.both_databases


def ask(visitor: Browser, number: str, email: str) -> Page:
    """Fill in the form."""
    visitor.get("/orders/find")
    return visitor.send("/orders/find", number=number, email=email)


def test_a_link_is_mailed_to_the_address_of_the_order(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(email="sanne@example.com")
    page = ask(visitor, order.number.lower(), " Sanne@Example.com ")
    assert page.location == "/orders/find?notice=order-link-sent"
    assert "is er een link naar de bestelling onderweg" in visitor.get(page.location).text
    assert outbox.mails() == []
    outbox.carry_out()
    assert outbox.mails() == ["order_link"]
    assert db.session.query(OrderLink).count() == 1


def test_found_or_not_the_answer_is_the_same(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(email="sanne@example.com")
    db.session.commit()
    answers = set()
    for number, email in (
        (order.number, "sanne@example.com"),
        (order.number, "jan@example.com"),
        ("26-XXXXXX", "sanne@example.com"),
        ("'; DROP TABLE --", "sanne@example.com"),
    ):
        page = ask(visitor, number, email)
        answers.add((page.status, page.location, page.body))
        db.session.rollback()
    assert len({(status, location) for status, location, _body in answers}) == 1
    assert len(outbox.rows("order_link")) == 4
    outbox.carry_out()
    assert outbox.mails() == ["order_link"]


def test_what_was_typed_is_kept_nowhere(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    ask(visitor, "26-GEHEIM", "geheim@example.com")
    (row,) = outbox.rows("order_link")
    assert (row.content, row.person_id, row.reference) == (None, None, "")


def test_a_few_links_a_day_and_no_more(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(email="sanne@example.com")
    for _time in range(8):
        ask(visitor, order.number, "sanne@example.com")
        outbox.carry_out()
    assert outbox.mails() == ["order_link"] * 5


def test_the_handler_that_runs_twice_mails_once(app: Flask, visitor: Browser, outbox: Outbox) -> None:
    order = make_order(email="sanne@example.com")
    ask(visitor, order.number, "sanne@example.com")
    (row,) = outbox.rows("order_link")
    db.session.expunge(row)
    send_order_link(row)
    send_order_link(row)
    assert outbox.mails() == ["order_link"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "", "email": "a@example.com"}, "number"),
        ({"number": "26-ABCDEF", "email": "nobody"}, "email"),
        ({"number": "26-ABCDEF", "email": ""}, "email"),
        ({"number": "2" * 21, "email": "a@example.com"}, "number"),
    ],
)
def test_a_form_that_is_not_right_comes_back(app: Flask, visitor: Browser, values: dict[str, str], field: str) -> None:
    visitor.get("/orders/find")
    page = visitor.send("/orders/find", **values)
    assert page.status == 422
    assert field in page.errors()
