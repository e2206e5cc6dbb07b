"""The returns desk: from a statement to a proposal, with stock and timeline, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from shop.aftersale.models import Withdrawal, WithdrawalLine
from shop.aftersale.withdrawing import Statement, declare
from shop.catalogue.models import StockMovement, Variant
from shop.core import clock
from shop.core.db import db, writing
from shop.orders import fulfilment
from shop.orders.emails import new_link
from shop.orders.models import Order, OrderEvent
from shop.orders.queries import order_for_change, order_with_all
from shop.payments.models import AttentionItem, Refund
from shop.payments.mollie_gateway import Movement
from shop.payments.moves import apply_refund
from shop.payments.queries import refunds_of
from shop.people.models import AuditEntry
from shop.shipping.models import Carrier
from tests.factories import make_order, make_product
from tests.page import Browser

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]


def sent_order(*lines: Any, **values: Any) -> Order:
    """An order whose parcel has arrived."""
    order = make_order(*lines, status="confirmed", **values)
    carrier = Carrier(code="postnl", name="PostNL", tracking_url="")
    db.session.add(carrier)
    db.session.commit()
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="", staff_id=1, at=clock.now())
    fulfilment.deliver(shipment.id, staff_id=1, at=clock.now())
    db.session.commit()
    return order


def stated(order: Order | None, quantities: dict[int, int] | None = None, **values: Any) -> int:
    """The number of a statement about an order, or about one that nobody knows."""
    told = {"name": "Sanne de Vries", "reference": order.number if order else "26-XXXXXX", "email": "sanne@example.com"}
    statement = Statement(
        **{**told, "language": "nl", "order_id": order.id if order else None, "quantities": quantities, **values}
    )
    withdrawal = declare(statement, receipt=str(clock.now().timestamp()), is_mailed=True, at=clock.now())
    db.session.commit()
    return withdrawal.id


def fresh(withdrawal_id: int) -> Withdrawal:
    """A withdrawal as it is by now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Withdrawal, withdrawal_id)


