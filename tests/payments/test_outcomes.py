"""What the money does to the order: late, double, out of order, too little (rows 9 to 21, 26, 58, 59 and 61)."""

import itertools
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.orders import actions as orders
from shop.orders.models import Order, OrderLine
from shop.payments import actions, flows, jobs
from shop.payments.models import AttentionItem, PaymentAttempt
from shop.payments.mollie_gateway import Answer
from tests.factories import make_attempt, make_order, make_product
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def overdue(till: Till, order_id: int) -> None:
    """Let the order's time to pay be over."""
    till.change(Order, order_id, expires_at=clock.now() - timedelta(seconds=1))


def due(till: Till, order_id: int) -> None:
    """Let it be time to ask Mollie about the order's newest try."""
    till.change(PaymentAttempt, till.attempt(order_id).id, next_ask_at=clock.now() - timedelta(seconds=1))


def test_row_09_the_webhook_never_comes_and_the_job_settles_the_order(till: Till) -> None:
    till.control.webhooks("off")
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    assert jobs.reconcile_due() == 0
    due(till, order_id)
    assert jobs.reconcile_due() == 1
    state = till.state(order_id)
    assert (state.status, state.applied, state.mails) == ("confirmed", ("settles",), ("order_confirmation",))
    assert state.attention == ()
    assert till.attempt(order_id).next_ask_at is None
    assert till.nothing_is_broken()


def test_row_09_a_hundred_lost_webhooks_are_all_found_in_one_round(till: Till) -> None:
    till.control.webhooks("off")
    shelf = make_product(stock=20)
    found = [till.started(product=shelf) for _order in range(20)]
    for order_id, mollie_id in found:
        till.control.pay(mollie_id)
        due(till, order_id)
    assert jobs.reconcile_due() == 20
    assert {till.state(order_id).status for order_id, _id in found} == {"confirmed"}
    assert till.nothing_is_broken()


def test_row_10_paid_but_the_webhook_gave_up_long_ago(till: Till) -> None:
    till.control.webhooks("off")
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    long_ago = (clock.now() - timedelta(hours=26)).isoformat()
    till.control.alter(mollie_id, paidAt=long_ago)
    due(till, order_id)
    assert jobs.reconcile_due() == 1
    state = till.state(order_id)
    assert state.status == "confirmed"
    assert state.attention == ("webhook_silent",)


def test_row_11_paid_just_before_the_order_would_expire(till: Till) -> None:
    till.control.webhooks("off")
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    overdue(till, order_id)
    assert jobs.expire_due() == 0
    assert till.state(order_id).status == "confirmed"
    assert till.stock() == 9


def test_row_11_paid_between_our_question_and_the_expiry(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, mollie_id = till.started()
    overdue(till, order_id)
    asked = flows.reconcile

    def asked_and_then_paid(attempt_id: int, **kwargs: object) -> bool:
        answer = asked(attempt_id)
        till.change(Order, order_id, expires_at=clock.now() - timedelta(seconds=1))
        till.control.webhooks("hold")
        till.control.pay(mollie_id)
        return answer

    monkeypatch.setattr(flows, "reconcile", asked_and_then_paid)
    assert jobs.expire_due() == 1
    monkeypatch.undo()
    till.control.release_webhooks()
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.applied) == ("confirmed", ("settles",))
    assert till.stock() == 9
    assert till.nothing_is_broken()


def test_row_11_while_mollie_cannot_be_asked_nothing_expires(till: Till) -> None:
    order_id, _mollie_id = till.started()
    overdue(till, order_id)
    till.control.answer_next(503, operation="payments.get")
    assert jobs.expire_due() == 0
    assert till.state(order_id).status == "placed"


