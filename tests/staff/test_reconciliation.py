"""The reconciliation page: for the owner and bookkeeping, with a repair for each kind."""

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.operations import reconciling
from shop.operations.models import Difference, ReconciliationRun
from shop.payments import flows
from shop.payments.models import PaymentAttempt
from shop.staff.views.reconciliation import KINDS
from tests.factories import make_order


def test_every_kind_has_its_name_and_its_repair():
    kinds = {getattr(reconciling, name) for name in
             ("UNKNOWN", "DIFFERS", "ONLY_OURS", "BALANCE", "STOCK", "PAPERS", "PAPER_TOTAL", "OTHER")}  # fmt: skip
    assert set(KINDS) == kinds


@pytest.mark.parametrize("role", ["owner", "bookkeeping"])
def test_a_difference_is_repaired_with_its_button(app, staff, mollie, role):
    mollie.control.webhooks("off")
    attempt = flows.start_payment(make_order().id, method="ideal")
    attempt_id, mollie_id = attempt.id, str(attempt.mollie_id)
    db.session.rollback()
    mollie.control.pay(mollie_id)
    db.session.add(ReconciliationRun(started_at=clock.now(), finished_at=clock.now()))
    db.session.flush()
    run = db.session.scalars(select(ReconciliationRun)).one()
    db.session.add(Difference(run_id=run.id, kind="mollie_differs", reference=mollie_id, attempt_id=attempt_id))
    db.session.commit()
    difference = db.session.scalars(select(Difference.id)).one()
    browser = staff(role)
    page = browser.get("/staff/reconciliation")
    assert "Mollie zegt iets anders over een betaling" in page.text
    page = browser.send(f"/staff/reconciliation/{difference}/ask", _follow=True)
    assert "Mollie is naar deze betaling gevraagd" in page.text
    db.session.rollback()
    assert db.session.get_one(PaymentAttempt, attempt_id).status == "paid"
    page = browser.send("/staff/reconciliation/run", _follow=True)
    assert "Geen verschillen" in page.text


def test_the_first_page_warns_when_nothing_was_compared(app, staff, mollie):
    browser = staff("owner")
    assert "al meer dan een dag niet vergeleken" in browser.get("/staff").text
    browser.get("/staff/reconciliation")
    browser.send("/staff/reconciliation/run")
    assert "al meer dan een dag niet vergeleken" not in browser.get("/staff").text
    assert "niet vergeleken" not in staff("fulfilment").get("/staff").text
