"""Calling an order off, asking for a change, and changing it: one truth of goods and money, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.aftersale import changing
from shop.aftersale.models import ChangeRequest
from shop.catalogue.models import Variant
from shop.catalogue.stock import NotEnoughStock
from shop.core import clock
from shop.core.db import db, writing
from shop.core.errors import Conflict
from shop.operations.queries import broken_invariants
from shop.orders import editing, fulfilment
from shop.orders.editing import Wish
from shop.orders.models import Order
from shop.orders.queries import order_with_all
from shop.payments.models import Refund
from shop.payments.queries import balance_of
from shop.payments.settling import settle_difference
from tests.factories import make_order, make_product, make_shipping, make_staff

pytestmark = pytest.mark.both_databases


def ordered(*lines, **values) -> Order:
    """A paid order with a parcel whose price the shop knows."""
    parcel, _pickup = make_shipping()
    order = make_order(*lines, status="confirmed", **values)
    order.shipping_method_id = parcel.id
    db.session.commit()
    return order


def fresh(order: Order) -> Order:
    order_id = order.id
    db.session.rollback()
    return order_with_all(order_id)


def left(product) -> int | None:
    db.session.rollback()
    return db.session.scalar(
        select(Variant.stock).where(Variant.product_id == product.id).order_by(Variant.id).limit(1)
    )


def change(order: Order, wish: Wish, **values) -> Order:
    member = make_staff().id
    values = {"seen": None, "shown_total": None, **values}
    with writing():
        changed = editing.change(order.id, wish, oss_since=None, staff_id=member, at=clock.now(), **values)
        settle_difference(changed, at=clock.now(), staff_id=member)
        db.session.commit()
    assert broken_invariants() == []
    return fresh(order)


def proposed() -> list[tuple[str, int]]:
    db.session.rollback()
    return [(row.origin, row.amount_cents) for row in db.session.scalars(select(Refund).order_by(Refund.id))]


def test_an_untouched_order_is_called_off_at_once_and_its_stock_is_free(app, outbox):
    pot = make_product(stock=5)
    order = ordered((pot, 2))
    assert left(pot) == 3
    assert changing.cancel_by_customer(order.id) == changing.DONE
    assert fresh(order).status == "canceled"
    assert left(pot) == 5
    assert "order_canceled" in outbox.mails()
    with pytest.raises(Conflict):
        changing.cancel_by_customer(order.id)
    assert broken_invariants() == []


def test_what_is_packed_is_asked_for_and_staff_decide(app, outbox):
    order = ordered()
    fulfilment.pack(order.id, staff_id=1, at=clock.now())
    db.session.commit()
    for _turn in range(2):
        assert changing.cancel_by_customer(order.id) == changing.ASKED
    assert fresh(order).status == "confirmed"
    request = db.session.scalars(select(ChangeRequest)).one()
    changing.decide(request.id, "accepted", reason="kan nog", oss_since=None, staff_id=make_staff().id, at=clock.now())
    db.session.commit()
    assert fresh(order).status == "canceled"
    assert "change_decided" in outbox.mails()
    with pytest.raises(Conflict):
        changing.decide(request.id, "refused", reason="x", oss_since=None, staff_id=1, at=clock.now())


def test_what_has_left_is_not_called_off_and_not_asked_for(app):
    order = ordered()
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    shipment.status, shipment.shipped_at = "shipped", clock.now()
    db.session.commit()
    with pytest.raises(Conflict):
        changing.cancel_by_customer(order.id)
    assert db.session.scalar(select(func.count(ChangeRequest.id))) == 0


def test_a_file_that_was_opened_is_no_longer_called_off_without_anybody_looking(app):
    sheet = make_product(kind="download", stock=None)
    order = ordered((make_product(), 1), (sheet, 1), express_request="meteen graag")
    assert changing.cancel_by_customer(order.id) == changing.ASKED
    assert fresh(order).status == "confirmed"


def test_more_pieces_are_taken_from_stock_and_the_difference_is_asked_for(app, outbox):
    pot = make_product(price_cents=1000, stock=5)
    order = ordered((pot, 1))
    line = fresh(order).lines[0].id
    changed = change(order, Wish(quantities={line: 3}))
    assert (changed.items_cents, changed.total_cents, changed.version) == (3000, 3495, 2)
    assert left(pot) == 2
    assert outbox.mails()[-1] == "order_difference"
    assert balance_of(changed).due_cents == 2000
    assert proposed() == []


def test_fewer_pieces_go_back_and_what_was_paid_too_much_is_proposed_once(app, outbox):
    pot, bowl = make_product(price_cents=1000, stock=5), make_product(price_cents=700, stock=5)
    order = ordered((pot, 3), (bowl, 1))
    one, other = (line.id for line in fresh(order).lines)
    changed = change(order, Wish(quantities={one: 1, other: 0}))
    assert [(line.quantity, line.total_cents) for line in changed.lines] == [(1, 1000)]
    assert (left(pot), left(bowl)) == (4, 5)
    assert proposed() == [("change", 2700)]
    assert outbox.mails()[-1] == "order_changed"
    changed = change(order, Wish(quantities={one: 1}, address=None))
    assert proposed() == [("change", 2700)], "the same money is not proposed twice"
    with writing():
        assert changing.cancel_by_customer(order.id) == changing.DONE
    assert (left(pot), left(bowl)) == (5, 5)
    assert broken_invariants() == []


def test_another_variant_has_its_own_price_and_stock(app):
    pot = make_product(price_cents=1000, stock=5, variants=2)
    order = ordered((pot, 2))
    line = fresh(order).lines[0]
    other = db.session.scalars(select(Variant).where(Variant.product_id == pot.id).order_by(Variant.position)).all()[1]
    other.price_cents = 1500
    db.session.commit()
    changed = change(order, Wish(variants={line.id: other.id}))
    assert (changed.lines[0].variant_id, changed.lines[0].unit_price_cents) == (other.id, 1500)
    assert left(pot) == 5
    assert db.session.get_one(Variant, other.id).stock == 3
    with pytest.raises(editing.NotForSale):
        change(order, Wish(variants={line.id: make_product().variants[0].id}))
    changing.cancel_by_customer(order.id)
    assert db.session.get_one(Variant, other.id, populate_existing=True).stock == 5
    assert broken_invariants() == []


def test_something_is_added_at_todays_price_and_given_back_with_the_rest(app):
    pot, bowl = make_product(stock=5), make_product(price_cents=900, stock=2)
    order = ordered((pot, 1))
    changed = change(order, Wish(added={bowl.variants[0].id: 2}))
    assert [line.quantity for line in changed.lines] == [1, 2]
    added = changed.lines[1].id
    assert left(bowl) == 0
    with pytest.raises(NotEnoughStock):
        change(order, Wish(quantities={added: 3}))
    db.session.rollback()
    assert fresh(order).version == 2
    changing.cancel_by_customer(order.id)
    assert (left(pot), left(bowl)) == (5, 2)


def test_who_takes_less_never_pays_more_for_delivery(app):
    pot = make_product(price_cents=3500, stock=5)
    order = ordered((pot, 2))
    order = fresh(order)
    order.shipping_cents, order.total_cents = 0, 7000
    db.session.commit()
    changed = change(order, Wish(quantities={order.lines[0].id: 1}))
    assert (changed.shipping_cents, changed.total_cents) == (0, 3500)


def test_another_country_has_its_own_delivery(app):
    order = ordered((make_product(price_cents=1000), 1))
    where = {"given_name": "Sanne", "family_name": "de Vries", "street": "Lange Nieuwstraat", "house_number": "7",
             "addition": "", "postcode": "2000", "town": "Antwerpen", "country": "BE"}  # fmt: skip
    changed = change(order, Wish(address=where))
    assert (changed.shipping_cents, changed.addresses[0].town) == (895, "Antwerpen")
    with pytest.raises(editing.CannotDeliver):
        change(order, Wish(address={**where, "country": "FR"}))


def test_nothing_changes_when_the_total_is_not_the_one_that_was_shown_or_somebody_was_first(app):
    order = ordered((make_product(price_cents=1000, stock=9), 1))
    line = fresh(order).lines[0].id
    with pytest.raises(editing.TotalDiffers):
        change(order, Wish(quantities={line: 2}), shown_total=1)
    with pytest.raises(fulfilment.AlreadyDone):
        change(order, Wish(quantities={line: 2}), seen=7)
    with pytest.raises(editing.NothingLeft):
        change(order, Wish(quantities={line: 0}))
    db.session.rollback()
    assert (fresh(order).version, fresh(order).lines[0].quantity) == (1, 1)


def test_fewer_pieces_and_another_address_are_asked_for_and_made_by_staff(app):
    order = ordered((make_product(price_cents=1000, stock=9), 3))
    line = fresh(order).lines[0].id
    with pytest.raises(changing.NotFewer):
        changing.ask_for_fewer(order.id, {line: 4}, at=clock.now())
    with pytest.raises(changing.NotFewer):
        changing.ask_for_fewer(order.id, {line: 3}, at=clock.now())
    request = changing.ask_for_fewer(order.id, {line: 1}, at=clock.now())
    db.session.commit()
    assert fresh(order).lines[0].quantity == 3
    changing.decide(request.id, "accepted", reason="prima", oss_since=None, staff_id=make_staff().id, at=clock.now())
    db.session.commit()
    assert fresh(order).lines[0].quantity == 1
    assert proposed() == [("change", 2000)]


def race(app: Flask, *steps) -> list[str]:
    """Two at once: who wins, and who is told."""
    barrier = Barrier(len(steps))

    def run(step) -> str:
        with app.app_context():
            barrier.wait()
            try:
                return step()
            except Conflict:
                return "told"
            finally:
                db.session.rollback()

    with ThreadPoolExecutor(len(steps)) as several:
        return list(several.map(run, steps))


def test_of_two_who_change_an_order_one_wins(app: Flask):
    order = ordered((make_product(price_cents=1000, stock=50), 1))
    order_id, line, member = order.id, fresh(order).lines[0].id, make_staff().id
    db.session.rollback()

    def edits(pieces: int):
        def step() -> str:
            with writing():
                editing.change(
                    order_id, Wish(quantities={line: pieces}), seen=1, shown_total=None, oss_since=None,
                    staff_id=member, at=clock.now(),
                )  # fmt: skip
                db.session.commit()
            return str(pieces)

        return step

    answers = race(app, edits(2), edits(3))
    assert answers.count("told") == 1
    won = int(next(answer for answer in answers if answer != "told"))
    assert (fresh(order).lines[0].quantity, fresh(order).version) == (won, 2)
    assert broken_invariants() == []


@pytest.mark.parametrize("turn", range(4))
def test_of_a_customer_who_cancels_and_a_packer_one_is_first_and_the_other_is_told(app: Flask, turn):
    order = ordered((make_product(stock=5), 2))
    order_id = order.id
    db.session.rollback()

    def packs() -> str:
        with writing():
            fulfilment.pack(order_id, staff_id=1, at=clock.now())
            db.session.commit()
        return "packed"

    packer, customer = race(app, packs, lambda: changing.cancel_by_customer(order_id))
    assert (packer, customer) in (("packed", changing.ASKED), ("told", changing.DONE))
    assert fresh(order).status == ("confirmed" if packer == "packed" else "canceled")
    assert broken_invariants() == []
