"""What a person has stopped is obeyed everywhere: mail, statistics, staff; a due parcel still goes out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core import clock, outbox
from shop.core.access import opened_by
from shop.core.db import db
from shop.mail.messages import queue_mail
from shop.mail.rules import SENT_ALWAYS
from shop.orders import fulfilment
from shop.orders.models import Order
from shop.people.actions import lift, restrict
from shop.people.models import Restriction
from shop.people.queries import is_restricted, may_analyse, may_tailor, stops_of
from shop.privacy.models import RightsRequest
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.site.hostile import every_row

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]
PATH = "/account/data/objection"
STILL = {
    "staff.pack",
    "staff.unpack",
    "staff.ship",
    "staff.put_ready",
    "staff.hand_over",
    "staff.deliver",
}
NOTED = ("audit_entries", "audit_head", "sign_in_sessions")


def test_switches_hold_at_once_and_can_be_lifted(app: Flask, customer: Browser) -> None:
    person = customer.account.person_id
    customer.get(PATH)
    assert customer.send(PATH, analysis="y", restricted="y").status == 303
    assert stops_of(person) == {"analysis", "restricted"}
    assert is_restricted(person)
    assert not may_analyse(person)
    assert not may_tailor(person)
    page = customer.get(PATH)
    ticked = {str(box.get("name")) for box in page.soup.find_all("input", checked=True)}
    assert ticked == {"analysis", "restricted"}
    values = page.form(PATH)
    values.pop("restricted")
    assert customer.post(PATH, **values).status == 303
    assert stops_of(person) == {"analysis"}
    assert not is_restricted(person)
    kept = db.session.scalars(select(Restriction).where(Restriction.person_id == person)).all()
    assert len(kept) == 2  # both moments can be told


def test_another_objection_restricts_at_once_and_a_person_decides(app: Flask, customer: Browser, staff: Staff) -> None:
    person = customer.account.person_id
    customer.get(PATH)
    assert customer.send(f"{PATH}/other", message=" ").status == 422
    customer.get(PATH)
    page = customer.send(f"{PATH}/other", message="Stop met het bewaren van mijn vragen.")
    assert page.status == 303
    assert stops_of(person) == {"objection"}
    asked = db.session.scalars(select(RightsRequest)).one()
    assert (asked.kind, asked.proof, asked.person_id) == ("objection", "signed_in", person)
    assert asked.due_on - clock.today() == timedelta(days=28)
    desk = staff("privacy")
    desk.get(f"/staff/requests/{asked.id}")
    desk.send(f"/staff/requests/{asked.id}/decide", decision="refused", reason="De wet vraagt het.")
    assert stops_of(person) == frozenset()


def test_a_restricted_person_gets_no_mail_but_what_must_be(app: Flask) -> None:
    account = make_customer()
    told = {"at": clock.now(), "person_id": account.person_id, "reference": "payment_failed", "content": b"Hallo"}
    waiting = outbox.put("mail", "before", **told)
    db.session.commit()
    assert waiting
    restrict(account.person_id, "restricted", at=clock.now())
    db.session.commit()
    row = db.session.scalars(select(outbox.OutboxRow).where(outbox.OutboxRow.key == "before")).one()
    assert row.content is None
    assert row.done_at is not None
    told = {"to": account.email, "language": "nl", "at": clock.now(), "person_id": account.person_id}
    assert not queue_mail("change_decided", key="after", **told)
    assert not queue_mail("payment_failed", key="pay", **told)
    lift(account.person_id, "restricted", at=clock.now())
    assert not is_restricted(account.person_id)


def test_nobody_can_hide_a_theft_behind_a_restriction(app: Flask) -> None:
    account = make_customer()
    restrict(account.person_id, "restricted", at=clock.now())
    told = {"to": account.email, "language": "nl", "at": clock.now(), "person_id": account.person_id}
    assert queue_mail("account_password_changed", key="theft", **told)
    assert {"account_new_device", "account_exists", "email_changed"} <= SENT_ALWAYS


def test_a_due_parcel_still_ships_with_its_notice(app: Flask, staff: Staff, mailbox: Any) -> None:
    make_shipping()
    order = make_order((make_product(), 1), status="confirmed", email="sanne@example.com")
    mailbox()
    restrict(str(order.person_id), "restricted", at=clock.now())
    db.session.commit()
    desk = staff("fulfilment")
    path = f"/staff/orders/{order.number}"
    page = desk.get(path)
    assert "beperkt" in page.text
    assert desk.send(f"{path}/pack").status == 303
    page = desk.get(path)
    ship = next(action for action in page.actions if action.endswith("/ship"))
    choice = page.soup.find("form", action=ship).find("select", attrs={"name": "carrier"})
    values = {"carrier": choice.find("option")["value"]} if choice else {}
    assert desk.send(ship, **values).status == 303
    assert mailbox()[-1]["To"] == "sanne@example.com"


def test_every_form_of_staff_about_a_restricted_person_refuses_except_shipping(app: Flask, staff: Staff) -> None:
    make_shipping()
    product = make_product()
    order = make_order((product, 1), status="confirmed")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    restrict(str(order.person_id), "restricted", at=clock.now())
    db.session.commit()
    rows = {"number": order.number, "shipment_id": shipment.id, "line_id": 1}
    boss = staff("owner", "privacy", "bookkeeping", "fulfilment")
    boss.get(f"/staff/orders/{order.number}")
    before, refused = every_row(*NOTED), set()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        is_form = rule.endpoint.startswith("staff.") and "POST" in (rule.methods or ())
        if not is_form or "number" not in rule.arguments or rule.endpoint in STILL:
            continue
        path = adapter.build(rule.endpoint, {name: rows.get(name, 1) for name in rule.arguments})
        answer = boss.post(path)
        assert answer.status == 409, f"{path}: {answer.status}"
        assert "mag nu niet" in answer.text, path
        refused.add(rule.endpoint)
    assert {"staff.cancel"} <= refused
    assert every_row(*NOTED) == before
    assert db.session.scalars(select(Order.status)).one() == "confirmed"


def test_the_owner_of_many_guest_orders_stops_all_of_them(app: Flask, customer: Browser) -> None:
    other = Browser(app)
    sign_in(other, make_customer())
    customer.get(PATH)
    customer.send(PATH, restricted="y")
    assert stops_of(other.account.person_id) == frozenset()
    assert opened_by(app.view_functions["privacy.objection"]) == "data_subject"
