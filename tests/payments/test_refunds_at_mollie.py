"""Refunds between us and Mollie (rows 38 to 44): never lost, never doubled, and shown as they are."""

import json
from datetime import timedelta

import pytest
import time_machine

from shop.core import clock
from shop.core.db import db
from shop.payments import jobs, sending
from shop.payments.models import Refund
from shop.payments.refunding import MoreThanRemains
from shop.payments.signals import refund_failed, refund_settled
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def test_an_accepted_refund_reaches_the_customer_and_is_told_once(back: Back, till: Till) -> None:
    told: list[int] = []
    order_id, _mollie_id = back.paid()
    with refund_settled.connected_to(lambda _sender, **news: told.append(news["refund"].id)):
        refund_id = back.accept(order_id, 500)
        assert back.refunds(order_id) == [("queued", 500)]
        assert back.asked() == []
        back.send()
        assert back.refunds(order_id) == [("pending", 500)]
        assert back.balance(order_id).refunding_cents == 500
        till.control.advance(70)
        assert back.refunds(order_id) == [("processing", 500)]
        till.control.advance(70)
        assert back.refunds(order_id) == [("refunded", 500)]
        back.look(order_id)
    assert told == [refund_id]
    assert (back.balance(order_id).refunded_cents, back.balance(order_id).refunding_cents) == (500, 0)
    assert back.mails("order_refunded") == 1
    assert [event for event in till.state(order_id).events if event.startswith("refund")] == [
        "refund_proposed",
        "refund_accepted",
        "refunded",
    ]
    assert till.nothing_is_broken()


def test_what_is_sent_holds_no_personal_value(back: Back) -> None:
    order_id, _mollie_id = back.paid()
    back.accept(order_id, 500)
    back.send()
    (call,) = back.asked()
    sent = call["body"] if isinstance(call["body"], dict) else json.loads(call["body"])
    assert set(sent) == {"amount", "metadata", "description"}
    assert sent["amount"] == {"currency": "EUR", "value": "5.00"}
    headers = {name.lower(): value for name, value in call["headers"].items()}
    assert headers["idempotency-key"] == back.refund(order_id).idempotency_key


