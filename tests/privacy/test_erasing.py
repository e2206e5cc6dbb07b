"""Being erased: the preview, the choice, the one farewell, the receipt, and what must stay right."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, inspect, select, text, update

from shop.accounts.actions import save_address
from shop.accounts.models import Account, Address, SignInSession
from shop.core import clock, overwriting
from shop.core.db import Model, db, is_postgresql, writing
from shop.core.outbox import OutboxRow
from shop.core.personal_data import Erase, Purpose, Recipient, declaration_of
from shop.operations.queries import broken_invariants
from shop.orders.models import Order, OrderAddress, OrderLine
from shop.people.actions import record_disclosure
from shop.people.ledger import ledger_file
from shop.people.models import Person
from shop.privacy import export
from shop.privacy.actions import erasing
from shop.privacy.models.erasures import Erasure, ErasureSubject
from shop.privacy.queries import held
from shop.privacy.queries.retention import PEOPLE, keys_to
from shop.privacy.subjects import Subject
from shop.staff.words import TAB_NAMES
from tests.conftest import Outbox
from tests.factories import make_customer, make_order, make_staff, sign_in
from tests.page import Browser
from tests.privacy.rows import everything, make_row
from tests.privacy.test_download import unpacked
from tests.site.test_hostile_inside import ADDRESS as SHARED

pytestmark = pytest.mark.both_databases


def bought(account: Account, **values: Any) -> Order:
    """A completed order of a customer, with telephone and note."""
    return make_order(account=account, status="completed", telephone="+31612345678", note="Bel maar aan.", **values)


def erase(customer: Browser, **values: Any) -> Any:
    """Press the button."""
    customer.get("/account/data/delete")
    return customer.post("/account/data/delete", is_sure="y", **values)


def test_the_preview_names_what_goes_and_what_stays_until_when_by_which_law(customer: Browser) -> None:
    order = bought(customer.account)
    page = customer.get("/account/data/delete")
    assert page.status == 200
    goes, stays = (page.soup.find(id=name).find_parent("section").get_text(" ") for name in ("goes", "stays"))
    assert order.number in goes
    assert "Telefoonnummer" in goes
    assert "AWR 52" in stays
    assert f"31 december {clock.today().year + 7}" in stays or "AWR 52" in stays
    before = everything()
    assert customer.get("/account/data/delete").status == 200
    assert everything() == before


def test_without_a_fresh_proof_nothing_goes(customer: Browser) -> None:
    with writing():
        db.session.execute(update(SignInSession).values(content=_without_proof()))
        db.session.commit()
    page = customer.get("/account/data/delete")
    assert (page.status, page.location.split("?")[0]) == (303, "/account/data/confirm")
    before = everything()
    assert customer.post("/account/data/delete", is_sure="y").location.startswith("/account/data/confirm")
    assert everything() == before


def _without_proof() -> str:
    content = json.loads(db.session.scalars(select(SignInSession.content)).one())
    return json.dumps({name: value for name, value in content.items() if "proved" not in name})


def test_a_visitor_may_not_erase(visitor: Browser) -> None:
    assert visitor.get("/account/data/delete").status == 303
    assert visitor.post("/account/data/delete", is_sure="y").status == 303


def test_who_is_not_sure_is_asked_again(customer: Browser) -> None:
    customer.get("/account/data/delete")
    before = everything()
    page = customer.post("/account/data/delete")
    assert page.status == 422
    assert "is_sure" in page.errors()
    assert everything() == before


def test_everything_goes_at_once_with_one_farewell_and_a_receipt(
    app: Flask, customer: Browser, outbox: Outbox, mailbox: Any, staff: Any
) -> None:
    order = bought(customer.account)
    owner = staff("owner")
    person, email, number, total = customer.account.person_id, customer.account.email, order.number, order.total_cents
    outbox.carry_out()
    answer = erase(customer)
    assert answer.status == 303
    assert "session" not in customer.cookies
    db.session.rollback()
    db.session.expunge_all()
    assert db.session.get(Person, person) is None
    kept = db.session.scalars(select(Order)).one()
    assert (kept.number, kept.total_cents) == (number, total)
    assert (kept.person_id, kept.email, kept.telephone, kept.note) == (None, None, None, None)
    assert db.session.scalars(select(OrderAddress)).all() == []
    assert db.session.scalars(select(OrderLine)).one().name
    (farewell,) = outbox.rows()
    assert (farewell.kind, farewell.person_id) == ("farewell", None)
    receipt = Browser(app).get(answer.location)
    assert "Klaar" not in receipt.text
    assert "één laatste bericht" in receipt.text
    last = mailbox()[-1]
    assert last["To"] == email
    assert answer.location in last.get_content()
    assert outbox.rows() == []
    assert erasing.complete_all(clock.now()) == 1
    receipt = Browser(app).get(answer.location)
    assert "Klaar" in receipt.text
    assert "AWR 52" in receipt.text
    for secret in (email, person, number, "Sanne", "Donkerstraat"):
        assert secret not in receipt.body.decode()
    assert broken_invariants() == []
    for path in (
        f"/staff/orders/{number}",
        f"/staff/orders/{number}/slip",
        "/staff/orders",
        *(f"/staff/orders?tab={tab}" for tab in TAB_NAMES),
        "/staff/returns",
        "/staff/attention",
        "/staff/audit",
    ):
        assert owner.get(path).status == 200, path
    assert owner.get(f"/staff/orders/find?q={number}").status in (200, 303, 404)
    assert ledger_file().lines()[-1].who == ledger_file().who(person)


def test_the_customer_chooses_what_becomes_of_an_open_order(customer: Browser, outbox: Outbox) -> None:
    order = make_order(account=customer.account, status="confirmed", telephone="+31612345678")
    old = bought(customer.account)
    person, order_id, old_id = customer.account.person_id, order.id, old.id
    page = customer.get("/account/data/delete")
    assert order.number in page.soup.find(id="needed").find_parent("section").get_text(" ")
    before = everything()
    assert "Kies een van beide" in erase(customer).text
    assert erase(customer, open_orders="cancel").status == 422
    assert everything() == before
    assert erase(customer, open_orders="keep").status == 303
    db.session.expunge_all()
    assert db.session.scalars(select(Account)).all() == []
    assert db.session.scalars(select(SignInSession)).all() == []
    now_open, now_old = db.session.get(Order, order_id), db.session.get(Order, old_id)
    assert (now_open.person_id, now_open.telephone) == (person, "+31612345678")
    assert (now_old.person_id, now_old.email) == (None, None)
    assert [a.order_id for a in db.session.scalars(select(OrderAddress))] == [order_id]
    assert f"order_confirmation:{order_id}" in [row.key for row in outbox.rows("mail")]
    assert broken_invariants() == []


def test_one_address_goes_by_itself(customer: Browser) -> None:
    person = customer.account.person_id
    for street in ("Smeepoortstraat", "Bruggestraat"):
        values = {"given_name": "Sanne", "family_name": "de Vries", "street": street, "house_number": "1"}
        db.session.add(Address(person_id=person, postcode="3841 EK", town="Harderwijk", country="NL", **values))
    db.session.commit()
    first, second = db.session.scalars(select(Address.id).order_by(Address.id)).all()
    db.session.rollback()
    customer.get("/account/data/delete")
    page = customer.post("/account/data/delete/item", item=f"addresses:{first}")
    assert "Straat" in page.text
    assert db.session.scalars(select(Address.id).order_by(Address.id)).all() == [first, second]
    db.session.rollback()
    assert customer.send("/account/data/delete/item/now").status == 303
    assert db.session.scalars(select(Address.id)).all() == [second]
    assert customer.get("/account").status == 200
    assert erasing.complete_all(clock.now()) in (0, 1)


def test_every_entry_that_may_go_alone_has_a_button_that_asks_once_more(customer: Browser) -> None:
    old, new = bought(customer.account), make_order(account=customer.account, status="confirmed", note="Bij de buren.")
    old_id, new_id, account_id = old.id, new.id, customer.account.id
    page = customer.get("/account/data")
    offered = {str(field["value"]) for field in page.soup.find_all("input", attrs={"name": "item"})}
    assert {f"orders:{old_id}", f"orders:{new_id}"} <= offered
    assert not {f"accounts:{account_id}", f"people:{customer.account.person_id}"} & offered
    before = everything()
    asked = customer.post("/account/data/delete/item", item=f"orders:{old_id}")
    assert (asked.status, asked.heading) == (200, "Dit wissen?")
    refused = customer.post("/account/data/delete/item", item=f"orders:{new_id}")
    assert (refused.status, refused.heading) == (409, "Dit kan nu niet los worden gewist")
    assert everything() == before
    customer.post("/account/data/delete/item", item=f"orders:{old_id}")
    assert customer.send("/account/data/delete/item/now").status == 303
    db.session.expunge_all()
    assert (db.session.get(Order, old_id).note, db.session.get(Order, new_id).note) == (None, "Bij de buren.")


def test_one_value_of_an_ended_order_goes_and_not_of_an_open_one(customer: Browser) -> None:
    old, new = bought(customer.account), make_order(account=customer.account, status="confirmed", note="Bij de buren.")
    old_id = old.id
    customer.get("/account/data/delete")
    for item in (f"orders:{new.id}:note", f"orders:{old.id}:total_cents", f"orders:{old.id}:placed_at", "people:x"):
        before = everything()
        assert customer.post("/account/data/delete/item/now", item=item).status in (404, 409), item
        assert everything() == before
    assert customer.post("/account/data/delete/item/now", item=f"orders:{old_id}:note").status == 303
    db.session.expunge_all()
    kept = db.session.get(Order, old_id)
    assert (kept.note, kept.telephone) == (None, "+31612345678")


def test_nobody_erases_what_is_of_another_or_their_account_alone(customer: Browser) -> None:
    other = bought(make_customer())
    account_id = customer.account.id
    customer.get("/account/data/delete")
    before = everything()
    for item in (f"orders:{other.id}:note", f"accounts:{account_id}", "nothing:1", "orders:x", ":", "orders:1:2:3"):
        expected = 409 if item.startswith("accounts") else 404
        assert customer.post("/account/data/delete/item/now", item=item).status == expected, item
    assert everything() == before


def test_of_two_who_share_everything_the_other_keeps_all(app: Flask, outbox: Outbox) -> None:
    one, other = make_customer(), make_customer()
    for account in (one, other):  # one address, one telephone; and each their own of two parcels that left together
        save_address(account.person_id, SHARED)
        order = bought(account)
        parcel = {"status": "delivered", "tracking_code": "3SABCD1234567", "order_id": order.id}
        make_row(Model.metadata.tables["shipments"], clock.now(), **parcel)
        record_disclosure(
            account.person_id, Recipient.CARRIER, fields=["Street"], purpose=Purpose.DELIVERY, at=clock.now()
        )
    db.session.commit()
    outbox.carry_out()
    subject, at = Subject((other.person_id,), other.email, other, True), clock.now()
    before = [(i.table.name, i.key, i.values, i.details) for i in held.items([other.person_id])]
    with app.test_request_context("/account/data"):
        downloaded = b"".join(export.download(subject, app.extensions["identity"], at))
        assert b"3SABCD1234567" in b"".join(unpacked(downloaded).values())
    db.session.rollback()
    erasing.finish(run_erasure([one.person_id]), clock.now())
    erasing.rewrite_touched(clock.now())
    assert [(i.table.name, i.key, i.values, i.details) for i in held.items([other.person_id])] == before
    assert len(before) > 5
    with app.test_request_context("/account/data"):
        assert b"".join(export.download(subject, app.extensions["identity"], at)) == downloaded, "not one byte differs"


def run_erasure(people: list[str]) -> int:
    """Accept and carry out, as the view does."""
    with writing():
        erasure_id = erasing.accept(people, language="nl", at=clock.now()).id
        db.session.commit()
    assert erasing.carry_out(erasure_id, clock.now())
    return erasure_id


def test_what_was_accepted_is_completed_by_the_worker_and_not_said_to_be_done_before(
    app: Flask, customer: Browser, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "apply", _fails)
        answer = erase(customer)
    page = Browser(app).get(answer.location)
    assert "Klaar" not in page.text
    assert db.session.scalars(select(Account)).all()
    assert ledger_file().lines() == []
    assert db.session.scalars(select(ErasureSubject.person_id)).all() == [customer.account.person_id]
    db.session.rollback()
    erasing.complete_all(clock.now())
    outbox.carry_out()
    assert erasing.complete_all(clock.now()) == 1
    assert db.session.scalars(select(Account)).all() == []
    assert len(ledger_file().lines()) == 1
    assert db.session.scalars(select(ErasureSubject)).all() == []


def _fails(*_arguments: object) -> None:
    raise OSError("the power went")


def test_a_reader_keeps_the_last_copies_until_they_are_overwritten(
    app: Flask, customer: Browser, outbox: Outbox
) -> None:
    if is_postgresql():
        pytest.skip("PostgreSQL overwrites at night")
    reader = db.engine.raw_connection()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM people").fetchall()
    erasure_id = run_erasure([customer.account.person_id])
    outbox.carry_out()
    assert not erasing.finish(erasure_id, clock.now())
    assert db.session.get(Erasure, erasure_id).finished_at is None
    db.session.rollback()
    reader.execute("ROLLBACK")
    reader.close()
    assert erasing.finish(erasure_id, clock.now())


def test_a_farewell_that_cannot_be_sent_is_given_up_after_a_day(app: Flask, customer: Browser, outbox: Outbox) -> None:
    erasure_id = run_erasure([customer.account.person_id])
    assert not erasing.finish(erasure_id, clock.now())
    assert erasing.finish(erasure_id, clock.now() + timedelta(days=2))
    assert outbox.rows() == []


def test_a_late_webhook_changes_amounts_and_brings_nobody_back(app: Flask, mollie: Any, outbox: Outbox) -> None:
    from shop.payments.flows import start_payment
    from shop.payments.models import PaymentAttempt

    account = make_customer()
    order = make_order(account=account)
    db.session.rollback()
    start_payment(order.id, method="ideal")
    attempt = db.session.scalars(select(PaymentAttempt)).one()
    token, mollie_id = attempt.token, attempt.mollie_id
    with writing():
        from shop.orders import actions

        actions.cancel(db.session.get(Order, order.id), clock.now())
        db.session.commit()
    run_erasure([account.person_id])
    outbox.carry_out()
    before = {name: rows for name, rows in everything().items() if name in ("people", "order_addresses", "accounts")}
    mollie.control.pay(mollie_id)
    assert Browser(app).client.post(f"/webhooks/mollie/{token}", data={"id": mollie_id}).status_code == 200
    outbox.carry_out()
    assert {name: everything()[name] for name in before} == before
    kept = db.session.scalars(select(Order)).one()
    assert (kept.person_id, kept.email) == (None, None)
    assert db.session.scalars(select(PaymentAttempt.status)).one() == "paid"
    assert broken_invariants() == []


def test_whoever_works_here_keeps_that_sign_in(app: Flask) -> None:
    member = make_staff("owner")
    run_erasure([member.person_id])
    assert db.session.scalars(select(Person.id)).all() == [member.person_id]


def test_anybody_can_check_a_receipt(app: Flask, customer: Browser, visitor: Browser) -> None:
    code = erase(customer).location.rpartition("/")[2]
    visitor.get("/erasures")
    page = visitor.post("/erasures", code=f" {code} ")
    assert (page.status, page.location) == (303, f"/erasures/{code}")
    assert visitor.get(f"/en/erasures/{code}").status == 200
    for wrong in ("", "x", "A" * 24, "é"):
        assert visitor.post("/erasures", code=wrong).status == 422
    assert visitor.get("/erasures/AAAAAAAAAAAAAAAAAAAAAAAA").status == 404


def test_a_guest_is_found_by_the_command(app: Flask, outbox: Outbox) -> None:
    order_id = make_order(status="completed", email="gast@example.com").id
    run = app.test_cli_runner().invoke
    assert "nobody here" in run(args=["privacy", "erase", "niemand@example.com", "--yes"]).output
    dry = run(args=["privacy", "erase", "Gast@Example.com", "--dry-run"]).output
    assert "goes: Order" in dry
    assert "dry run: nothing was changed" in dry
    assert db.session.get(Order, order_id).email == "gast@example.com"
    db.session.rollback()
    assert "receipt" in run(args=["privacy", "erase", "gast@example.com", "--yes"]).output
    db.session.expunge_all()
    assert db.session.get(Order, order_id).email is None


def test_every_connection_overwrites_what_is_deleted(app: Flask) -> None:
    if is_postgresql():
        samples = text(
            "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'email'"
        )
        assert db.session.scalar(samples) == 0
        return
    connections = [db.engine.raw_connection() for _n in range(4)]
    assert [c.execute("PRAGMA secure_delete").fetchone()[0] for c in connections] == [1] * 4
    for connection in connections:
        connection.close()
    assert overwriting.overwrite_log(1.0)


def test_every_key_that_an_erasure_follows_has_an_index(app: Flask) -> None:
    told = inspect(db.engine)
    for table in Model.metadata.sorted_tables:
        found = [index["column_names"][0] for index in told.get_indexes(table.name) if not _is_partial(index)]
        found += [unique["column_names"][0] for unique in told.get_unique_constraints(table.name)]
        found += told.get_pk_constraint(table.name)["constrained_columns"][:1]
        for column in _followed(table):
            assert column in found, f"{table.name}.{column} has no index: an erasure would read the whole table"


def _is_partial(index: Any) -> bool:
    return any("where" in name for name in index.get("dialect_options", {}))


def _followed(table: Any) -> list[str]:
    subjects = {t.name for t in Model.metadata.sorted_tables if any(_is_subject(c) for c in t.columns)} | {"people"}
    subjects -= {"staff_members"}  # who works here is not erased; a former member goes once in years
    return [k.parent.name for k in table.foreign_keys if k.column.table.name in subjects]


def _is_subject(column: Any) -> bool:
    declared = declaration_of(column)
    return declared is not None and declared.kind == "subject"


def test_what_the_law_keeps_never_hangs_on_a_row_that_goes(app: Flask) -> None:
    goes, seen = [PEOPLE], set()
    while goes:
        table = goes.pop()
        for column, how in keys_to(table):
            assert how is not Erase.KEEP, f"{column.table.name} is kept by law, but hangs on {table.name}, which goes"
            if how is Erase.DELETE and column.table not in seen:
                seen.add(column.table)
                goes.append(column.table)


def test_erasing_asks_no_more_for_many_orders_than_for_one(app: Flask) -> None:
    counts = []
    for orders in (1, 12):
        account = make_customer()
        for _n in range(orders):
            bought(account)
        person = account.person_id
        with _counting() as asked:
            run_erasure([person])
        counts.append(len(asked))
    assert counts[1] <= counts[0] * 2.2, counts


@contextmanager
def _counting() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_an_outbox_row_is_gone_also_while_it_is_being_sent(app: Flask, customer: Browser) -> None:
    from shop.core import outbox as core

    with writing():
        core.put(
            "mail", "k", at=clock.now(), person_id=customer.account.person_id, content=b"To: x@example.com\r\n\r\nx"
        )
        db.session.commit()
    row = core.claim(clock.now())
    assert row is not None
    run_erasure([customer.account.person_id])
    core.carry_out(row)
    assert [r.kind for r in db.session.scalars(select(OutboxRow))] == ["farewell"]


def test_someone_who_signs_up_again_is_somebody_else(app: Flask, customer: Browser, outbox: Outbox) -> None:
    email = customer.account.email
    erase(customer)
    again = make_customer(email=email)
    browser = Browser(app)
    sign_in(browser, again)
    assert browser.get("/account/orders").status == 200
