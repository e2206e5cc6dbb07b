"""Placing an order: once, whole, or not at all."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import event, func, select, update

from shop.catalogue.models import Product, StockMovement, Variant
from shop.catalogue.stock import NotEnoughStock
from shop.core import clock, statements
from shop.core.db import db, writing
from shop.orders import actions, numbers, placing
from shop.orders.models import Order, OrderAddress, OrderEvent, OrderLine
from shop.orders.placing import Draft, DraftAddress, DraftDelivery, DraftLine, PriceChanged
from shop.people.models import Person
from tests.factories import make_product

KEY = "k" * 64
NUMBER = re.compile(r"26-[0-9A-HJKMNP-TV-Z]{6}")


def line_for(variant_id, quantity=1, price_cents=1250):
    return DraftLine(variant_id, "goods", f"SKU-{variant_id}", "Theepot", quantity, price_cents, 2100, 300)


def draft_for(*lines, **values):
    told = {
        "placement_key": KEY,
        "language": "nl",
        "email": "sanne@example.com",
        "pays_by": placing.BY_MOLLIE,
        "lines": lines,
        "addresses": [DraftAddress("shipping", "Sanne", "de Vries", "NL", "Straat", "1", "", "3841 EK", "Harderwijk")],
        "delivery": DraftDelivery("parcel", None, "Bezorgen", 495, 2100),
    }
    return Draft(**{**told, **values})


def article(**values):
    return make_product(**values).variants[0].id


def place(draft):
    """Place and commit, as a screen does; the number of the order."""
    with writing():
        number = placing.place(draft, clock.now()).number
        db.session.commit()
    return number


def counts():
    db.session.rollback()
    models = (Person, Order, OrderLine, OrderAddress, OrderEvent)
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def stock_of(variant_id):
    db.session.rollback()
    return db.session.scalar(select(Variant.stock).where(Variant.id == variant_id))


@pytest.mark.both_databases
def test_an_order_keeps_its_own_copy_of_everything(app):
    first, second = article(stock=5), article(stock=7, price_cents=900)
    number = place(draft_for(line_for(second, 2, 900), line_for(first, 3), note="Bel niet aan"))
    db.session.rollback()
    order = db.session.scalars(select(Order)).one()
    assert NUMBER.fullmatch(number)
    assert (order.number, order.items_cents, order.total_cents) == (number, 5550, 6045)
    assert (order.note, order.telephone, order.terms_version) == (
        "Bel niet aan",
        None,
        statements.latest_version("terms").version,
    )
    assert order.privacy_version == statements.latest_version("privacy").version
    assert len(order.return_token) >= 40
    rows = db.session.execute(select(OrderLine.id, OrderLine.variant_id, OrderLine.total_cents).order_by(OrderLine.id))
    lines = {row.variant_id: row for row in rows}
    assert [lines[second].total_cents, lines[first].total_cents] == [1800, 3750]
    assert (stock_of(first), stock_of(second)) == (2, 5)
    taken = select(StockMovement.key, StockMovement.delta).where(StockMovement.reason == "order")
    assert {tuple(row) for row in db.session.execute(taken)} == {
        (f"order:{lines[first].id}", -3),
        (f"order:{lines[second].id}", -2),
    }
    assert counts() == [1, 1, 2, 1, 1]


@pytest.mark.both_databases
def test_placing_twice_is_placing_once(app):
    variant_id = article(stock=5)
    assert place(draft_for(line_for(variant_id, 2))) == place(draft_for(line_for(variant_id, 2)))
    assert counts() == [1, 1, 1, 1, 1]
    assert stock_of(variant_id) == 3


@pytest.mark.both_databases
def test_twenty_at_once_with_one_key_are_one_order(app):
    variant_id = article(stock=1)
    draft, barrier = draft_for(line_for(variant_id)), Barrier(20)

    def go(_turn):
        with app.app_context():
            barrier.wait()
            return place(draft)

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(go, range(20)))
    assert len(set(found)) == 1
    assert counts() == [1, 1, 1, 1, 1]
    assert stock_of(variant_id) == 0


@pytest.mark.both_databases
def test_of_twenty_at_once_exactly_one_gets_the_last_piece(app):
    wanted, plenty = article(stock=1), article(stock=500)
    barrier = Barrier(20)

    def go(turn):
        lines = [line_for(wanted), line_for(plenty)]
        draft = draft_for(*(lines if turn % 2 else reversed(lines)), placement_key=f"{turn:064}")
        with app.app_context():
            barrier.wait()
            try:
                return place(draft)
            except NotEnoughStock as problem:
                return problem.available

    with ThreadPoolExecutor(20) as pool:
        found = Counter(type(answer) for answer in pool.map(go, range(20)))
    assert found == {str: 1, int: 19}
    assert (stock_of(wanted), stock_of(plenty)) == (0, 499)
    assert counts() == [1, 1, 2, 1, 1]


@pytest.mark.both_databases
def test_too_little_stock_leaves_nothing_behind(app):
    enough, scarce = article(stock=5), article(stock=1)
    with pytest.raises(NotEnoughStock) as problem:
        place(draft_for(line_for(enough, 2), line_for(scarce, 2)))
    assert (problem.value.variant_id, problem.value.available) == (scarce, 1)
    assert counts() == [0, 0, 0, 0, 0]
    assert (stock_of(enough), stock_of(scarce)) == (5, 1)


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["price", "taken down", "unpublished"])
def test_what_is_no_longer_as_shown_is_not_placed(app, change):
    product = make_product(stock=5, price_cents=1250)
    product_id, variant_id = product.id, product.variants[0].id
    if change == "price":
        db.session.execute(update(Variant).where(Variant.id == variant_id).values(price_cents=1251))
    elif change == "taken down":
        db.session.execute(update(Variant).where(Variant.id == variant_id).values(is_active=False))
    else:
        db.session.execute(update(Product).where(Product.id == product_id).values(is_published=False))
    db.session.commit()
    with pytest.raises(PriceChanged):
        place(draft_for(line_for(variant_id)))
    assert counts() == [0, 0, 0, 0, 0]
    assert stock_of(variant_id) == 5


@pytest.mark.both_databases
def test_an_order_number_that_is_taken_is_drawn_again(app, monkeypatch):
    variant_id = article(stock=5)
    drawn = iter(["26-AAAAAA", "26-AAAAAA", "26-BBBBBB"])
    monkeypatch.setattr(placing, "new_number", lambda at: next(drawn))
    assert place(draft_for(line_for(variant_id))) == "26-AAAAAA"
    assert place(draft_for(line_for(variant_id), placement_key="l" * 64)) == "26-BBBBBB"


@pytest.mark.both_databases
def test_a_twin_that_was_quicker_leaves_no_guest_behind(app, monkeypatch):
    variant_id = article(stock=5)
    number = place(draft_for(line_for(variant_id)))
    asked, real = [], placing.placed_order

    def too_early(key):
        asked.append(key)
        return real(key) if len(asked) > 1 else None

    monkeypatch.setattr(placing, "placed_order", too_early)
    assert place(draft_for(line_for(variant_id))) == number
    assert counts() == [1, 1, 1, 1, 1]
    assert stock_of(variant_id) == 4


@pytest.mark.both_databases
def test_a_guest_is_a_new_person_each_time_and_a_customer_stays_one(app):
    variant_id = article(stock=9)
    place(draft_for(line_for(variant_id)))
    place(draft_for(line_for(variant_id), placement_key="l" * 64))
    db.session.rollback()
    guests = set(db.session.scalars(select(Order.person_id)))
    assert len(guests) == 2
    known = guests.pop()
    place(draft_for(line_for(variant_id), placement_key="m" * 64, person_id=known))
    assert counts()[0] == 2


@pytest.mark.both_databases
def test_paying_at_pick_up_confirms_at_once(app, outbox):
    delivery = DraftDelivery("pickup", None, "Ophalen", 0, 0)
    address = DraftAddress("shipping", "Sanne", "de Vries", "NL")
    draft = draft_for(line_for(article()), pays_by=placing.AT_PICKUP, delivery=delivery, addresses=[address])
    place(draft)
    db.session.rollback()
    order = db.session.scalars(select(Order)).one()
    assert (order.status, order.expires_at) == ("confirmed", None)
    assert outbox.mails() == ["order_confirmation"]


@pytest.mark.both_databases
def test_an_order_that_came_to_nothing_gives_everything_back(app):
    variant_id = article(stock=5)
    place(draft_for(line_for(variant_id, 2)))
    with writing():
        order = db.session.scalars(select(Order)).one()
        assert actions.expire(order, clock.now())
        db.session.commit()
    assert stock_of(variant_id) == 5


def test_a_download_never_runs_out(app):
    variant_id = article(stock=None, kind="download")
    place(draft_for(replace(line_for(variant_id, 99), kind="download")))
    assert stock_of(variant_id) is None


def test_the_transaction_is_short(app):
    lines = [line_for(article(stock=5)) for _n in range(3)]
    draft, asked = draft_for(*lines), []
    statements.current_versions("terms", "privacy", at=clock.now())
    db.session.commit()

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    place(draft)
    event.remove(db.engine, "before_cursor_execute", note)
    said = [statement for statement in asked if not statement.startswith("BEGIN")]
    # key, guest, statements, order, lines, their numbers, address, event, prices, the order; a line: stock and movement
    assert len(said) <= 10 + 2 * len(lines), "\n".join(said)


def test_numbers_tell_nothing_and_read_well(app):
    at = clock.now()
    found = {numbers.new_number(at) for _n in range(2000)}
    assert len(found) > 1990
    assert all(re.fullmatch(r"\d\d-[0-9A-HJKMNP-TV-Z]{6}", number) for number in found)
