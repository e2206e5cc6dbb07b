"""Pieces that will not be sent after all: their stock is free, and the order is complete with what is left of it."""

import pytest
from sqlalchemy import select

from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import ShopError
from shop.operations.queries import broken_invariants
from shop.orders import actions, editing, fulfilment
from shop.orders.fulfilment import AlreadyDone, NothingChosen, NotPaidYet
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.queries import order_for_change, order_with_all
from tests.factories import make_order, make_product, make_shipping
from tests.orders.test_completing import KINDS, finish

pytestmark = pytest.mark.both_databases


def leave_out(order, pieces):
    """What staff say of an order's lines, in their order."""
    db.session.rollback()
    lines = order_with_all(order.id).lines
    with writing():
        chosen = {line.id: count for line, count in zip(lines, pieces, strict=True)}
        fulfilment.leave_out(order.id, chosen, reason="Op", staff_id=1, at=clock.now())
        db.session.commit()


def seen(order):
    """The order with its lines, as it is now."""
    db.session.rollback()
    return order_with_all(order.id)


def stock_of(product):
    """How many pieces are on the shelf."""
    db.session.rollback()
    return db.session.scalar(select(Variant.stock).where(Variant.product_id == product.id))


def test_what_is_left_out_is_on_the_shelf_again_and_nothing_more_is_packed(app, outbox):
    pot, cup = make_product(stock=10), make_product(stock=10)
    order = make_order((pot, 2), (cup, 3), status="confirmed")
    leave_out(order, [1, 0])
    assert (stock_of(pot), stock_of(cup)) == (9, 7)
    assert sorted(fulfilment.pieces_to_pack(seen(order)).values()) == [1, 3]
    leave_out(order, [1, 0])
    assert stock_of(pot) == 10
    assert list(fulfilment.pieces_to_pack(seen(order)).values()) == [3]
    assert seen(order).status == "confirmed"
    assert outbox.mails().count("order_not_sent") == 2
    assert broken_invariants() == []


@pytest.mark.parametrize("kind", ["goods", "service"])
def test_an_order_is_complete_once_its_last_line_is_left_out(app, kind):
    order = make_order((KINDS["goods"](), 1), (KINDS[kind](), 2), status="confirmed")
    make_shipping()
    finish(seen(order).lines[0])
    assert seen(order).status == "confirmed"
    leave_out(order, [0, 2])
    assert seen(order).status == "completed"
    kinds = db.session.scalars(select(OrderEvent.kind).where(OrderEvent.order_id == order.id)).all()
    assert kinds.count("completed") == kinds.count("not_sent") == 1
    assert broken_invariants() == []


def test_an_order_of_which_nothing_is_sent_is_complete(app):
    order = make_order(status="confirmed")
    leave_out(order, [1])
    assert seen(order).status == "completed"
    assert broken_invariants() == []


@pytest.mark.parametrize(
    ("pieces", "problem"), [([3], AlreadyDone), ([0], NothingChosen)], ids=["more than there are", "nothing"]
)
def test_what_cannot_be_left_out_is_refused_and_nothing_changes(app, pieces, problem):
    pot = make_product(stock=10)
    order = make_order((pot, 2), status="confirmed")
    with pytest.raises(problem):
        leave_out(order, pieces)
    assert (stock_of(pot), seen(order).lines[0].not_sent_quantity) == (8, 0)


def test_what_a_colleague_packed_is_sent(app):
    order = make_order((make_product(), 2), status="confirmed")
    fulfilment.pack(order.id, None, staff_id=1, at=clock.now())
    db.session.commit()
    with pytest.raises(AlreadyDone):
        leave_out(order, [1])


def test_what_is_paid_at_pick_up_is_changed_instead(app):
    order = make_order(pays_by="pickup", delivery="pickup")
    with pytest.raises(NotPaidYet):
        leave_out(order, [1])
    assert seen(order).lines[0].not_sent_quantity == 0


def test_a_canceled_order_gives_back_only_what_is_still_held(app):
    pot = make_product(stock=10)
    order = make_order((pot, 3), status="confirmed")
    leave_out(order, [1])
    with writing():
        assert actions.cancel(order_for_change(order.id), clock.now())
        db.session.commit()
    assert stock_of(pot) == 10
    assert broken_invariants() == []


def test_a_line_of_which_pieces_were_left_out_keeps_its_quantity(app):
    order = make_order((make_product(), 3), status="confirmed")
    leave_out(order, [1])
    line = db.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    db.session.rollback()
    for wish in (editing.Wish(quantities={line: 2}), editing.Wish(quantities={line: 0})):
        with pytest.raises(ShopError), writing():
            editing.change(order.id, wish, seen=None, shown_total=None, oss_since=None, staff_id=1, at=clock.now())
        db.session.rollback()
    assert db.session.get_one(Order, order.id).version == 1
