"""What is kept of a withdrawal, and how long; and that an older shop's rows survive the new tables."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from shop import create_app
from shop.aftersale import returns
from shop.aftersale.models import Withdrawal
from shop.aftersale.withdrawing import Statement, declare
from shop.core import clock
from shop.core.db import db
from shop.people.models import Person
from shop.privacy.commands import retain
from tests.conftest import settings
from tests.databases import new_database, shared_folder
from tests.factories import make_staff

pytestmark = pytest.mark.both_databases


def test_sixty_days_after_it_ended_only_the_fact_and_the_date_are_left(app: Flask, at: Any) -> None:
    at("2026-03-02 12:00")
    told = Statement("Sanne", "26-XXXXXX", "sanne@example.com", "nl", what="een kom")
    wid = declare(told, receipt="r" * 43, is_mailed=False, at=clock.now()).id
    db.session.commit()
    at("2026-06-02 12:00")
    list(retain(clock.now(), is_dry=False))
    db.session.expire_all()
    assert db.session.get_one(Withdrawal, wid).name == "Sanne"  # nobody has judged it yet
    returns.judge(wid, "refused", reason="niet van ons", staff_id=_member(), at=clock.now())
    db.session.commit()
    for days, name in ((59, "Sanne"), (61, None)):
        list(retain(clock.now() + timedelta(days=days), is_dry=False))
        db.session.expire_all()
        assert db.session.get_one(Withdrawal, wid).name == name
    left = db.session.get_one(Withdrawal, wid)
    assert (left.order_reference, left.email, left.what, left.reason) == (None, None, None, None)
    assert left.submitted_at is not None
    assert left.decision == "refused"


def _member() -> int:
    return int(make_staff("owner").id)


def test_products_of_an_older_shop_can_all_be_withdrawn_from(
    backend: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop = create_app(settings(tmp_path, new_database(backend, tmp_path, shared_folder(tmp_path_factory)), "http://x"))
    with shop.app_context():
        flask_migrate.upgrade(revision="0001")
        columns = "slug, kind, vat_class, name_nl, name_en, summary_nl, summary_en, description_nl, description_en"
        more = "description_html_nl, description_html_en, warnings_nl, warnings_en, search_nl, search_en"
        last = "maker_name, maker_address, maker_email, download_key, is_published, is_featured, rank, updated_at"
        values = (
            "'pot', 'goods', 'standard', 'Pot', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', true, false"
        )
        db.session.execute(
            text(f"INSERT INTO products ({columns}, {more}, {last}) VALUES ({values}, 0, '2026-03-02 12:00:00')")
        )
        db.session.commit()
        flask_migrate.upgrade()
        question = text("SELECT slug, withdrawal_exclusion FROM products")
        assert [tuple(row) for row in db.session.execute(question)] == [("pot", "")]
        db.session.rollback()
        db.session.execute(text("UPDATE products SET withdrawal_exclusion = 'perishable'"))
        db.session.commit()
        flask_migrate.downgrade(revision="0001")
        assert db.session.execute(text("SELECT slug FROM products")).scalar_one() == "pot"
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def test_an_unknown_order_leaves_no_person_behind(app: Flask, at: Any) -> None:
    at("2026-03-02 12:00")
    told = Statement("Sanne", "26-XXXXXX", "sanne@example.com", "nl")
    wid = declare(told, receipt="r" * 43, is_mailed=False, at=clock.now()).id
    returns.judge(wid, "refused", reason="niet van ons", staff_id=_member(), at=clock.now())
    db.session.commit()
    own = db.session.get_one(Withdrawal, wid).person_id
    for _time in range(2):
        list(retain(clock.now() + timedelta(days=100), is_dry=False))
    db.session.expire_all()
    assert db.session.get(Person, own) is None
    assert db.session.get_one(Withdrawal, wid).person_id is None
