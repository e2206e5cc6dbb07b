"""Twenty buyers at once for the last piece: one gets it, the others are told, nobody sees a broken page."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from shop.catalogue.models import StockMovement, Variant
from shop.core import clock
from shop.core.db import db, writing
from shop.operations.queries import broken_invariants
from shop.orders.models import Order
from tests.buyer import Buyer
from tests.endurance.conftest import IS_LONG
from tests.factories import make_product, make_shipping

ROUNDS = 50 if IS_LONG else 4
BUYERS = 20


@pytest.mark.slow
@pytest.mark.both_databases
def test_of_twenty_buyers_exactly_one_gets_the_last_piece(running, inside):
    shop = running(sites=2)
    with inside(shop):
        make_shipping()
        variant_id = make_product(stock=1).variants[0].id
    shop.run("payments", "reconcile")
    shop.start_sites()
    for round_number in range(ROUNDS):
        if round_number:
            with inside(shop), writing():
                db.session.execute(update(Variant).where(Variant.id == variant_id).values(stock=1))
                key = f"round:{round_number}"
                db.session.add(StockMovement(variant_id=variant_id, delta=1, reason="counted", key=key, at=clock.now()))
                db.session.commit()
        buyers = [Buyer(shop.urls[n % 2]) for n in range(BUYERS)]
        with ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(lambda buyer: buyer.fill_cart(variant_id), buyers))
            forms = list(pool.map(Buyer.checkout_form, buyers))
            answers = list(pool.map(lambda pair: pair[0].place(pair[1]), zip(buyers, forms, strict=True)))
        codes = [answer.status_code for answer in answers]
        assert codes.count(303) == 1, (round_number, codes)
        assert all(code in (303, 409, 422) for code in codes), (round_number, codes)
        assert all(status < 500 for buyer in buyers for status in buyer.statuses)
    with inside(shop):
        assert db.session.scalar(select(func.count(Order.id))) == ROUNDS
        assert db.session.scalar(select(Variant.stock).where(Variant.id == variant_id)) == 0
        assert broken_invariants() == []
