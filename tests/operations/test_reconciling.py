"""The daily comparison: in a shop that is well nothing differs; each kind of difference is found, and repaired."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.operations import reconciling
from shop.operations.doctor import findings
from shop.operations.jobs import reconcile_once_a_day
from shop.operations.models import Difference, ReconciliationRun
from shop.payments import flows
from shop.payments.models import PaymentAttempt
from tests.factories import make_attempt, make_order

pytestmark = pytest.mark.both_databases


@pytest.fixture
def mollie(mollie):
    """Webhooks are off: only what is asked is known."""
    mollie.control.webhooks("off")
    return mollie


def paid(mollie) -> tuple[int, str]:
    """An order that was paid: the numbers of its attempt here and at Mollie."""
    attempt = flows.start_payment(make_order().id, method="ideal")
    attempt_id, mollie_id = attempt.id, str(attempt.mollie_id)
    db.session.rollback()
    mollie.control.pay(mollie_id)
    flows.reconcile(attempt_id)
    return attempt_id, mollie_id


def found(at=None) -> list[str]:
    """The kinds of differences that a comparison an hour from now finds."""
    run_id = reconciling.reconcile_everything(at=at or clock.now() + timedelta(hours=1))
    question = select(Difference.kind).where(Difference.run_id == run_id).order_by(Difference.id)
    kinds = list(db.session.scalars(question))
    db.session.rollback()
    return kinds


def change_attempt(attempt_id: int, **values) -> None:
    attempt = db.session.get_one(PaymentAttempt, attempt_id)
    for name, value in values.items():
        setattr(attempt, name, value)
    db.session.commit()


def test_in_a_shop_that_is_well_nothing_differs(app, mollie):
    paid(mollie)
    assert found() == []
    run = reconciling.last_run()
    assert (run.payments, run.problem) == (1, "")


def test_a_payment_that_mollie_tells_otherwise_is_found_and_repaired_by_asking(app, mollie):
    attempt = flows.start_payment(make_order().id, method="ideal")
    attempt_id, mollie_id = attempt.id, str(attempt.mollie_id)
    db.session.rollback()
    mollie.control.pay(mollie_id)
    assert found() == ["mollie_differs"]
    flows.reconcile(attempt_id)
    assert found() == []


def test_money_at_mollie_that_nobody_here_knows_is_found(app, mollie):
    attempt_id, _mollie_id = paid(mollie)
    change_attempt(attempt_id, mollie_id="tr_somethingelse")
    assert found() == ["mollie_unknown", "only_ours"]


def test_a_paid_attempt_that_mollie_has_not_is_found(app, mollie):
    make_order(status="confirmed")
    assert found() == ["only_ours"]


def test_an_order_without_its_money_and_a_stock_that_does_not_add_up_are_found(app, mollie):
    order = make_order()
    make_attempt(order, status="paid", mode="live")
    assert found() == ["balance"]
    db.session.scalars(select(Variant)).first().stock = 3
    db.session.commit()
    assert found() == ["balance", "stock"]


def test_while_mollie_is_silent_the_rest_is_compared_and_the_alarm_stays(app, mollie):
    assert reconciling.is_late(clock.now())
    mollie.control.answer_next(500, operation="payments.list")
    assert reconcile_once_a_day() == 1
    assert reconciling.last_run().problem != ""
    assert reconciling.is_late(clock.now())
    assert reconcile_once_a_day() == 1, "it is tried again"
    assert not reconciling.is_late(clock.now())
    assert reconcile_once_a_day() == 0, "once a day is enough"
    assert reconciling.is_late(clock.now() + timedelta(hours=27))


def test_old_results_are_forgotten(app, mollie):
    db.session.add(ReconciliationRun(started_at=clock.now() - timedelta(days=401), finished_at=clock.now()))
    db.session.commit()
    found()
    assert len(reconciling.earlier_runs()) == 1


def test_the_doctor_says_when_nothing_was_compared(app, mollie):
    def late() -> list[str]:
        told = [finding.text for finding in findings(app) if finding.text.startswith("reconciliation")]
        db.session.rollback()
        return told

    (text,) = late()
    assert "/staff/reconciliation" in text
    reconciling.reconcile_everything(at=clock.now())
    assert late() == []
