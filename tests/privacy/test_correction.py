"""What is put right reaches all that still uses it, is kept nowhere as it was, and the rest is told to staff."""

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Account, Address
from shop.core import clock
from shop.core.db import Model, db
from shop.core.outbox import OutboxRow
from shop.core.personal_data import Purpose, personal_columns
from shop.orders.models import Order, OrderAddress, Shipment
from shop.people.actions import record_disclosure
from shop.privacy.forms.correction import correctable, form_for
from shop.privacy.models.corrections import CorrectionTask
from tests.accounts.mail import code_for, mails_to, text_of
from tests.factories import make_customer, make_order
from tests.page import Browser
from tests.privacy.proving import prove
from tests.privacy.rows import everything

WHERE = {"street": "Donkerstraat", "house_number": "52", "postcode": "3841 CD", "town": "Harderwijk", "country": "NL"}


def in_the_book(account: Account) -> Address:
    """The address of the orders that the factories make, in somebody's address book."""
    address = Address(person_id=account.person_id, given_name="Sanne", family_name="de Vries", addition="", **WHERE)
    db.session.add(address)
    db.session.commit()
    return address


def put_right(browser: Browser, kind: str, key: Any, **values: str) -> Any:
    """Fill in the form of a row."""
    browser.get(f"/account/data/correct/{kind}/{key}")
    return browser.send(f"/account/data/correct/{kind}/{key}", **values)


def waiting(reference: str) -> str:
    """The text of a message that waits."""
    db.session.rollback()
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.reference == reference)).one()
    return text_of(message_from_bytes(row.content or b"", policy=default))  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_an_address_put_right_reaches_open_orders_and_waiting_mail_and_is_nowhere_as_it_was(
    app: Flask, customer: Browser
) -> None:
    address = in_the_book(customer.account)
    order = make_order(account=customer.account, status="confirmed")
    ended = make_order(account=customer.account, status="canceled")
    assert "Donkerstraat" in waiting("order_confirmation")
    page = put_right(customer, "addresses", address.id, street="Dorpsstraat")
    assert (page.status, page.location) == (303, "/account/data?notice=corrected")
    db.session.expire_all()
    assert db.session.get_one(Address, address.id).street == "Dorpsstraat"
    streets = dict(db.session.execute(select(OrderAddress.order_id, OrderAddress.street)).all())
    assert streets == {order.id: "Dorpsstraat", ended.id: "Donkerstraat"}, "what has ended stays as it was delivered"
    text = waiting("order_confirmation")
    assert "Dorpsstraat" in text
    assert "Donkerstraat" not in text
    db.session.execute(OrderAddress.__table__.delete().where(OrderAddress.order_id == ended.id))
    db.session.commit()
    assert "Donkerstraat" not in str({name: rows for name, rows in everything().items() if name != "outbox"})


def test_what_is_put_right_in_one_order_stays_there(app: Flask, customer: Browser) -> None:
    address = in_the_book(customer.account)
    orders = [make_order(account=customer.account, status="confirmed") for _turn in range(2)]
    mine = db.session.scalars(select(OrderAddress.id).where(OrderAddress.order_id == orders[0].id)).one()
    put_right(customer, "order_addresses", mine, street="Elders")
    db.session.expire_all()
    assert db.session.get_one(Address, address.id).street == "Donkerstraat"
    streets = dict(db.session.execute(select(OrderAddress.order_id, OrderAddress.street)).all())
    assert streets == {orders[0].id: "Elders", orders[1].id: "Donkerstraat"}


@pytest.mark.both_databases
def test_a_label_and_a_receiver_of_the_old_value_become_work_for_staff(
    app: Flask, customer: Browser, staff: Callable[..., Browser]
) -> None:
    order = make_order(account=customer.account, status="confirmed")
    db.session.add(Shipment(order_id=order.id, status="packed", packed_at=clock.now()))
    person = customer.account.person_id
    record_disclosure(person, "Bezorgdienst", fields=["Straat"], purpose=Purpose.DELIVERY, at=clock.now())
    db.session.commit()
    mine = db.session.scalars(select(OrderAddress.id).where(OrderAddress.order_id == order.id)).one()
    page = put_right(customer, "order_addresses", mine, street="Elders")
    assert page.location == "/account/data?notice=corrected_and_passed_on"
    put_right(customer, "order_addresses", mine, town="Ermelo", postcode="3851 AA")
    db.session.expire_all()
    tasks = {(task.kind, task.about): task.fields for task in db.session.scalars(select(CorrectionTask))}
    assert tasks == {
        ("label", order.number): "Straat, Plaats, Postcode",
        ("recipient", "Bezorgdienst"): "Straat, Plaats, Postcode",
    }
    desk = staff("fulfilment")
    text = desk.get("/staff/corrections").text
    assert order.number in text
    assert "Elders" not in text
    desk.post(f"/staff/corrections/{db.session.scalars(select(CorrectionTask.id)).first()}")
    db.session.expire_all()
    assert len(db.session.scalars(select(CorrectionTask).where(CorrectionTask.done_at.is_(None))).all()) == 1


