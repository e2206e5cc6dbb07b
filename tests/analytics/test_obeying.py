"""Who objected to analysis, or whose data may only be stored, is in no count and in no visit while signed in."""

import pytest
from sqlalchemy import func, select

from shop.analytics.models import Activity, Count
from shop.core import clock
from shop.core.db import db
from shop.people.models import Restriction
from tests.factories import make_customer, sign_in

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("kind", ["analysis", "restricted", "objection", "child", "preferences", None])
def test_a_stop_is_obeyed_at_once(app, guest, write, kind):
    account, one = make_customer(), guest()
    sign_in(one, account)
    one.post("/consent", choice="all")
    write()
    before = db.session.scalar(select(func.count()).select_from(Activity))
    counted = db.session.scalar(select(func.sum(Count.times)))
    if kind:
        db.session.add(Restriction(person_id=account.person_id, kind=kind, set_at=clock.now()))
        db.session.commit()
    page = one.get("/")
    write()
    stops_analysis = kind in ("analysis", "restricted", "objection", "child")
    assert (db.session.scalar(select(func.count()).select_from(Activity)) == before) is stops_analysis
    assert (db.session.scalar(select(func.sum(Count.times))) == counted) is stops_analysis
    assert (b"preferences.js" in page.body) is (kind in (None, "analysis"))
