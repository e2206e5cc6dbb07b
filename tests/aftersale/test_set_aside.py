"""What the customer reads while a lender has only set the money aside, and while a difference is being paid."""

from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import update

from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow
from shop.orders import actions
from shop.orders.emails import new_link
from shop.orders.models import Order, OrderEvent
from shop.orders.queries import order_for_change, order_with_all
from tests.aftersale.test_withdrawing import link_to, state
from tests.page import Browser
from tests.payments.till import Till


def page_of(visitor: Browser, order_id: int):
    """The page of an order by its mailed link."""
    db.session.rollback()
    link = new_link(db.session.get_one(Order, order_id), clock.now())
    db.session.commit()
    return visitor.get(link.removeprefix("http://localhost"))


def set_aside(till: Till) -> tuple[int, str]:
    """An order that Klarna has approved and not paid."""
    order_id = till.order()
    mollie_id = till.start(order_id, method="klarna")
    till.control.authorize(mollie_id)
    till.control.settle()
    return order_id, mollie_id


def mail(message: str, order_id: int) -> str:
    """What a message says that waits to go out."""
    db.session.rollback()
    row = db.session.query(OutboxRow).filter_by(kind="mail", key=f"{message}:{order_id}").one()
    return str(message_from_bytes(row.content or b"", policy=default).get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_money_that_is_only_set_aside_is_not_called_received(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = set_aside(till)
    page = page_of(visitor, order_id)
    assert "Je betaling is goedgekeurd." in page.text
    assert "We hebben je betaling ontvangen" not in page.text
    assert "Betaling ontvangen" not in page.text
    assert "wordt geïnd als je bestelling vertrekt" in page.text
    db.session.rollback()
    token = db.session.get_one(Order, order_id).return_token
    assert visitor.get(f"/orders/{token}").heading == "Bedankt voor je bestelling"
    told = mail("order_confirmation", order_id)
    assert "Goedgekeurd: " in told
    assert "Betaald: " not in told


def test_who_withdraws_before_anything_left_owes_nothing(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = set_aside(till)
    db.session.rollback()
    order = order_with_all(order_id)
    pieces = {f"line-{line.id}": str(line.quantity) for line in order.lines}
    state(visitor, f"{link_to(order)}/withdraw", name="Sanne", email="sanne@example.com", **pieces)
    page = page_of(visitor, order_id)
    assert "Zolang er niets is verstuurd, hoef je niets te betalen" in page.text
    assert "geld wordt geïnd als je bestelling vertrekt; de betaaldienst" not in page.text


def test_a_canceled_order_that_was_never_taken_in_promises_no_money_back(till: Till) -> None:
    order_id, _mollie_id = set_aside(till)
    with writing():
        order = order_for_change(order_id)
        assert order is not None
        assert actions.cancel(order, clock.now())
        db.session.commit()
    told = mail("order_canceled", order_id)
    assert "je hoeft niets te betalen" in told
    assert "betaalt het terug" not in told


@pytest.mark.both_databases
def test_the_page_asks_mollie_about_a_difference_and_never_asks_for_it_twice(
    app: Flask, till: Till, visitor: Browser
) -> None:
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    db.session.rollback()
    dearer = {"shipping_cents": Order.shipping_cents + 300, "total_cents": Order.total_cents + 300, "version": 2}
    db.session.execute(update(Order).where(Order.id == order_id).values(dearer))
    db.session.commit()
    assert "Nog te betalen: € 3,00" in page_of(visitor, order_id).text
    till.control.webhooks("off")
    second = till.start(order_id)
    till.control.leave_pending(second)
    page = page_of(visitor, order_id)
    assert "We controleren je betaling van € 3,00" in page.text
    assert not [action for action in page.actions if action.endswith("/pay")]
    assert "Refresh" in page.headers
    till.control.pay(second)
    page = page_of(visitor, order_id)
    assert "€ 3,00. " not in page.text.split("Wat er gebeurd is")[0]
    assert till.state(order_id).applied == ("settles", "supplement")
    db.session.rollback()
    assert db.session.query(OrderEvent).filter_by(order_id=order_id, kind="paid_supplement").count() == 1