def test_an_order_that_nobody_paid_expires_and_gives_its_stock_back_once(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.expire(mollie_id)
    till.control.settle()
    overdue(till, order_id)
    assert jobs.expire_due() == 1
    assert jobs.expire_due() == 0
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("expired", ("expired",))
    assert till.stock() == 10
    assert till.nothing_is_broken()


def test_an_open_payment_keeps_the_stock_until_it_ends(till: Till) -> None:
    order_id, _mollie_id = till.started()
    overdue(till, order_id)
    assert jobs.expire_due() == 0
    attempt = till.attempt(order_id)
    expires_at = db.session.get_one(Order, order_id).expires_at
    assert expires_at is not None
    assert attempt.expires_at is not None
    assert expires_at > attempt.expires_at


def test_row_12_two_open_payments_both_paid(till: Till) -> None:
    order_id = till.order()
    first = till.start(order_id, "ideal")
    second = till.start(order_id, "creditcard")
    till.pay(first)
    till.pay(second)
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("confirmed", ("paid", "paid"))
    assert state.applied == ("settles", "surplus")
    assert state.attention == ("paid_twice",)
    assert state.mails == ("order_confirmation",)
    assert till.stock() == 9
    item = db.session.query(AttentionItem).one()
    assert (item.attempt_id, item.amount_cents) == (till.attempt(order_id).id, 1745)
    assert till.nothing_is_broken()


def test_row_13_a_second_try_with_the_same_method_goes_on_with_the_first(till: Till) -> None:
    order_id, first = till.started()
    assert till.start(order_id) == first
    assert len(till.attempts(order_id)) == 1
    assert till.start(order_id, "creditcard") != first
    assert [attempt.status for attempt in till.attempts(order_id)] == ["open", "open"]


def test_row_13_a_link_that_has_nearly_ended_is_not_reused(till: Till) -> None:
    order_id, first = till.started()
    attempt = till.attempt(order_id)
    till.change(PaymentAttempt, attempt.id, expires_at=clock.now() + timedelta(minutes=1))
    assert till.start(order_id) != first


def test_row_14_an_old_attempt_expires_after_a_newer_one_was_paid(till: Till) -> None:
    order_id = till.order()
    old, new = till.start(order_id), till.start(order_id, "creditcard")
    till.pay(new)
    till.control.expire(old)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("confirmed", ("expired", "paid"))
    assert state.mails == ("order_confirmation",)
    assert till.stock() == 9


def test_row_15_an_old_attempt_expires_while_a_newer_one_is_pending(till: Till) -> None:
    order_id = till.order()
    old, new = till.start(order_id), till.start(order_id, "creditcard")
    till.control.leave_pending(new)
    till.reconcile(order_id)
    till.control.expire(old)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.attempts, state.mails) == ("placed", ("expired", "pending"), ())
    overdue(till, order_id)
    assert jobs.expire_due() == 0
    assert till.state(order_id).status == "placed"


def test_row_16_the_older_attempt_is_the_one_that_is_paid(till: Till) -> None:
    order_id = till.order()
    old, new = till.start(order_id, "banktransfer"), till.start(order_id, "ideal")
    till.control.expire(new)
    till.control.settle()
    till.pay(old)
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied) == ("confirmed", ("paid", "expired"), ("settles",))


def test_row_17_an_attempt_expires_for_an_order_that_was_confirmed_otherwise(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.change(Order, order_id, pays_by="pickup")
    till.do(orders.confirm, order_id)
    till.control.expire(mollie_id)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.applied, state.mails) == ("confirmed", (), ("order_confirmation",))
    assert state.events[-1] == "payment_expired"


def test_row_18_paid_after_expiry_with_stock_left(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.do(orders.expire, order_id)
    assert till.stock() == 10
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles",), ())
    assert state.mails == ("order_confirmation",)
    assert till.stock() == 9
    assert till.nothing_is_broken()


def test_row_18_paid_after_expiry_and_the_stock_is_gone(till: Till) -> None:
    order_id, mollie_id = till.started(stock=1)
    till.do(orders.expire, order_id)
    make_order((till.product, 1))
    db.session.rollback()
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied) == ("expired", ("paid",), ("surplus",))
    assert state.attention == ("paid_late_no_stock",)
    assert "paid_too_late" in state.events
    assert state.mails == ()
    assert till.stock() == 0
    assert till.nothing_is_broken()


