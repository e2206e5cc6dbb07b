"""The forecast, the hold with its reason and its end, the last run, and the alarm when there was none."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.core import clock
from shop.core.db import db, writing
from shop.orders.models import Order
from shop.privacy.actions import erasing
from shop.privacy.commands import run_retention
from shop.privacy.models.retention import Hold, RetentionRun
from tests.factories import make_order
from tests.privacy.rows import everything

pytestmark = pytest.mark.both_databases
PAGE = "/staff/privacy/retention"


def ended(days: int) -> Order:
    """An order that ended so many days ago, with a telephone number."""
    order = make_order(status="completed", telephone="+31612345678")
    then = clock.now() - timedelta(days=days)
    with writing():
        db.session.execute(update(Order).where(Order.id == order.id).values(ended_at=then, delivered_at=then))
        db.session.commit()
    return order


def run() -> dict[str, int]:
    """The nightly job."""
    db.session.rollback()
    done = {what: times for what, times in run_retention(clock.now()) if times}
    db.session.expire_all()
    return done


def test_the_forecast_names_what_goes_within_a_week(app: Flask, staff: Any) -> None:
    soon, later = ended(25).number, ended(5).number
    page = staff("privacy").get(PAGE)
    assert soon in page.text
    assert later not in page.text
    assert "Telefoonnummer" in page.text


def test_a_hold_keeps_a_row_until_its_day_and_no_longer(app: Flask, staff: Any) -> None:
    held, other = ended(40).id, ended(40).id
    owner = staff("owner")
    page = owner.get(f"{PAGE}/hold?row=orders:{held}")
    until = (clock.today() + timedelta(days=30)).isoformat()
    before = everything()["holds"]
    assert owner.send(f"{PAGE}/hold", reason="", until=until).status == 422
    assert owner.send(f"{PAGE}/hold", reason="Geschil", until="2020-01-01").status == 422
    assert owner.post(f"{PAGE}/hold", row="orders:999999", reason="Geschil", until=until).status == 404
    assert owner.post(f"{PAGE}/hold", row="vat_rates:1", reason="Geschil", until=until).status == 404
    assert everything()["holds"] == before
    owner.get(f"{PAGE}/hold?row=orders:{held}")
    assert owner.send(f"{PAGE}/hold", reason="Geschil over de levering", until=until).status == 303
    assert "Geschil over de levering" in owner.get(PAGE).text
    run()
    assert db.session.get(Order, held).telephone
    assert db.session.get(Order, other).telephone is None
    past = {"created_at": clock.now() - timedelta(9), "ends_at": clock.now() - timedelta(1)}
    with writing():
        db.session.execute(update(Hold).values(**past))
        db.session.commit()
    run()
    assert db.session.get(Order, held).telephone is None
    assert db.session.scalars(select(Hold)).all() == []
    assert page.status == 200


def test_what_is_held_outlives_an_erasure_too(app: Flask, staff: Any) -> None:
    order = ended(1)
    person, order_id = order.person_id, order.id
    owner = staff("owner")
    owner.get(f"{PAGE}/hold?row=orders:{order_id}")
    owner.send(f"{PAGE}/hold", reason="Vordering", until=(clock.today() + timedelta(days=9)).isoformat())
    with writing():
        erasure_id = erasing.accept([person], language="nl", at=clock.now()).id
        db.session.commit()
    erasing.carry_out(erasure_id, clock.now())
    assert db.session.get(Order, order_id).email
    assert owner.get(PAGE).status == 200
    hold_id = db.session.scalars(select(Hold.id)).one()
    assert owner.post(f"{PAGE}/holds/{hold_id}/end").status == 303
    assert owner.post(f"{PAGE}/holds/{hold_id}/end").status == 404


def test_staff_is_told_when_the_job_has_not_run(app: Flask, staff: Any) -> None:
    alarm = "al meer dan een dag niet afgerond"
    owner = staff("owner")
    assert alarm in owner.get("/staff").text
    run()
    assert alarm not in owner.get("/staff").text
    assert "Laatst gedaan" in owner.get(PAGE).text
    with writing():
        db.session.execute(update(RetentionRun).values(began_at=clock.now() - timedelta(hours=30)))
        db.session.commit()
    assert alarm in owner.get("/staff").text
    assert alarm not in staff("fulfilment").get("/staff").text


def test_who_packs_sees_no_forecast(app: Flask, staff: Any) -> None:
    browser = staff("fulfilment")
    assert browser.get(PAGE).status == 403
    assert browser.get(f"{PAGE}/hold").status == 403
    assert browser.post(f"{PAGE}/holds/1/end").status == 403
