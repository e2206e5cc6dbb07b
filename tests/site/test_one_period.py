"""One period changes in the register, and everything that tells or keeps it changes along: nothing is written twice."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from shop.core import clock
from shop.core.db import Model, db
from shop.core.i18n import speaking
from shop.core.personal_data import Event, Keep, declaration_of
from shop.core.personal_data.declarations import KEY
from shop.core.templating import day
from shop.orders.models import Order
from shop.privacy.actions.retention import carry_out
from shop.privacy.documents import personal_data_document
from shop.privacy.queries import held
from shop.privacy.queries.retention import terms
from tests.factories import make_customer, make_order, make_product, make_shipping
from tests.page import Browser

pytestmark = pytest.mark.both_databases
COLUMN = Model.metadata.tables["orders"].c.telephone


@pytest.fixture(params=[30, 41])
def days(app: Flask, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How long the register has a telephone number kept after delivery: as it is, or another period."""
    told = declaration_of(COLUMN)
    assert told is not None
    assert told.keep == Keep(Event.DELIVERED, days=30)
    other = dataclasses.replace(told, keep=Keep(Event.DELIVERED, days=request.param))
    monkeypatch.setitem(COLUMN.info, KEY, other)
    app.extensions.pop("statements", None)
    return int(request.param)


def test_page_notice_end_date_record_and_night_follow_one_period(app: Flask, visitor: Browser, days: int) -> None:
    make_shipping()
    label, period = "Telefoonnummer, voor vragen over de bezorging", f"{days} dagen na "
    account = make_customer()
    order = make_order((make_product(), 1), status="completed", account=account, telephone="0612345678")
    order.telephone, order.delivered_at = "0612345678", clock.now()
    delivered_at = order.delivered_at
    db.session.commit()

    rows = visitor.get("/privacy").soup.find_all("tr")
    assert [row for row in rows if label in row.get_text() and period in row.get_text()], "the privacy page"

    visitor.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
    notice = visitor.get("/checkout").soup.find("details", class_="form-notice").get_text(" ")
    assert period in notice, "the notice under the form"

    (item,) = (one for one in held.items([account.person_id]) if one.table.name == "orders")
    (value,) = (one for one in item.values if one.field.column is COLUMN)
    last_day = clock.local_date(delivered_at) + timedelta(days=days)
    assert value.ends_on == last_day, "the customer's end date"
    with speaking("nl"):
        assert day(last_day)

    record = personal_data_document(Model.metadata)
    (line,) = [one for one in record.splitlines() if one.startswith("| telephone | Telephone number, for")]
    assert f"{days} days after delivery" in line, "the record"

    def after(number: int) -> str | None:
        with time_machine.travel(delivered_at + timedelta(days=number), tick=False):
            for term in terms(Model.metadata):
                carry_out(term, clock.now())
            db.session.commit()
        db.session.expire_all()
        found: str | None = db.session.get(Order, order.id).telephone
        return found

    assert after(days - 1) == "0612345678", "the night before"
    assert after(days + 1) is None, "the night after"
