"""What of an order waits for a decision stands on its page, and leads there; what is stopped can't be packed."""

import pytest

from shop.core import clock
from shop.core.db import db
from shop.core.i18n import speaking
from shop.orders.actions import cancel, stop_delivery
from shop.orders.queries import order_for_change, order_with_all
from shop.payments import attention
from shop.payments.models import AttentionItem, PaymentAttempt, Refund
from shop.payments.queries import attempts_of
from shop.payments.refund_rules import BY_STAFF, BY_WITHDRAWAL
from shop.payments.refunding import decide, propose
from shop.staff.words import event_text
from tests.factories import make_order, make_product


def ordered():
    return make_order((make_product(price_cents=1000), 2), status="confirmed")


def test_a_question_about_money_leads_from_the_order_to_the_list(app, staff):
    order = ordered()
    attention.flag(order, "paid_twice", key="k", at=clock.now(), cents=1000)
    db.session.commit()
    item = db.session.query(AttentionItem).one().id
    path = f"/staff/orders/{order.number}"
    assert f"/staff/attention#item-{item}" in staff("owner").get(path).links()
    page = staff("fulfilment").get(path)
    assert "De bestelling is een tweede keer betaald" in page.text
    assert not [link for link in page.links() if "attention" in link]


def test_a_stopped_order_shows_the_bank_and_offers_no_packing(app, staff):
    order = ordered()
    browser, path = staff("owner"), f"/staff/orders/{order.number}"
    assert f"{path}/pack" in browser.get(path).actions
    stop_delivery(order_for_change(order.id), clock.now())
    attempts_of(order.id)[0].charged_back_cents = order.total_cents
    db.session.commit()
    page = browser.get(path)
    assert f"{path}/pack" not in page.actions
    assert "Teruggeboekt" in page.text


def test_a_proposal_leads_to_the_refund_and_the_refund_says_where_it_stands(app, staff):
    order = ordered()
    line = order_with_all(order.id).lines[0].id
    refund = propose(order, cents=1000, origin=BY_STAFF, key="k", at=clock.now(), lines={line: 1})
    db.session.commit()
    owner, packer = staff("owner"), staff("fulfilment")
    address = f"/staff/refunds/{refund.id}"
    page = owner.get(f"/staff/orders/{order.number}")
    assert "Een terugbetaling van € 10,00 wacht op een besluit" in page.text
    assert address in page.links()
    assert "De eigenaar beslist" in packer.get(address).text
    assert f"/staff/orders/{order.number}" in packer.get("/staff/refunds").links()
    decide(refund.id, accept=True, reason="Kras", staff_id=1, at=clock.now())
    db.session.commit()
    assert "binnen een minuut aan Mollie" in owner.get(address).text
    assert "wacht op een besluit" not in owner.get(f"/staff/orders/{order.number}").text


@pytest.mark.parametrize(
    ("origin", "key", "link"),
    [(BY_WITHDRAWAL, "7", "/staff/returns/7"), (BY_STAFF, "parcel:9~3", "/staff/parcels/9"), (BY_STAFF, "x", "")],
)
def test_a_refund_leads_back_to_its_cause(app, staff, origin, key, link):
    refund = propose(ordered(), cents=500, origin=origin, key=key, at=clock.now())
    db.session.commit()
    links = [
        one for one in staff("owner").get(f"/staff/refunds/{refund.id}").links() if one.rpartition("/")[2].isdecimal()
    ]
    assert links == ([link] if link else [])


def test_the_whole_of_a_canceled_order_is_told_in_parts_that_add_up(app, staff):
    order = ordered()
    refund = propose(
        order,
        cents=order.total_cents,
        origin="cancellation",
        key="whole",
        at=clock.now(),
        shipping_cents=order.shipping_cents,
    )
    db.session.commit()
    page = staff("owner").get(f"/staff/refunds/{refund.id}")
    assert "Artikelen € 20,00" in page.text
    assert db.session.query(PaymentAttempt).count() == 1


@pytest.mark.both_databases
@pytest.mark.parametrize(("choice", "noted"), [("accept", "refund"), ("decline", "keep")])
def test_a_refund_that_is_decided_on_its_own_page_leaves_the_list_as_well(app, staff, choice, noted):
    order = ordered()
    assert cancel(order_for_change(order.id), clock.now())
    db.session.commit()
    refund = db.session.query(Refund.id).one()[0]
    owner = staff("owner")
    assert "nadat die was betaald" in owner.get("/staff/attention").text
    owner.get(f"/staff/refunds/{refund}")
    assert owner.send(f"/staff/refunds/{refund}/decide", choice=choice, reason="Op verzoek").status == 303
    assert "nadat die was betaald" not in owner.get("/staff/attention").text
    item = db.session.query(AttentionItem).one()
    assert (item.choice, item.reason) == (noted, "Op verzoek")
    assert item.resolved_by is not None
    db.session.rollback()


def test_staff_reads_of_a_withdrawal_in_words_for_staff(app):
    with speaking("nl"):
        assert str(event_text("withdrawal_declared")) == "De klant heeft herroepen"