def test_a_wrong_value_is_refused_beside_its_field_and_changes_nothing(app: Flask, customer: Browser) -> None:
    address = in_the_book(customer.account)
    before = everything()
    page = put_right(customer, "addresses", address.id, postcode="12", street="")
    assert page.status == 422
    assert set(page.errors()) == {"postcode", "street"}
    order = make_order(account=customer.account)
    page = put_right(customer, "orders", order.id, telephone="12")
    assert set(page.errors()) == {"telephone"}
    after = everything()
    assert after["addresses"] == before["addresses"]


def test_nobody_puts_right_what_is_not_theirs(app: Flask, customer: Browser) -> None:
    other = make_order()
    mine = db.session.scalars(select(OrderAddress.id).where(OrderAddress.order_id == other.id)).one()
    before = everything()
    page = customer.post(f"/account/data/correct/order_addresses/{mine}", street="Gestolen")
    assert page.status == 404
    assert customer.get(f"/account/data/correct/orders/{other.id}").status == 404
    for wrong in ("people/1", "sign_in_sessions/1", "orders/0", "orders/x", "no_such_table/1"):
        assert customer.get(f"/account/data/correct/{wrong}").status == 404, wrong
    after = everything()
    assert {name: after[name] for name in ("orders", "order_addresses")} == {
        name: before[name] for name in ("orders", "order_addresses")
    }


def test_every_correctable_column_has_a_field_in_a_form(app: Flask) -> None:
    for table, column, declared in personal_columns(Model.metadata):
        if declared.is_correctable:
            with app.test_request_context("/account/data"):
                form = form_for(table, with_address=True)()
            assert column.name in form._fields, f"{table.name}.{column.name}"
            assert form.binds[column.name] is column
            assert set(form.binds) == set(correctable(table, with_address=True))


@pytest.mark.both_databases
def test_another_address_is_proved_by_a_code_and_the_old_one_gets_one_last_message(
    app: Flask, customer: Browser, mailbox: Any
) -> None:
    old, new = customer.account.email, "nieuw@example.com"
    open_order = make_order(account=customer.account, status="confirmed")
    customer.get("/account/data/email")
    customer.send("/account/data/email", email=" Nieuw@Example.com ")
    assert db.session.scalar(select(Account.email)) == old, "nothing changes before the code"
    page = customer.send("/account/data/email/code", code=code_for(new))
    assert page.location == "/account/data?notice=email_changed"
    db.session.expire_all()
    assert db.session.scalar(select(Account.email)) == new
    assert db.session.get_one(Order, open_order.id).email == new
    assert [mail["Subject"] for mail in mails_to(old)] == ["Je e-mailadres is gewijzigd"]
    assert any("estelling" in mail["Subject"] for mail in mails_to(new)), "what was waiting goes to the new address"
    assert customer.get("/account/data").status == 200
    mailbox()
    assert old not in str(everything()), "the old address is kept nowhere once its message is sent"
    files = [f for f in Path(app.config["INSTANCE_PATH"]).rglob("*") if f.suffix == ".eml" and old in f.read_text()]
    assert len(files) == 1


def test_an_address_of_another_account_is_refused_after_its_code_alone(app: Flask, customer: Browser) -> None:
    other = make_customer(email="bezet@example.com")
    old = customer.account.email
    customer.get("/account/data/email")
    page = customer.send("/account/data/email", email=other.email)
    assert page.heading == "Kijk in je mail"
    page = customer.send("/account/data/email/code", code=code_for(other.email))
    assert page.status == 422
    db.session.expire_all()
    assert sorted(db.session.scalars(select(Account.email))) == sorted([old, other.email])


def test_a_guest_changes_their_address_too_and_stays_inside(app: Flask, visitor: Browser) -> None:
    order = make_order(email="oud@example.com", status="confirmed")
    prove(visitor, "oud@example.com")
    visitor.get("/account/data/email")
    visitor.send("/account/data/email", email="nieuw@example.com")
    page = visitor.send("/account/data/email/code", code=code_for("nieuw@example.com"), _follow=True)
    assert order.number in page.text
    db.session.expire_all()
    assert db.session.get_one(Order, order.id).email == "nieuw@example.com"


def test_a_code_for_a_new_address_opens_nothing_else(app: Flask, customer: Browser) -> None:
    victim = make_order(email="slachtoffer@example.com")
    customer.get("/account/data/confirm")
    customer.send("/account/data/confirm/send")
    code_page = customer.page
    customer.get("/account/data/email")
    customer.send("/account/data/email", email="slachtoffer@example.com")
    assert victim.number not in customer.get("/account/data").text
    assert code_page is not None