def test_row_38_two_equal_refunds_within_an_hour_both_go_back(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    back.accept(order_id, 500, key="one")
    back.accept(order_id, 500, key="two")
    back.send()
    assert sorted(back.refunds(order_id)) == [("pending", 500), ("queued", 500)]
    back.send_again()
    assert sorted(back.refunds(order_id)) == [("pending", 500), ("queued", 500)]
    till.control.advance(3700)
    back.send_again()
    assert back.refunds(order_id) == [("refunded", 500), ("pending", 500)]
    till.control.advance(200)
    back.look(order_id)
    assert back.refunds(order_id) == [("refunded", 500), ("refunded", 500)]
    assert back.balance(order_id).refunded_cents == 1000
    assert till.nothing_is_broken()


def test_row_39_a_refund_times_out_and_is_repeated_with_the_same_key(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_answer(operation="refunds.create")
    back.accept(order_id, 500)
    back.send()
    assert back.refunds(order_id) == [("queued", 500)]
    back.send_again()
    keys = [dict(call["headers"]).get("Idempotency-Key") for call in back.asked()]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert back.refunds(order_id) == [("pending", 500)]
    assert till.mollie.control.payments()
    back.look(order_id)
    assert back.refunds(order_id) == [("pending", 500)]
    assert till.nothing_is_broken()


def test_row_39_after_an_hour_the_payment_is_looked_at_before_anything_is_asked_again(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_answer(operation="refunds.create")
    refund_id = back.accept(order_id, 500)
    back.send()
    till.change(Refund, refund_id, sent_at=clock.now() - timedelta(minutes=61))
    back.send_again()
    assert len(back.asked()) == 1
    assert back.refunds(order_id) == [("pending", 500)]


def test_row_39_after_an_hour_with_nothing_made_it_is_asked_with_a_new_key(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_request(operation="refunds.create")
    refund_id = back.accept(order_id, 500)
    back.send()
    first = back.refund(order_id).idempotency_key
    till.change(Refund, refund_id, sent_at=clock.now() - timedelta(minutes=61))
    back.send_again()
    assert back.refund(order_id).idempotency_key != first
    assert back.refunds(order_id) == [("pending", 500)]


def test_row_39_the_webhook_tells_before_the_answer_is_stored(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_answer(operation="refunds.create")
    back.accept(order_id, 500)
    back.send()
    till.control.advance(200)
    assert back.refunds(order_id) == [("refunded", 500)]
    back.send_again()
    assert len(back.asked()) == 1
    assert back.mails("order_refunded") == 1


def test_row_40_parts_add_up_and_the_last_is_what_remains(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    total = back.balance(order_id).total_cents
    for cents in (300, 301):
        back.accept(order_id, cents, key=str(cents))
    with pytest.raises(MoreThanRemains):
        back.accept(order_id, 300, key="more", final=total - 600)
    back.accept(order_id, 999_999, key="rest")
    assert [cents for _status, cents in back.refunds(order_id)] == [300, 301, total - 601]
    back.send()
    till.control.advance(200)
    assert back.balance(order_id).refunded_cents == total
    assert back.balance(order_id).refundable_cents == 0
    assert till.nothing_is_broken()


def test_row_40_mollie_refuses_and_the_money_is_free_again(back: Back, till: Till) -> None:
    lost: list[str] = []
    order_id, _mollie_id = back.paid()
    till.control.answer_next(422, operation="refunds.create", detail="The specified amount cannot be refunded")
    back.accept(order_id, 500)
    with refund_failed.connected_to(lambda _sender, **news: lost.append(news["refund"].status)):
        back.send()
    assert lost == ["failed"]
    assert back.refunds(order_id) == [("failed", 500)]
    assert till.state(order_id).attention == ("refund_failed",)
    assert back.balance(order_id).refundable_cents == back.balance(order_id).total_cents
    assert till.nothing_is_broken()


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_what_may_pass_is_tried_again(back: Back, till: Till, status: int) -> None:
    order_id, _mollie_id = back.paid()
    till.control.answer_next(status, operation="refunds.create")
    back.accept(order_id, 500)
    back.send()
    assert back.refunds(order_id) == [("queued", 500)]
    back.send_again()
    assert back.refunds(order_id) == [("pending", 500)]
    assert till.state(order_id).attention == ()


def test_row_41_the_webhook_of_a_refund_pays_nothing_again(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    back.accept(order_id, 500)
    back.send()
    till.control.advance(200)
    till.control.call_webhook(mollie_id, copies=3)
    till.control.settle()
    state = till.state(order_id)
    assert (state.status, state.applied, state.attention) == ("confirmed", ("settles",), ())
    assert (back.mails("order_confirmation"), back.mails("order_refunded")) == (1, 1)


def test_row_42_a_refund_made_in_the_dashboard_is_taken_in_once(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.refund(mollie_id, {"currency": "EUR", "value": "7.00"})
    till.control.advance(200)
    back.look(order_id)
    refund = back.refund(order_id)
    assert back.refunds(order_id) == [("refunded", 700)]
    assert (refund.origin, refund.is_by_hand, refund.decided_by) == ("mollie", True, None)
    assert back.balance(order_id).refundable_cents == back.balance(order_id).total_cents - 700
    assert back.mails("order_refunded") == 1
    assert till.nothing_is_broken()


def test_row_42_when_no_webhook_tells_the_list_does(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.webhooks("off")
    till.control.refund(mollie_id)
    assert back.refunds(order_id) == []
    assert jobs.find_moves_elsewhere() == 1
    db.session.rollback()
    assert [status for status, _cents in back.refunds(order_id)] == ["pending"]


def test_row_42_what_every_call_and_every_look_missed_is_found_within_a_year(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    back.accept(order_id, 500)
    back.send()
    till.control.advance(200)
    till.control.webhooks("off")
    till.control.refund(mollie_id, {"currency": "EUR", "value": "7.00"})
    till.control.set_refund(str(back.refund(order_id).mollie_id), "failed")  # their bank sent it back weeks later
    with time_machine.travel(clock.now() + timedelta(days=200), tick=True):
        assert jobs.find_moves_elsewhere() == 0
        till.control.forget_requests()
        assert jobs.find_moves_long_ago() == 1
        db.session.rollback()
        asked = [call["path"] for call in till.mollie.requests()]
        assert sorted(asked) == sorted(["/v2/refunds", "/v2/chargebacks", f"/v2/payments/{mollie_id}"])
        assert [cents for status, cents in back.refunds(order_id) if status == "failed"] == [500]
        assert [cents for status, cents in back.refunds(order_id) if status != "failed"] == [700]
        assert till.nothing_is_broken()


def test_row_45_a_chargeback_of_long_ago_is_found_once(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    till.control.webhooks("off")
    till.control.charge_back(mollie_id)
    with time_machine.travel(clock.now() + timedelta(days=100), tick=True):
        assert jobs.find_moves_elsewhere() == 0
        assert jobs.find_moves_long_ago() == 1
        assert jobs.find_moves_long_ago() == 0
    assert till.state(order_id).attention == ("chargeback",)


def test_row_42_dashboard_and_shop_at_the_same_time_pay_back_once(back: Back, till: Till) -> None:
    order_id, mollie_id = back.paid()
    back.accept(order_id, 999_999)
    till.control.webhooks("off")
    till.control.refund(mollie_id)
    back.send()
    back.send_again()
    till.control.advance(3700)
    back.send_again()
    total = back.balance(order_id).total_cents
    assert sorted(back.refunds(order_id)) == [("failed", total), ("refunded", total)]
    assert till.state(order_id).attention == ("refund_failed",)
    assert till.nothing_is_broken()


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_row_43_a_refund_that_is_lost_later_is_found_by_asking(back: Back, till: Till, status: str) -> None:
    order_id, _mollie_id = back.paid()
    till.control.webhooks("off")
    back.accept(order_id, 500)
    back.send()
    till.control.set_refund(str(back.refund(order_id).mollie_id), status)
    assert till.attempt(order_id).next_ask_at is not None
    back.look(order_id)
    assert back.refunds(order_id) == [(status, 500)]
    state = till.state(order_id)
    assert state.attention == ("refund_failed",)
    assert "refund_failed" in state.events
    assert back.balance(order_id).refundable_cents == back.balance(order_id).total_cents
    assert back.mails("order_refunded") == 0
    assert till.attempt(order_id).next_ask_at is None


def test_row_43_money_that_a_bank_sends_back_afterwards(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    back.accept(order_id, 500)
    back.send()
    till.control.advance(200)
    till.control.set_refund(str(back.refund(order_id).mollie_id), "failed")
    till.control.settle()
    assert back.refunds(order_id) == [("failed", 500)]
    assert back.balance(order_id).refunded_cents == 0
    assert till.nothing_is_broken()


def test_row_44_a_refund_without_balance_waits(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.settings(refund_start="queued")
    back.accept(order_id, 500)
    back.send()
    refund = back.refund(order_id)
    assert (refund.status, refund.mollie_id is not None) == ("queued", True)
    till.control.set_refund(str(refund.mollie_id), "pending")
    back.look(order_id)
    assert back.refunds(order_id) == [("pending", 500)]
    till.control.advance(200)
    assert back.refunds(order_id) == [("refunded", 500)]


def test_a_refund_of_the_other_mode_fails_in_view_of_staff(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    back.accept(order_id, 500)
    till.change(type(till.attempt(order_id)), till.attempt(order_id).id, mode="live")
    back.send()
    assert back.refunds(order_id) == [("failed", 500)]
    assert back.asked() == []
    assert till.state(order_id).attention == ("refund_failed",)


def test_killed_between_the_call_and_the_note_it_is_asked_once(
    back: Back, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, _mollie_id = back.paid()
    back.accept(order_id, 500)
    monkeypatch.setattr(sending, "_take_in", lambda *_args, **_also: (_ for _ in ()).throw(RuntimeError))
    back.send()
    monkeypatch.undo()
    back.send_again()
    assert back.refunds(order_id) == [("pending", 500)]
    assert len({dict(call["headers"]).get("Idempotency-Key") for call in back.asked()}) == 1
    assert back.balance(order_id).refunding_cents == 500
