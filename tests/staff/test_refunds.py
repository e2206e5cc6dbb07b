"""Refunds on the screens of staff: proposed by who packs, accepted by the owner, seen by the bookkeeper."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.orders.actions import stop_delivery
from shop.orders.emails import new_link
from shop.orders.models import Order, OrderLine, Shipment
from shop.payments.models import AttentionItem, Refund
from shop.payments.queries import refunds_of
from tests.factories import make_order, make_product
from tests.page import Browser

Staff = Callable[..., Browser]


def bought(quantity: int = 2) -> tuple[Order, int]:
    """A paid order of so many teapots, and its line."""
    order = make_order((make_product(price_cents=1250), quantity), status="confirmed")
    line = db.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    return order, line


def refunds(order: Order) -> list[tuple[str, int, int]]:
    """Where the refunds of an order stand, how much, and how much of it is delivery."""
    db.session.rollback()
    db.session.expire_all()
    return [(refund.status, refund.amount_cents, refund.shipping_cents) for refund in refunds_of(order.id)]


@pytest.mark.both_databases
def test_a_packer_proposes_and_the_owner_accepts(app: Flask, staff: Staff, outbox) -> None:
    order, line = bought()
    packer, owner, path = staff("fulfilment"), staff("owner"), f"/staff/orders/{order.number}/refund"
    page = packer.get(path)
    assert "Kan worden terugbetaald € 29,95" in page.text
    assert "Nu terugbetalen" not in page.text
    packer.send(path, **{f"line-{line}": "1"}, reason="oor af", propose="1", _follow=True)
    assert refunds(order) == [("proposed", 1250, 0)]
    assert outbox.rows("refund") == []
    (refund,) = refunds_of(order.id)
    assert f"/staff/refunds/{refund.id}" in owner.get("/staff/refunds").links()
    owner.get(f"/staff/refunds/{refund.id}")
    page = owner.send(f"/staff/refunds/{refund.id}/decide", choice="accept", _follow=True)
    assert "Het geld is onderweg terug." in page.text
    assert refunds(order) == [("queued", 1250, 0)]
    assert len(outbox.rows("refund")) == 1
    assert owner.post(f"/staff/refunds/{refund.id}/decide", choice="decline", amount="1", reason="x").status == 409
    assert "Terugbetalingen" in owner.get(f"/staff/orders/{order.number}").text
    assert "In de wachtrij" in owner.get(f"/staff/orders/{order.number}").text


def test_the_owner_pays_back_in_one_step_and_pressed_twice_it_is_once(app: Flask, staff: Staff, outbox) -> None:
    order, line = bought()
    owner, path = staff("owner"), f"/staff/orders/{order.number}/refund"
    owner.get(path)
    values = {**owner.page.form(path), f"line-{line}": "1", "reason": "oor af", "has_shipping": "y", "pay": "1"}
    assert owner.post(path, **values).status == 303
    assert owner.post(path, **values).status == 303
    assert refunds(order) == [("queued", 1745, 495)]
    assert len(outbox.rows("refund")) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Kies stuks, de verzendkosten of een bedrag."),
        ({"amount": "29,96"}, "Er kan hoogstens nog € 29,95 worden terugbetaald."),
        ({"amount": "veel"}, "Vul een bedrag in"),
        ({"amount": "5", "reason": ""}, "Vul een reden in."),
        ({"amount": "5", "reason": "bel 0612345678"}, "Laat adressen en nummers van mensen uit deze notitie"),
    ],
)
def test_what_cannot_be_paid_back_is_said_beside_the_field(app: Flask, staff: Staff, typed, words: str) -> None:
    order, _line = bought()
    owner, path = staff("owner"), f"/staff/orders/{order.number}/refund"
    owner.get(path)
    page = owner.send(path, **{"reason": "oor af", "pay": "1", **typed})
    assert page.status == 422
    assert words in page.text
    assert refunds(order) == []


def test_a_packer_cannot_accept_in_the_same_step(app: Flask, staff: Staff) -> None:
    order, line = bought()
    packer, path = staff("fulfilment"), f"/staff/orders/{order.number}/refund"
    packer.get(path)
    assert packer.send(path, **{f"line-{line}": "1"}, reason="oor af", pay="1").status == 403
    assert refunds(order) == []


def test_the_bookkeeper_sees_refunds_and_the_privacy_role_does_not(app: Flask, staff: Staff) -> None:
    order, line = bought()
    owner, path = staff("owner"), f"/staff/orders/{order.number}/refund"
    owner.get(path)
    owner.send(path, **{f"line-{line}": "1"}, reason="oor af", pay="1")
    (refund,) = refunds_of(order.id)
    books = staff("bookkeeping")
    assert "12,50" in books.get("/staff/refunds?tab=on_its_way").text
    assert "12,50" in books.get(f"/staff/refunds/{refund.id}").text
    assert books.get(path).status == 403
    assert staff("privacy").get("/staff/refunds").status == 403


def test_the_customer_sees_the_money_come_back(app: Flask, staff: Staff, visitor: Browser) -> None:
    order, line = bought()
    link = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    assert "Geld terug" not in visitor.get(link).text
    owner, path = staff("owner"), f"/staff/orders/{order.number}/refund"
    owner.get(path)
    owner.send(path, **{f"line-{line}": "1"}, reason="oor af", propose="1")
    assert "Geld terug" not in visitor.get(link).text
    (refund,) = refunds_of(order.id)
    owner.get(f"/staff/refunds/{refund.id}")
    owner.send(f"/staff/refunds/{refund.id}/decide", choice="accept")
    page = visitor.get(link)
    for words in ("Geld terug", "In de wachtrij", "€ 12,50", "oor af", "Er is geld naar je onderweg"):
        assert words in page.text, words


def test_a_stopped_order_says_so_and_goes_on_with_a_reason(app: Flask, staff: Staff) -> None:
    order, _line = bought()
    stop_delivery(order, clock.now())
    item = AttentionItem(order_id=order.id, key="chargeback:1", kind="chargeback", created_at=clock.now())
    db.session.add(item)
    db.session.commit()
    owner, packer, path = staff("owner"), staff("fulfilment"), f"/staff/orders/{order.number}"
    page = packer.get(path)
    assert "Tegengehouden op" in page.text
    assert f"{path}/let-go" not in page.actions
    assert f"{path}/pack" not in page.actions
    page = packer.post(f"{path}/pack", all="1", seen="0")  # from a page that was open before
    assert page.status == 409
    assert "er mag niets van worden ingepakt" in page.text
    assert db.session.query(Shipment).count() == 0
    assert packer.post(f"{path}/let-go", reason="klopt niet").status == 403
    owner.get(path)
    assert owner.send(f"{path}/let-go", reason="").status == 422
    owner.get(path)
    assert owner.send(f"{path}/let-go", reason="bank heeft zich vergist").status == 303
    db.session.rollback()
    db.session.expire_all()
    found = db.session.get_one(AttentionItem, item.id)
    assert (found.choice, found.reason, found.resolved_by) == ("deliver", "bank heeft zich vergist", owner.account.id)
    packer.get(path)
    assert packer.send(f"{path}/pack", all="1").status == 303


def test_a_canceled_paid_order_is_paid_back_with_one_button(app: Flask, staff: Staff) -> None:
    order, _line = bought()
    owner = staff("owner")
    owner.get(f"/staff/orders/{order.number}")
    owner.send(f"/staff/orders/{order.number}/cancel")
    assert refunds(order) == [("proposed", 2995, 495)]
    owner.get("/staff/attention")
    item = db.session.scalars(select(AttentionItem)).one()
    owner.send(f"/staff/attention/{item.id}/decide", choice="refund", reason="geannuleerd")
    assert refunds(order) == [("queued", 2995, 495)]


def test_keeping_the_money_of_a_canceled_order_declines_the_proposal(app: Flask, staff: Staff) -> None:
    order, _line = bought()
    owner = staff("owner")
    owner.get(f"/staff/orders/{order.number}")
    owner.send(f"/staff/orders/{order.number}/cancel")
    item = db.session.scalars(select(AttentionItem)).one()
    owner.get("/staff/attention")
    owner.send(f"/staff/attention/{item.id}/decide", choice="keep")
    assert refunds(order) == [("declined", 2995, 495)]


def test_delivering_all_the_same_needs_a_reason(app: Flask, staff: Staff) -> None:
    order, _line = bought()
    stop_delivery(order, clock.now())
    item = AttentionItem(order_id=order.id, key="chargeback:1", kind="chargeback", created_at=clock.now())
    db.session.add(item)
    db.session.commit()
    owner, path = staff("owner"), f"/staff/attention/{item.id}/decide"
    owner.get("/staff/attention")
    page = owner.send(path, choice="deliver")
    assert page.status == 422
    assert "Zeg waarom er toch wordt bezorgd." in page.text
    assert owner.send(path, choice="deliver", reason="bank heeft zich vergist").status == 303
    db.session.rollback()
    assert db.session.get_one(Order, order.id, populate_existing=True).delivery_stopped_at is None
    assert db.session.query(Refund).count() == 0


def accepted(owner: Browser, order: Order, line: int, **values: str) -> Refund:
    """A refund of one piece that the owner made in one step."""
    path = f"/staff/orders/{order.number}/refund"
    owner.get(path)
    assert owner.send(path, **{f"line-{line}": "1", "reason": "oor af", "pay": "1", **values}).status == 303
    db.session.rollback()
    return refunds_of(order.id)[-1]


@pytest.mark.both_databases
def test_the_owner_takes_a_refund_back_and_proposes_it_once_more(app: Flask, staff: Staff, outbox) -> None:
    order, line = bought()
    owner, packer = staff("owner"), staff("fulfilment")
    refund_id = accepted(owner, order, line).id
    path = f"/staff/refunds/{refund_id}"
    assert "Deze terugbetaling annuleren" in owner.get(path).text
    assert f"{path}/cancel" not in packer.get(path).actions
    assert packer.post(f"{path}/cancel", reason="nee").status == 403
    assert owner.send(f"{path}/cancel", reason="").status == 422
    assert refunds(order) == [("queued", 1250, 0)]
    owner.get(path)
    page = owner.send(f"{path}/cancel", reason="toch niet stuk", _follow=True)
    for words in ("De terugbetaling is geannuleerd.", "Geannuleerd", "toch niet stuk", "Ingetrokken door"):
        assert words in page.text, words
    assert refunds(order) == [("canceled", 1250, 0)]
    assert owner.post(f"{path}/cancel", reason="nog eens").status == 409
    owner.get(path)
    page = owner.send(f"{path}/again", _follow=True)
    assert "Opnieuw voorgesteld." in page.text
    assert refunds(order) == [("canceled", 1250, 0), ("proposed", 1250, 0)]
    assert f"{path}/again" not in owner.get(path).actions


@pytest.mark.both_databases
def test_what_is_paid_back_and_not_sent_stays_here_if_that_is_chosen(app: Flask, staff: Staff, outbox) -> None:
    order, line = bought()
    owner = staff("owner")
    accepted(owner, order, line, ends_delivery="y")
    page = owner.get(f"/staff/orders/{order.number}")
    assert "Wordt niet verzonden: 1" in page.text
    assert outbox.mails().count("order_not_sent") == 1
    db.session.rollback()
    assert db.session.get_one(OrderLine, line).not_sent_quantity == 1
    accepted(owner, order, line, ends_delivery="y")
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Order, order.id).status == "completed"
    path = f"/staff/orders/{order.number}/refund"
    owner.get(path)
    page = owner.send(path, **{f"line-{line}": "1"}, reason="oor af", pay="1")
    assert (page.status, "alles is al terugbetaald" in page.text) == (422, True)


@pytest.mark.both_databases
def test_staff_says_that_something_will_not_be_sent_and_its_money_is_proposed(app: Flask, staff: Staff) -> None:
    order, line = bought()
    packer, path = staff("fulfilment"), f"/staff/orders/{order.number}"
    packer.get(path)
    page = packer.send(f"{path}/not-sent", reason="uitverkocht")
    assert (page.status, "Kies minstens één stuk." in page.text) == (422, True)
    packer.get(path)
    page = packer.send(f"{path}/not-sent", **{f"unsent-{line}": "1"}, reason="uitverkocht", _follow=True)
    assert "De voorraad is weer vrij" in page.text
    assert refunds(order) == [("proposed", 1250, 0)]
    packer.get(path)
    packer.send(f"{path}/not-sent", **{f"unsent-{line}": "1"}, reason="uitverkocht", _follow=True)
    assert refunds(order) == [("proposed", 1250, 0), ("proposed", 1250, 0)]
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Order, order.id).status == "completed"
    assert f"{path}/not-sent" not in packer.get(path).actions
    assert staff("bookkeeping").post(f"{path}/not-sent", reason="x").status == 403
