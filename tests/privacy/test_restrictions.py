"""What a person has stopped is obeyed everywhere: mail, statistics, staff; a due parcel still goes out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core import clock, outbox
from shop.core.access import opened_by
from shop.core.db import Model, db
from shop.mail.messages import queue_mail
from shop.mail.rules import SENT_ALWAYS
from shop.people.actions import lift, restrict
from shop.people.models import Person, Restriction
from shop.people.queries import is_restricted, may_analyse, may_tailor, stops_of
from shop.privacy.models import RightsRequest
from shop.staff.restricted import NOBODY, ROWS
from tests.factories import make_customer, make_order, make_product, make_shipping, sign_in
from tests.page import Browser
from tests.site.hostile import every_row
from tests.staff.everywhere import addresses, full_shop

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]
PATH = "/account/data/objection"
PARCEL = "a due parcel still ships"
RIGHTS = "a request about rights is answered, whatever is restricted (GDPR art. 12)"
NUMBER = "a number that no shop may have is made unreadable (UAVG art. 46)"
STILL = {
    **dict.fromkeys(("pack", "unpack", "ship", "put_ready", "hand_over", "deliver"), PARCEL),
    **dict.fromkeys(("redact_message", "clean_request"), NUMBER),
    **dict.fromkeys(("prove_request", "ask_for_mailbox", "extend_request", "decide_request", "print_letter"), RIGHTS),
    **dict.fromkeys(("ask_id_copy", "look_at_id_copy", "accept_id_copy", "refuse_id_copy"), RIGHTS),
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


def test_every_form_of_staff_about_a_restricted_person_refuses_but_for_a_short_list(app: Flask, staff: Staff) -> None:
    """Built from the url map: a new form of the back office takes part by itself."""
    rows = full_shop()
    boss = staff("owner", "privacy", "bookkeeping", "fulfilment")
    mine = boss.account.person_id
    for person_id in db.session.scalars(select(Person.id).where(Person.id != mine)).all():
        restrict(person_id, "restricted", at=clock.now())
    db.session.commit()
    boss.get("/staff/orders")
    before, refused = every_row(*NOTED), set()
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    for one in addresses(app, rows):
        name = one.endpoint.removeprefix("staff.")
        if one.method == "POST" and name not in STILL and rules[one.endpoint].arguments & set(ROWS):
            answer = boss.post(one.path)
            assert answer.status == 409, f"{one.path}: {answer.status}"
            assert "mag nu niet" in answer.text, one.path
            refused.add(name)
    assert len(refused) > 25
    assert {"cancel", "decide_attention", "decide_change", "answer_message", "decide_refund", "judge_return"} <= refused
    assert {"pass_correction_on", "release", "decide_parcel", "try_again"} <= refused
    assert every_row(*NOTED) == before
    db.session.rollback()


def test_only_the_forms_of_the_short_list_go_on(app: Flask) -> None:
    views = {name.removeprefix("staff."): view for name, view in app.view_functions.items() if name[:6] == "staff."}
    assert {name for name, view in views.items() if getattr(view, "works_while_restricted", False)} == set(STILL)


def test_every_argument_of_the_back_office_names_a_row_of_somebody_or_nobody_and_why(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]
    used = {name for rule in rules if "POST" in (rule.methods or ()) for name in rule.arguments}
    assert used == (set(ROWS) | set(NOBODY)) & used
    assert not set(ROWS) & set(NOBODY)
    for name in used & set(ROWS):
        table, column = ROWS[name]
        assert column in Model.metadata.tables[table].columns, name


def test_the_owner_of_many_guest_orders_stops_all_of_them(app: Flask, customer: Browser) -> None:
    other = Browser(app)
    sign_in(other, make_customer())
    customer.get(PATH)
    customer.send(PATH, restricted="y")
    assert stops_of(other.account.person_id) == frozenset()
    assert opened_by(app.view_functions["privacy.objection"]) == "data_subject"
