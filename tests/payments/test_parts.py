"""A refund that goes back from several payments, and money that came twice: each part is for its own, to the cent."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db, writing
from shop.operations.queries import broken_invariants
from shop.orders.models import OrderLine
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import actions as papers
from shop.papers import books, documents, queries
from shop.payments.models import AppliedPayment, AttentionItem, Refund
from shop.payments.moves import lose_refund
from shop.payments.queries import balance_of, refunds_of
from shop.payments.refund_rules import in_parts
from shop.payments.refunding import (
    PiecesPaidBack,
    decide,
    pieces_left,
    propose,
    propose_again,
    settle,
)
from shop.staff.actions.refunds import propose_refund
from tests.factories import make_attempt, make_order, make_product, make_staff
from tests.papers.conftest import VAT_NUMBER
from tests.papers.paper import BUYER

both = pytest.mark.both_databases


@given(
    lines=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4000)), max_size=4),
    shipping=st.integers(0, 900),
    cuts=st.lists(st.integers(1, 9000), max_size=3),
)
def test_parts_add_up_to_the_piece_and_to_the_cent(lines, shipping, cuts):
    whole = sum(cents for _pieces, cents in lines) + shipping
    ends = [*sorted({cut for cut in cuts if cut < whole}), whole]
    parts = [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
    shares = in_parts(lines, shipping, parts)
    for part, share in zip(parts, shares, strict=True):
        assert sum(cents for _pieces, cents in share.lines) + share.shipping_cents == part
        assert all(pieces >= 0 and cents >= 0 for pieces, cents in share.lines)
    for number, line in enumerate(lines):
        assert tuple(map(sum, zip(*(share.lines[number] for share in shares), strict=True))) == line
    assert sum(share.shipping_cents for share in shares) == shipping


def paid_in_two(*, invoice=True):
    """An order of two rates that cost less at first: its supplement was paid apart. Both payments, and its lines."""
    reduced = make_product(price_cents=1000)
    order = make_order((make_product(price_cents=1250), 2), (reduced, 1), status="confirmed")
    line = order_with_all(order.id).lines[1]
    line.vat_basis_points = 900
    db.session.commit()
    with writing():
        held = order_for_change(order.id)
        first = db.session.scalars(select(AppliedPayment).where(AppliedPayment.order_id == order.id)).one()
        attempt = db.session.get_one(type(make_attempt(order, status="creating")), first.attempt_id)
        attempt.amount_cents = first.amount_cents = held.total_cents - 800
        db.session.commit()
    more = make_attempt(order, status="paid", amount_cents=800)
    db.session.add(
        AppliedPayment(attempt_id=more.id, order_id=order.id, role="supplement", amount_cents=800, at=clock.now())
    )
    db.session.commit()
    with writing():
        held = order_for_change(order.id)
        if not books.booked(order.id):
            papers.take_money_in(held, held.total_cents, clock.now())
        if invoice:
            papers.ask_for_invoice(held, BUYER, clock.now())
        db.session.commit()
    return order, [one.id for one in order_with_all(order.id).lines]


def accept(order, cents, *, key="k", **values):
    """Proposed and accepted in one step."""
    member = make_staff("owner").id
    with writing():
        refund = propose(order_for_change(order.id), cents=cents, origin="staff", key=key, at=clock.now(), **values)
        decide(refund.id, accept=True, reason="Op", staff_id=member, at=clock.now())
        db.session.commit()
    return refund


def settled(order, refund):
    """Its money has gone back."""
    with writing():
        held = order_for_change(order.id)
        settle(held, db.session.get_one(Refund, refund.id), at=clock.now())
        db.session.commit()


def told(refund):
    """What a refund is for: pieces and cents of its lines, and its delivery."""
    return [(line.quantity, line.cents) for line in refund.lines], refund.shipping_cents


@pytest.fixture(autouse=True)
def _may_issue(request: pytest.FixtureRequest) -> Iterator[None]:
    """The shop has a VAT number, so that it issues invoices."""
    if "app" not in request.fixturenames:
        yield
        return
    known = request.getfixturevalue("app").extensions
    before = known["identity"]
    known["identity"] = replace(before, vat_number=VAT_NUMBER)
    yield
    known["identity"] = before


@both
def test_each_part_says_what_it_is_for_and_papers_follow_by_rate(app):
    order, (pots, cup) = paid_in_two()
    accept(order, 3995, lines={pots: 2, cup: 1}, shipping_cents=495)
    first, second = refunds_of(order.id)
    assert (first.amount_cents, second.amount_cents) == (3195, 800)
    assert told(first) == ([(2, 2500), (0, 695)], 0)
    assert told(second) == ([(1, 305)], 495)
    assert second.first_part_id == first.id
    assert pieces_left(order.id) == {pots: 0, cup: 0}
    assert broken_invariants() == []
    settled(order, first)
    assert by_rate(order) == {2100: 495, 900: 305}
    settled(order, second)
    assert set(books.booked(order.id).values()) == {(0, 0)}
    assert queries.open_invoice(order.id) is None
    notes = [one for one in queries.invoices_of(order.id) if one.kind == "credit_note"]
    assert [note.total_cents for note in notes] == [3195, 800]
    assert [line.quantity for line in documents.paper_of(notes[1]).lines] == [1, 1]
    assert broken_invariants() == []


def by_rate(order):
    """What the books keep of an order."""
    db.session.rollback()
    return {rate: gross for (_country, rate), (gross, _vat) in books.booked(order.id).items()}


@both
def test_a_part_that_is_lost_is_proposed_again_for_the_same(app):
    order, (pots, cup) = paid_in_two()
    accept(order, 3995, lines={pots: 2, cup: 1}, shipping_cents=495)
    first, second = refunds_of(order.id)
    settled(order, second)
    with writing():
        held = order_for_change(order.id)
        lose_refund(held, db.session.get_one(Refund, first.id), "failed", at=clock.now())
        db.session.commit()
    with writing():
        again = propose_again(order_for_change(order.id), first.id, at=clock.now())
        assert (again.amount_cents, told(again)) == (3195, ([(2, 2500), (0, 695)], 0))
        decide(again.id, accept=True, reason="Op", staff_id=make_staff("owner").id, at=clock.now())
        db.session.commit()
    settled(order, again)
    assert set(by_rate(order).values()) == {0}
    assert balance_of(order).refundable_cents == 0
    assert broken_invariants() == []


@both
def test_a_part_for_less_is_shared_as_it_was(app):
    order, (pots, cup) = paid_in_two()
    member = make_staff("owner").id
    with writing():
        refund = propose(
            order_for_change(order.id), cents=3500, origin="staff", key="k", at=clock.now(), lines={pots: 2, cup: 1}
        )
        decide(refund.id, accept=True, reason="Op", cents=3450, staff_id=member, at=clock.now())
        db.session.commit()
    parts = refunds_of(order.id)
    assert sum(part.amount_cents for part in parts) == 3450
    assert sum(line.cents for part in parts for line in part.lines) == 3450
    assert broken_invariants() == []


@both
def test_a_piece_is_paid_back_once(app):
    order, (pots, cup) = paid_in_two(invoice=False)
    accept(order, 1250, lines={pots: 1})
    with writing():
        held = order_for_change(order.id)
        refund = propose(held, cents=3500, origin="staff", key="two", at=clock.now(), lines={pots: 2, cup: 1})
        other = propose(held, cents=1250, origin="staff", key="three", at=clock.now(), lines={pots: 1})
        assert [line.quantity for line in refund.lines] == [1, 1]
        db.session.commit()
    member = make_staff("owner").id
    with writing():
        decide(refund.id, accept=True, reason="Op", cents=2250, staff_id=member, at=clock.now())
        db.session.commit()
    with pytest.raises(PiecesPaidBack) as refusal:
        decide(other.id, accept=True, reason="Op", staff_id=member, at=clock.now())
    assert refusal.value.left == 0
    db.session.rollback()
    assert db.session.get_one(Refund, other.id).status == "proposed"
    assert broken_invariants() == []


def paid_twice():
    """An order whose money came twice, told to staff; the surplus payment."""
    order = make_order((make_product(price_cents=1250), 2), status="confirmed")
    again = make_attempt(order, status="paid")
    db.session.add(
        AppliedPayment(
            attempt_id=again.id, order_id=order.id, role="surplus", amount_cents=order.total_cents, at=clock.now()
        )
    )
    db.session.add(
        AttentionItem(
            order_id=order.id, attempt_id=again.id, key=f"paid_twice:{again.id}", kind="paid_twice",
            amount_cents=order.total_cents, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    return order, again.id


def by_the_form(order, cents, pieces, member, key):
    """As the ordinary form does it: proposed and paid in one step."""
    with writing():
        refund = propose_refund(
            order.id, pieces, cents=cents, shipping_cents=0, key=key, staff_id=member, at=clock.now()
        )
        decide(refund.id, accept=True, reason="Dubbel", staff_id=member, at=clock.now())
        db.session.commit()
    return refund


def item(order):
    """What became of the question."""
    db.session.rollback()
    found = db.session.scalars(select(AttentionItem).where(AttentionItem.order_id == order.id)).one()
    return found.choice, found.resolved_by, found.reason


@both
def test_money_that_came_twice_is_paid_back_by_the_ordinary_form_and_the_question_is_answered(app):
    order, surplus = paid_twice()
    member = make_staff("owner").id
    line = db.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    refund = by_the_form(order, 1250, {line: 1}, member, "for-a-piece")
    assert refund.attempt_id != surplus
    assert item(order) == ("", None, None)
    refund = by_the_form(order, order.total_cents, {}, member, "for-the-surplus")
    assert refund.attempt_id == surplus
    assert item(order) == ("refund", member, "Dubbel")
    assert broken_invariants() == []


@both
def test_money_that_came_twice_goes_back_in_parts_and_the_question_closes_with_the_last(app):
    order, surplus = paid_twice()
    member = make_staff("owner").id
    accept(order, order.total_cents - 1, attempt_id=surplus)
    assert item(order) == ("", None, None)
    by_the_form(order, 1, {}, member, "the-last-cent")
    assert item(order) == ("refund", member, "Dubbel")
    assert balance_of(order).refundable_cents == order.total_cents
    assert broken_invariants() == []