def lines_of(withdrawal_id: int) -> list[WithdrawalLine]:
    """Its lines as they are by now."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.query(WithdrawalLine).filter_by(withdrawal_id=withdrawal_id).order_by(WithdrawalLine.id))


def went_back(refund: Refund, status: str = "refunded") -> None:
    """Mollie says that the money of a refund has gone back, or that it did not."""
    with writing():
        held = order_for_change(refund.order_id)
        assert held is not None
        row = db.session.get_one(Refund, refund.id, populate_existing=True)
        apply_refund(held, row, Movement("re_1234", status, row.amount_cents, None, row.token), at=clock.now())
        db.session.commit()


def test_a_whole_return_from_statement_to_money(app: Flask, staff: Staff) -> None:
    product = make_product(price_cents=1250, stock=10)
    order = sent_order((product, 2))
    number, variant = order.number, order_with_all(order.id).lines[0].variant_id
    wid = stated(order)
    (line,) = lines_of(wid)
    desk = staff("owner")
    assert f"/staff/returns/{wid}" in desk.get("/staff/returns").links()
    page = desk.get(f"/staff/returns/{wid}")
    for words in ("Sanne de Vries", "2 van 2", "€ 29,95", "Met de verzendkosten", "Verwacht"):
        assert words in page.text, words
    path = f"/staff/returns/{wid}"
    came = {f"line-{line.id}-quantity": "2", f"line-{line.id}-condition": "één oor is af"}
    assert desk.send(f"{path}/received", **came).status == 303
    assert "Teruggekomen" in desk.get("/staff/returns?tab=received").text
    assert "één oor is af" in desk.get(path).text
    assert desk.send(f"{path}/lines/{line.id}/stock", **{f"stock-{line.id}-pieces": "1"}).status == 303
    db.session.rollback()
    assert db.session.query(Variant.stock).filter_by(id=variant).scalar() == 9
    movement = db.session.query(StockMovement).filter_by(key=f"withdrawal:{line.id}").one()
    assert (movement.delta, movement.reason) == (1, "returned")
    desk.get(path)
    decided = desk.send(f"{path}/judge", decision="accepted", deduction="5,00", reason="binnen de termijn")
    assert decided.status == 303
    withdrawal = fresh(wid)
    assert (withdrawal.proposed_cents, withdrawal.deduction_cents, withdrawal.judged_by) == (2495, 500, desk.account.id)
    assert withdrawal.ended_at is None
    page = desk.get(path)
    assert "In de wachtrij" in page.text
    assert f"Beslist door {desk.account.name} op" in page.text
    (refund,) = refunds_of(order.id)
    assert (refund.amount_cents, refund.origin, refund.decided_by) == (2495, "withdrawal", desk.account.id)
    assert refund.shipping_cents == 495
    went_back(refund)
    assert fresh(wid).ended_at is not None
    assert "Afgehandeld" in desk.get(path).text
    kinds = [kind for (kind,) in db.session.query(OrderEvent.kind).filter_by(order_id=order.id).order_by(OrderEvent.id)]
    after = kinds[kinds.index("withdrawal_declared") :]
    assert [kind for kind in after if kind.startswith("withdrawal")] == [
        "withdrawal_declared",
        "withdrawal_received",
        "withdrawal_accepted",
    ]
    assert after[-1] == "refunded"
    assert "De klant herriep" not in desk.get(f"/staff/orders/{number}").text
    noted = {action for (action,) in db.session.query(AuditEntry.action)}
    assert {"return.opened", "return.received", "return.put_in_stock", "return.judged"} <= noted


@pytest.mark.parametrize(
    ("decision", "words"), [("accepted", "Je krijgt € 17,45 terug."), ("refused", "Ben je het er niet mee eens?")]
)
def test_the_customer_reads_the_decision_its_reason_and_the_condition(
    app: Flask, staff: Staff, visitor: Browser, decision: str, words: str
) -> None:
    order = sent_order((make_product(), 1))
    link = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    return_path = f"/orders/{order.return_token}"
    wid = stated(order)
    assert "Hier lees je wat we besluiten." in visitor.get(link).text
    (line,) = lines_of(wid)
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    desk.get(path)
    desk.send(f"{path}/received", **{f"line-{line.id}-quantity": "1", f"line-{line.id}-condition": "barst in de rand"})
    desk.get(path)
    assert desk.send(f"{path}/judge", decision=decision, reason="zoals besproken").status == 303
    db.session.expire_all()
    page = visitor.get(link)
    for told in (words, "Onze reden: zoals besproken", "Zo kwam het terug: barst in de rand"):
        assert told in page.text, told
    assert "zoals besproken" not in visitor.get(return_path).text


def test_a_part_comes_without_the_delivery_and_the_rest_with_it(app: Flask, staff: Staff) -> None:
    order = sent_order((make_product(price_cents=1000), 2))
    (line,) = order_with_all(order.id).lines
    desk = staff("owner")
    for cents, wid in ((1000, stated(order, {line.id: 1})), (1495, stated(order, {line.id: 1}))):
        desk.get(f"/staff/returns/{wid}")
        desk.send(f"/staff/returns/{wid}/judge", decision="accepted", reason="akkoord")
        assert fresh(wid).proposed_cents == cents


def test_an_unpaid_order_has_nothing_to_pay_back(app: Flask, staff: Staff) -> None:
    wid = stated(make_order(pays_by="pickup", delivery="pickup"))
    desk = staff("owner")
    desk.get(f"/staff/returns/{wid}")
    desk.send(f"/staff/returns/{wid}/judge", decision="accepted", reason="niet betaald")
    withdrawal = fresh(wid)
    assert withdrawal.proposed_cents == 0
    assert withdrawal.ended_at is not None


def test_staff_finds_the_order_of_an_unknown_number(app: Flask, staff: Staff) -> None:
    order = sent_order()
    number, wid = order.number, stated(None)
    person = fresh(wid).person_id
    desk = staff("fulfilment")
    assert "Nog niet bekend" in desk.get("/staff/returns").text
    desk.get(f"/staff/returns/{wid}")
    page = desk.send(f"/staff/returns/{wid}/match", number="26-ZZZZZZ")
    assert page.status == 422
    assert "Er is geen bestelling met dit nummer." in page.errors()["number"]
    assert desk.send(f"/staff/returns/{wid}/match", number=number.lower()).status == 303
    withdrawal = fresh(wid)
    assert (withdrawal.order_id, withdrawal.person_id) == (order.id, person)
    assert len(lines_of(wid)) == 1


def test_what_was_said_in_words_is_put_into_numbers_first(app: Flask, staff: Staff) -> None:
    order = sent_order((make_product(), 3))
    (line,) = order_with_all(order.id).lines
    wid = stated(order, what="eentje maar")
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    desk.get(path)
    refused = desk.send(f"{path}/judge", decision="accepted", reason="akkoord")
    assert refused.status == 422
    assert fresh(wid).judged_at is None
    for wrong in ("0", "4", "x"):
        desk.get(path)
        assert desk.send(f"{path}/pieces", **{f"pieces-{line.id}": wrong}).status == 422
    assert lines_of(wid) == []
    assert desk.send(f"{path}/pieces", **{f"pieces-{line.id}": "1"}).status == 303
    assert [one.quantity for one in lines_of(wid)] == [1]
    assert desk.post(f"{path}/pieces", **{f"pieces-{line.id}": "2"}).status == 409


def test_a_statement_about_none_of_our_orders_ends_with_a_reason(app: Flask, staff: Staff) -> None:
    wid = stated(None)
    desk = staff("owner")
    desk.get(f"/staff/returns/{wid}")
    assert desk.send(f"/staff/returns/{wid}/judge", decision="refused", reason="").status == 422
    assert desk.send(f"/staff/returns/{wid}/judge", decision="refused", reason="niet onze bestelling").status == 303
    withdrawal = fresh(wid)
    assert withdrawal.decision == "refused"
    assert withdrawal.ended_at is not None


def test_of_two_colleagues_one_decides(app: Flask, staff: Staff) -> None:
    order = sent_order()
    wid = stated(order)
    (line,) = lines_of(wid)
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    came = {f"line-{line.id}-quantity": "1"}
    assert desk.post(f"{path}/received", **came).status == 303
    assert desk.post(f"{path}/received", **came).status == 409
    stock = {f"stock-{line.id}-pieces": "1"}
    assert desk.post(f"{path}/lines/{line.id}/stock", **stock).status == 303
    assert desk.post(f"{path}/lines/{line.id}/stock", **stock).status == 409
    assert db.session.query(StockMovement).filter_by(key=f"withdrawal:{line.id}").count() == 1
    assert desk.post(f"{path}/judge", decision="refused", reason="te laat").status == 303
    assert desk.post(f"{path}/judge", decision="accepted", reason="toch wel").status == 409
    assert fresh(wid).decision == "refused"


def test_more_cannot_come_back_than_was_withdrawn_nor_go_in_stock_than_came(app: Flask, staff: Staff) -> None:
    order = sent_order((make_product(stock=5), 2))
    wid = stated(order)
    (line,) = lines_of(wid)
    desk, path = staff("fulfilment"), f"/staff/returns/{wid}"
    for wrong in ("3", "0", "", "x"):
        assert desk.post(f"{path}/received", **{f"line-{line.id}-quantity": wrong}).status == 422
    assert fresh(wid).received_at is None
    assert desk.post(f"{path}/received", **{f"line-{line.id}-quantity": "1"}).status == 303
    assert desk.post(f"{path}/lines/{line.id}/stock", **{f"stock-{line.id}-pieces": "2"}).status == 422
    assert lines_of(wid)[0].put_back_quantity == 0


def test_nothing_comes_back_of_what_was_never_sent(app: Flask, staff: Staff) -> None:
    wid = stated(make_order(status="confirmed"))
    (line,) = lines_of(wid)
    desk = staff("fulfilment")
    assert "niets verzonden" in desk.get(f"/staff/returns/{wid}").text
    assert desk.post(f"/staff/returns/{wid}/received", **{f"line-{line.id}-quantity": "1"}).status == 409


@pytest.mark.parametrize("note", ["bel 06 12345678", "mail a@b.nl", "woont op 3841 CD", "BSN 123456782"])
def test_a_note_names_nobody(app: Flask, staff: Staff, note: str) -> None:
    order = sent_order()
    wid = stated(order)
    (line,) = lines_of(wid)
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    came = {f"line-{line.id}-quantity": "1", f"line-{line.id}-condition": note}
    assert desk.post(f"{path}/received", **came).status == 422
    assert desk.post(f"{path}/judge", decision="refused", reason=note).status == 422
    assert fresh(wid).judged_at is None


def test_a_late_statement_and_an_excluded_product_are_shown_as_such(app: Flask, staff: Staff, at: Any) -> None:
    at("2026-03-02 12:00")
    order = sent_order((make_product(withdrawal_exclusion="made_to_order"), 1))
    at("2026-03-17 00:01")
    wid = stated(order)
    page = staff("owner").get(f"/staff/returns/{wid}")
    assert page.soup.select_one("td .status-bad") is not None
    assert "16 maart 2026" in page.text
    assert "Wettelijk uitgesloten" in page.text
    assert "art. 16(c)" in page.text


def test_the_clock_of_the_refund_turns_red(app: Flask, staff: Staff, at: Any) -> None:
    at("2026-03-02 12:00")
    stated(sent_order())
    at("2026-03-16 23:00")
    assert staff("fulfilment").get("/staff/returns").soup.select_one("td .status-bad") is None
    at("2026-03-17 00:01")
    late = staff("fulfilment").get("/staff/returns").soup.select_one("td .status-bad")
    assert late is not None
    assert "16 maart 2026" in late.get_text()


def test_the_warehouse_receives_but_does_not_decide(app: Flask, staff: Staff) -> None:
    order = sent_order()
    wid, number = stated(order), order.number
    desk = staff("fulfilment")
    page = desk.get(f"/staff/returns/{wid}")
    assert f"/staff/returns/{wid}/judge" not in page.actions
    assert f"/staff/returns/{wid}/received" in page.actions
    assert desk.post(f"/staff/returns/{wid}/judge", decision="refused", reason="x").status == 403
    assert "De klant herriep" in desk.get(f"/staff/orders/{number}").text
    assert staff("bookkeeping").get("/staff/returns").status == 403


def test_the_product_page_tells_the_ground_of_an_exclusion(app: Flask, visitor: Browser, staff: Staff) -> None:
    product = make_product()
    assert "Je hebt 14 dagen bedenktijd." in visitor.get(f"/products/{product.slug}").text
    desk = staff("owner")
    desk.get("/staff/products/new")
    made = desk.send("/staff/products/new", name_nl="Naambord", withdrawal_exclusion="made_to_order")
    assert made.status == 303
    path = made.location.split("?")[0]
    assert desk.get(path).form(path)["withdrawal_exclusion"] == "made_to_order"
    assert (
        desk.post(
            "/staff/products/new", name_nl="Bord", kind="goods", vat_class="standard", withdrawal_exclusion="x"
        ).status
        == 422
    )
    product = make_product(withdrawal_exclusion="sealed_hygiene")
    text = visitor.get(f"/products/{product.slug}").text
    assert "Om hygiënische redenen" in text
    assert "BW 6:230p" in text
    assert "14 dagen bedenktijd" not in text


def test_accepted_now_and_paid_back_later_by_somebody_who_may(app: Flask, staff: Staff) -> None:
    order = sent_order((make_product(price_cents=1250), 2))
    wid = stated(order)
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    desk.get(path)
    assert desk.post(f"{path}/judge", decision="accepted", reason="binnen de termijn").status == 303
    (refund,) = refunds_of(order.id)
    assert (refund.status, fresh(wid).ended_at) == ("proposed", None)
    packer = staff("fulfilment")
    page = packer.get(f"/staff/refunds/{refund.id}")
    assert f"/staff/refunds/{refund.id}/decide" not in page.actions
    decide = f"/staff/refunds/{refund.id}/decide"
    assert packer.post(decide, choice="accept", amount="29,95", reason="goed").status == 403
    desk.get(f"/staff/refunds/{refund.id}")
    assert desk.send(decide, choice="accept").status == 303
    db.session.rollback()
    assert refunds_of(order.id)[0].status == "queued"
    went_back(refund)
    assert fresh(wid).ended_at is not None


def test_a_refund_that_is_lost_opens_the_withdrawal_again(app: Flask, staff: Staff) -> None:
    order = sent_order()
    wid = stated(order)
    desk, path = staff("owner"), f"/staff/returns/{wid}"
    desk.get(path)
    desk.send(f"{path}/judge", decision="accepted", reason="binnen de termijn")
    (refund,) = refunds_of(order.id)
    went_back(refund)
    assert fresh(wid).ended_at is not None
    later = refund.id
    with writing():
        held = order_for_change(order.id)
        assert held is not None
        row = db.session.get_one(Refund, later, populate_existing=True)
        apply_refund(held, row, Movement("re_1234", "failed", row.amount_cents, None, row.token), at=clock.now())
        db.session.commit()
    assert fresh(wid).ended_at is None
    page = desk.get("/staff/attention")
    assert "Een terugbetaling is niet gelukt" in page.text
    item = db.session.query(AttentionItem).one()
    assert desk.send(f"/staff/attention/{item.id}/decide", choice="refund", reason="nog eens").status == 303
    db.session.rollback()
    again = refunds_of(order.id)[-1]
    assert (again.status, again.amount_cents) == ("queued", refund.amount_cents)
    assert fresh(wid).ended_at is None
