"""Taking back a refund that was accepted (row 43): at once, at Mollie, or too late; never half."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import Conflict
from shop.orders.queries import order_for_change
from shop.papers.models import BookEntry
from shop.payments.models import AttentionItem, Refund
from shop.payments.refunding import propose_again
from shop.payments.taking_back import cancel_refund
from tests.payments.back import Back
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases


def take_back(back: Back, refund_id: int) -> Refund:
    """Take a refund back, as the owner does."""
    with writing():
        found = cancel_refund(refund_id, reason="Toch niet stuk", staff_id=back.member, at=clock.now())
        db.session.commit()
    return found


def deletions(till: Till) -> int:
    """How often Mollie was asked to cancel a refund."""
    return sum("/refunds/" in call["path"] for call in till.calls("DELETE"))


def booked(order_id: int) -> int:
    """How much the books say that went back."""
    db.session.rollback()
    question = select(func.coalesce(func.sum(BookEntry.gross_cents), 0))
    return int(db.session.scalar(question.where(BookEntry.order_id == order_id, BookEntry.kind == "refund")) or 0)


def test_what_mollie_was_never_asked_is_canceled_at_once_and_never_asked(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    refund_id = back.accept(order_id, 500)
    assert take_back(back, refund_id).status == "canceled"
    back.send()
    assert back.asked() == []
    assert deletions(till) == 0
    refund = back.refund(order_id)
    assert (refund.cancel_reason, refund.cancel_asked_by) == ("Toch niet stuk", back.member)
    state = till.state(order_id)
    assert state.attention == ()
    assert "refund_canceled" in state.events
    assert back.balance(order_id).refundable_cents == back.balance(order_id).total_cents
    assert till.nothing_is_broken()


@pytest.mark.parametrize("start", ["queued", "pending"])
def test_row_43_staff_cancels_what_mollie_has_not_passed_on(back: Back, till: Till, start: str) -> None:
    order_id, _mollie_id = back.paid()
    till.control.settings(refund_start=start)
    refund_id = back.accept(order_id, 500)
    back.send()
    assert back.refunds(order_id) == [(start, 500)]
    assert take_back(back, refund_id).is_being_canceled
    with pytest.raises(Conflict):
        take_back(back, refund_id)
    back.send()
    assert back.refunds(order_id) == [("canceled", 500)]
    till.control.advance(400)
    back.look(order_id)
    assert back.refunds(order_id) == [("canceled", 500)]
    assert till.state(order_id).attention == ()
    assert back.mails("order_refunded") == 0
    assert booked(order_id) == 0
    assert back.balance(order_id).refundable_cents == back.balance(order_id).total_cents
    assert deletions(till) == 1
    assert till.nothing_is_broken()


def test_row_43_its_answer_is_lost_and_it_is_asked_again_once(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    refund_id = back.accept(order_id, 500)
    back.send()
    till.control.drop_answer(operation="refunds.cancel")
    take_back(back, refund_id)
    back.send()
    assert back.refunds(order_id) == [("pending", 500)]
    back.send_again()
    assert back.refunds(order_id) == [("canceled", 500)]
    assert back.refund(order_id).cancel_refused_at is None
    assert till.state(order_id).attention == ()


@pytest.mark.parametrize("hears", [True, False])
def test_row_43_it_was_paid_out_meanwhile_and_staff_is_told(back: Back, till: Till, hears: bool) -> None:
    order_id, _mollie_id = back.paid()
    refund_id = back.accept(order_id, 500)
    back.send()
    take_back(back, refund_id)
    till.control.webhooks("normal" if hears else "off")
    till.control.advance(200)
    back.send()
    refund = back.refund(order_id)
    assert (refund.status, refund.is_being_canceled, refund.cancel_refused_at is not None) == ("refunded", False, True)
    assert "refund_not_canceled" in till.state(order_id).events
    assert back.mails("order_refunded") == 1
    assert booked(order_id) == 500
    with pytest.raises(Conflict):
        take_back(back, refund_id)
    assert till.nothing_is_broken()


def test_a_refund_whose_answer_was_lost_is_found_and_then_canceled(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_answer(operation="refunds.create")
    refund_id = back.accept(order_id, 500)
    back.send()
    take_back(back, refund_id)
    back.send_again()
    back.send_again()
    assert len(back.asked()) == 1
    assert back.refunds(order_id) == [("canceled", 500)]
    assert till.nothing_is_broken()


def test_a_refund_that_never_got_there_is_canceled_when_its_key_is_over(back: Back, till: Till) -> None:
    order_id, _mollie_id = back.paid()
    till.control.drop_request(operation="refunds.create")
    refund_id = back.accept(order_id, 500)
    back.send()
    take_back(back, refund_id)
    back.send_again()
    assert back.refund(order_id).is_being_canceled
    till.change(Refund, refund_id, sent_at=clock.now() - timedelta(minutes=61))
    back.send_again()
    assert back.refunds(order_id) == [("canceled", 500)]
    assert len(back.asked()) == 1
    assert deletions(till) == 0


def test_what_was_canceled_can_be_proposed_once_more_and_what_it_settled_is_open_again(back: Back, till: Till) -> None:
    order_id, first = till.started()
    second = till.start(order_id, method="creditcard")
    till.pay(first)
    till.pay(second)
    total = back.balance(order_id).total_cents
    surplus = till.attempt(order_id).id
    refund_id = back.accept(order_id, total, attempt_id=surplus)
    assert items(order_id) == [("paid_twice", "refund", back.member)]
    take_back(back, refund_id)
    assert items(order_id) == [("paid_twice", "", None)]
    with writing():
        order = order_for_change(order_id)
        assert order is not None
        again = propose_again(order, refund_id, at=clock.now(), staff_id=back.member)
        assert propose_again(order, refund_id, at=clock.now()).id == again.id
        assert (again.status, again.amount_cents, again.attempt_id) == ("proposed", total, surplus)
        db.session.commit()


def items(order_id: int) -> list[tuple[str, str, int | None]]:
    """What the attention list says of an order."""
    db.session.rollback()
    rows = db.session.scalars(select(AttentionItem).where(AttentionItem.order_id == order_id))
    return [(row.kind, row.choice, row.resolved_by) for row in rows.all()]