def test_row_18_paid_after_cancellation(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.do(orders.cancel, order_id)
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("canceled", ("surplus",), ("paid_after_cancel",))
    assert till.stock() == 10
    assert till.nothing_is_broken()


def test_canceling_a_paid_order_asks_staff_about_the_money(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    till.do(orders.cancel, order_id, staff_id=7)
    assert till.state(order_id).attention == ("canceled_paid",)
    assert till.stock() == 10


def test_row_19_the_last_piece_is_paid_by_two(till: Till) -> None:
    first, first_payment = till.started(stock=1)
    till.do(orders.expire, first)
    second, second_payment = till.started(product=till.product)
    till.pay(second_payment)
    till.pay(first_payment)
    assert till.state(second).status == "confirmed"
    assert till.state(first).attention == ("paid_late_no_stock",)
    assert [delivery["answers"] for delivery in till.control.deliveries()] == [[200], [200]]
    assert till.stock() == 0
    assert till.nothing_is_broken()


@pytest.mark.parametrize(("value", "currency"), [("0.01", "EUR"), ("17.44", "EUR"), ("17.45", "USD"), ("99.99", "EUR")])
def test_row_21_another_amount_or_currency_than_we_asked(till: Till, value: str, currency: str) -> None:
    order_id, mollie_id = till.started()
    till.control.show_amount(mollie_id, value, currency)
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied) == ("placed", ("open",), ())
    assert state.attention == ("wrong_amount",)
    overdue(till, order_id)
    assert jobs.expire_due() == 0
    till.control.be_honest(mollie_id)
    assert till.reconcile(order_id)
    assert till.state(order_id).status == "confirmed"


def test_row_26_a_test_payment_never_pays_in_a_live_shop(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.show_mode(mollie_id, "live")
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("placed", (), ("test_payment_in_live",))


def test_row_26_an_attempt_of_the_other_mode_is_not_asked_for_with_this_key(till: Till) -> None:
    order = make_order()
    attempt = make_attempt(order, mode="live", next_ask_at=clock.now())
    assert flows.reconcile(attempt.id) is True
    assert till.mollie.requests() == []
    assert till.state(order.id).events[-1] == "payment_other_mode"
    assert till.attempt(order.id).next_ask_at is None


def test_row_26_a_payment_that_mollie_does_not_know_is_noted_once(till: Till) -> None:
    order = make_order()
    attempt = make_attempt(order, next_ask_at=clock.now())
    assert flows.reconcile(attempt.id) is True
    assert flows.reconcile(attempt.id) is True
    assert till.state(order.id).events == ("placed", "payment_unknown_at_mollie")


def test_row_58_the_product_was_deleted_before_the_webhook(till: Till) -> None:
    order_id, mollie_id = till.started()
    db.session.execute(update(OrderLine).values(variant_id=None))
    db.session.execute(delete(Variant).where(Variant.id == -1))
    db.session.commit()
    till.pay(mollie_id)
    assert till.state(order_id).status == "confirmed"


def test_row_58_paid_late_for_a_product_that_is_gone(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.do(orders.expire, order_id)
    db.session.execute(update(OrderLine).values(variant_id=None))
    db.session.commit()
    till.pay(mollie_id)
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("expired", ("surplus",), ("paid_late_no_stock",))


def test_row_59_a_status_nobody_knows_is_not_final(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.show_status(mollie_id, "paidout")
    assert till.reconcile(order_id)
    state = till.state(order_id)
    assert (state.status, state.attempts) == ("placed", ("open",))
    assert till.attempt(order_id).next_ask_at is not None


def test_row_59_a_method_nobody_knows_is_taken_as_it_is(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.alter(mollie_id, method="wero")
    till.pay(mollie_id)
    assert till.state(order_id).status == "confirmed"
    assert till.attempt(order_id).method == "wero"


def test_row_61_paid_without_a_moment(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.hide_paid_at(mollie_id)
    till.pay(mollie_id)
    assert till.state(order_id).status == "confirmed"
    assert till.attempt(order_id).paid_at is not None


def test_row_61_a_moment_without_paid_is_not_paid(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.alter(mollie_id, paidAt=clock.now().isoformat())
    assert till.reconcile(order_id)
    assert till.state(order_id).status == "placed"


def test_a_chargeback_is_told_once_and_the_order_stays(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    till.control.charge_back(mollie_id)
    till.control.settle()
    till.reconcile(order_id)
    state = till.state(order_id)
    assert (state.status, state.attention) == ("confirmed", ("chargeback",))
    assert state.mails == ("order_confirmation",)
    assert till.attempt(order_id).charged_back_cents == 1745


def test_a_failed_payment_is_told_by_mail_once(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.fail(mollie_id)
    till.control.settle()
    second = till.start(order_id)
    till.control.fail(second)
    till.control.settle()
    assert till.state(order_id).mails == ("payment_failed",)


def test_a_canceled_payment_is_told_on_the_page_only(till: Till) -> None:
    order_id, mollie_id = till.started()
    till.control.cancel(mollie_id)
    till.control.settle()
    assert till.state(order_id).mails == ()


ORDERS = list(itertools.permutations(["open", "pending", "paid", "failed", "expired"]))


@pytest.mark.parametrize("statuses", ORDERS, ids=["-".join(order) for order in ORDERS])
def test_answers_in_any_order_never_lead_back_from_paid(app: Flask, statuses: tuple[str, ...]) -> None:
    order = make_order()
    attempt = make_attempt(order)
    at = clock.now()
    for number, status in enumerate(statuses):
        answer = Answer(
            id=attempt.mollie_id or "",
            status=status,
            mode="test",
            method="ideal",
            amount_cents=order.total_cents,
            currency="EUR",
            created_at=at,
            expires_at=None,
            paid_at=None,
            token=attempt.token,
            refunded_cents=0,
            charged_back_cents=0,
            checkout_url=None,
            is_cancelable=False,
        )
        actions.take_in(order, attempt, answer, asked_at=at + timedelta(seconds=number), by="webhook")
    assert (attempt.status, order.status) == ("paid", "confirmed")
    db.session.commit()


def test_row_52_a_handler_that_dies_half_way_is_finished_by_the_next_call(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.control.webhooks("off")
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    for step in ("note_event", "confirm"):
        with monkeypatch.context() as broken:
            broken.setattr(orders, step, dies)
            with pytest.raises(Died):
                till.webhook(order_id, mollie_id)
        state = till.state(order_id)
        assert (state.status, state.attempts, state.applied, state.mails) == ("placed", ("open",), (), ())
    assert till.webhook(order_id, mollie_id) == 200
    state = till.state(order_id)
    assert (state.status, state.applied, state.mails) == ("confirmed", ("settles",), ("order_confirmation",))
    assert till.nothing_is_broken()


class Died(Exception):
    """The process came to its end just here."""


def dies(*_args: object, **_kwargs: object) -> None:
    """Come to an end."""
    raise Died


def test_an_authorized_payment_confirms_the_order_and_its_capture_changes_nothing_more(till: Till) -> None:
    order_id = till.order()
    mollie_id = till.start(order_id, "klarna")
    till.control.authorize(mollie_id)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.attempts, state.applied) == ("confirmed", ("authorized",), ("settles",))
    assert till.attempt(order_id).paid_at is None
    assert till.attempt(order_id).next_ask_at is not None
    till.control.pay(mollie_id)
    till.control.settle()
    state = till.state(order_id)
    assert (state.attempts, state.applied, state.attention) == (("paid",), ("settles",), ())
    assert state.mails == ("order_confirmation",)
    assert till.attempt(order_id).paid_at is not None


def test_an_authorized_payment_that_is_lost_is_told_to_staff(till: Till) -> None:
    order_id = till.order()
    mollie_id = till.start(order_id, "klarna")
    till.control.authorize(mollie_id)
    till.control.settle()
    till.control.cancel(mollie_id)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.attempts, state.attention) == ("confirmed", ("canceled",), ("authorization_lost",))


def test_the_commands_say_what_they_did(app: Flask, till: Till) -> None:
    till.control.webhooks("off")
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    run = app.test_cli_runner().invoke
    assert "0 payments" in run(args=["payments", "reconcile"]).output
    assert "1 payments" in run(args=["payments", "reconcile", "--all"]).output
    assert till.state(order_id).status == "confirmed"
    late = till.order()
    overdue(till, late)
    assert "1 orders are overdue" in run(args=["orders", "expire", "--dry-run"]).output
    assert till.state(late).status == "placed"
    assert "1 orders expired" in run(args=["orders", "expire"]).output
    assert till.state(late).status == "expired"
    assert "3 countries" in run(args=["payments", "methods"]).output
