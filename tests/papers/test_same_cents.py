"""Whatever was bought: order page, receipt, invoice, UBL, the books and what Mollie is sent show the same cents."""

import secrets
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from shop.core import clock
from shop.core.db import db
from shop.core.money import cents_from_mollie_value, vat_part_cents
from shop.orders.models import CONFIRMED, Order, OrderAddress, OrderLine
from shop.orders.queries import order_with_all, vat_of
from shop.papers import books, documents, queries, rules, snapshot, ubl
from shop.payments.bodies import payment_body
from shop.people.actions import new_person
from shop.pricing.rules import PricedLine, shipping_vat_basis_points
from tests.endurance.conftest import IS_LONG
from tests.factories import make_attempt
from tests.papers.orders import booked, invoiced, settled_refund
from tests.papers.test_ubl import CAC, CBC
from tests.papers.test_ubl import cents as cents_of

CARTS = 3_000 if IS_LONG else 20
BOUGHT = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 9_999), st.sampled_from([2100, 900, 0])), min_size=1, max_size=7
)


def order_of(bought, shipping, discount) -> Order:
    """A confirmed order of these (quantity, price, rate), written as a row."""
    now = clock.now()
    sold = [PricedLine(*one) for one in bought]
    items = sum(line.total_cents for line in sold)
    order = Order(
        number=f"26-{secrets.token_hex(3).upper()}",
        person_id=new_person("nl", at=now).id,
        return_token=secrets.token_urlsafe(32),
        language="nl",
        terms_version="1",
        status=CONFIRMED,
        pays_by="mollie",
        email="sanne@example.com",
        shipping_kind="parcel",
        shipping_name="Bezorgen",
        shipping_vat_basis_points=shipping_vat_basis_points(sold),
        items_cents=items,
        shipping_cents=shipping,
        discount_cents=discount,
        total_cents=items + shipping - discount,
        placed_at=now,
        confirmed_at=now,
    )
    db.session.add(order)
    db.session.flush()
    for n, (quantity, price, rate) in enumerate(bought):
        line = {"quantity": quantity, "unit_price_cents": price, "total_cents": quantity * price}
        db.session.add(
            OrderLine(order_id=order.id, kind="goods", sku=f"A{n}", name=f"Artikel {n}", vat_basis_points=rate, **line)
        )
    where = {"street": "Donkerstraat", "house_number": "52", "postcode": "3841 CD", "town": "Harderwijk"}
    names = {"given_name": "Sanne", "family_name": "de Vries", "addition": "", "country": "NL"}
    db.session.add(OrderAddress(order_id=order.id, kind="shipping", **names, **where))
    db.session.commit()
    return order_with_all(order.id)


@pytest.mark.slow
@pytest.mark.usefixtures("may_issue")
@settings(max_examples=CARTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=BOUGHT, shipping=st.sampled_from([0, 495, 895]), share=st.integers(0, 100), back=st.integers(1, 100))
def test_every_paper_and_mollie_show_the_same_cents(app, bought, shipping, share, back):
    items = sum(quantity * price for quantity, price, _rate in bought)
    order = order_of(bought, shipping, items * share // 100)
    if order.total_cents == 0:
        return
    total = order.total_cents
    by_rate = {part.basis_points: (part.gross_cents, part.vat_cents) for part in vat_of(order)}
    assert sum(gross for gross, _vat in by_rate.values()) == total

    lines = payment_body(order, make_attempt(order, method="klarna"))["lines"]
    mollie = {}
    for line in lines:
        gross, vat = (cents_from_mollie_value(line[name]["value"]) for name in ("totalAmount", "vatAmount"))
        unit = cents_from_mollie_value(line["unitPrice"]["value"])
        discount = cents_from_mollie_value(line["discountAmount"]["value"]) if "discountAmount" in line else 0
        rate = int(Decimal(line["vatRate"]) * 100)
        assert gross == unit * line["quantity"] - discount, "Mollie's rule for a line"
        assert vat == vat_part_cents(gross, rate), "Mollie's rule for its VAT"
        known = mollie.get(rate, (0, 0))
        mollie[rate] = (known[0] + gross, known[1] + vat)
    assert mollie == by_rate

    booked(order)
    receipt = snapshot.receipt_of(order_with_all(order.id))
    invoice = invoiced(order)
    paper = documents.paper_of(invoice)
    for told in (receipt, paper):
        assert {part.basis_points: (part.gross_cents, part.vat_cents) for part in told.vat} == by_rate
    root = etree.fromstring(ubl.xml_of(paper))
    assert {
        cents_of(part.findtext(f"{CAC}TaxCategory/{CBC}Percent")): (
            cents_of(part.findtext(f"{CBC}TaxableAmount")) + cents_of(part.findtext(f"{CBC}TaxAmount")),
            cents_of(part.findtext(f"{CBC}TaxAmount")),
        )
        for part in root.iterfind(f"{CAC}TaxTotal/{CAC}TaxSubtotal")
    } == by_rate
    assert {rate: amounts for (_country, rate), amounts in books.booked(order.id).items()} == {
        rate: amounts for rate, amounts in by_rate.items() if any(amounts)
    }

    settled_refund(order, max(1, total * back // 100))
    if total - max(1, total * back // 100):
        settled_refund(order, total - max(1, total * back // 100))
    db.session.rollback()
    assert set(books.booked(order.id).values()) <= {(0, 0)}, "all that came in has gone back, and its VAT with it"
    assert all((part.gross_cents, part.vat_cents) == (0, 0) for part in queries.left_of(invoice))
    assert list(queries.wrong_with_sums()) == []
    db.session.rollback()


def told_by_rate(order_id: int) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    """What is left of an order's invoices, and what the books keep of it."""
    db.session.rollback()
    lefts = [queries.left_of(paper) for paper in queries.invoices_of(order_id) if paper.kind == rules.INVOICE]
    parts = rules.parts_less(lefts, ()), rules.by_rate(books.booked(order_id))
    db.session.rollback()
    left, kept = ({part.basis_points: (part.gross_cents, part.vat_cents) for part in found} for found in parts)
    return left, kept


def one_of_each(order: Order) -> dict[str, Any]:
    """A refund of one piece of each line and the delivery."""
    lines = {line.id: (1, line.unit_price_cents) for line in order.lines}
    return {"lines": lines, "shipping_cents": order.shipping_cents}


MIXED = [(3, 1250, 2100), (2, 99, 0), (1, 333, 900)]
ONE_OF_EACH = 1250 + 99 + 333 + 495


@pytest.mark.usefixtures("may_issue")
@pytest.mark.parametrize("is_asked_first", [True, False])
def test_lines_and_delivery_that_go_back_are_booked_as_they_are_credited(app, is_asked_first):
    order = booked(order_of(MIXED, 495, 0))
    if is_asked_first:
        invoiced(order)
    settled_refund(order, ONE_OF_EACH, **one_of_each(order_with_all(order.id)))
    if not is_asked_first:
        invoiced(order)
    left, kept = told_by_rate(order.id)
    assert left == kept
    assert sum(gross for gross, _vat in kept.values()) == order.total_cents - ONE_OF_EACH
    assert kept[0] == (99, 0), "one of the two at no VAT is left, and no part of the delivery went there"
