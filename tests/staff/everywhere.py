"""Every address of the back office, filled in with rows that exist."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from shop.aftersale import changing
from shop.aftersale.withdrawing import Statement, declare
from shop.catalogue.models import Collection, CollectionProduct, Option, Picture
from shop.contact import actions as contact
from shop.contact.models import AnswerTemplate, ContactMessage
from shop.core import clock, outbox, vault
from shop.core.db import db
from shop.operations.models import Difference, ReconciliationRun
from shop.orders import fulfilment, missing
from shop.orders.queries import order_for_change, order_with_all
from shop.papers import documents
from shop.papers.models import Invoice
from shop.payments.models import AttentionItem
from shop.payments.refunding import propose
from shop.privacy.actions import id_copies, retention
from shop.privacy.actions.record import open_breach
from shop.privacy.actions.requests import Asked, take_in
from shop.privacy.models.corrections import CorrectionTask
from shop.shipping.models import Carrier
from tests.factories import make_attempt, make_order, make_product, make_shipping, make_staff
from tests.papers.paper import make_paper


@dataclass(frozen=True)
class Address:
    """One endpoint with one method."""

    endpoint: str
    method: str
    path: str


def full_shop() -> dict[str, object]:
    """A row of every kind that an address of the back office names, by the name of its argument."""
    product = make_product()
    parcel, _pickup = make_shipping()
    picture = Picture(product_id=product.id, key="a" * 24, width=800, height=600, alt_nl="Een theepot")
    collection = Collection(slug="thee", name_nl="Thee", name_en="Tea", updated_at=clock.now())
    option = Option(product_id=product.id, name_nl="Maat")
    db.session.add_all([picture, collection, option])
    db.session.flush()
    db.session.add(CollectionProduct(collection_id=collection.id, product_id=product.id, position=0))
    order = make_order((product, 1), status="confirmed")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    withdrawal = declare(
        Statement("Sanne", order.number, "sanne@example.com", "nl", order_id=order.id),
        receipt="r" * 43,
        is_mailed=True,
        at=clock.now(),
    )
    right = take_in(Asked("access", "email", "nl", clock.today(), email="sanne@example.com"), at=clock.now())
    copy = id_copies.ask(right.id, reason="Geen andere weg.", staff_id=1, at=clock.now())
    breach = open_breach("Een laptop kwijt", aware_at=clock.now())
    item = AttentionItem(
        order_id=order.id, key="paid_twice:1", kind="paid_twice", amount_cents=1250, created_at=clock.now()
    )
    charge = AttentionItem(
        order_id=order.id,
        attempt_id=make_attempt(order, status="paid", charged_back_cents=100).id,
        key="chargeback:1",
        kind="chargeback",
        amount_cents=100,
        created_at=clock.now(),
    )
    db.session.add(charge)
    db.session.flush()
    refund = propose(order, cents=100, origin="staff", key="everywhere", at=clock.now())
    thread = contact.ask(
        contact.Question("other", "Mijn BSN is 111222333.", "nl", email="sanne@example.com"),
        receipt="q" * 43,
        is_mailed=True,
        at=clock.now(),
    )
    template = AnswerTemplate(title="Dank", text_nl="Dank je wel.", text_en="Thank you.")
    db.session.add(template)
    outbox.put("mail", "stuck", at=clock.now(), person_id=order.person_id, reference="order_confirmation")
    row = db.session.scalars(select(outbox.OutboxRow).where(outbox.OutboxRow.key == "stuck")).one()
    row.failed_at, row.attempts = clock.now(), 9
    db.session.add(item)
    sent = make_order((product, 1), status="confirmed")
    parcel_sent = fulfilment.pack(sent.id, staff_id=1, at=clock.now())
    parcel_sent.status, parcel_sent.shipped_at = "shipped", clock.now() - timedelta(days=3)
    db.session.flush()
    report = missing.report(sent.id, parcel_sent.id, at=clock.now())
    invoice = an_invoice(order.id)
    db.session.commit()
    asked = changing.ask(order_for_change(order.id), changing.FEWER, at=clock.now(), quantities={1: 0})
    person_id = str(order.person_id)
    until = clock.now() + timedelta(days=30)
    hold = retention.hold("orders", str(order.id), reason="Geschil", until=until, staff_id=1, at=clock.now())
    task = CorrectionTask(
        person_id=person_id, kind="label", about=order.number, fields="shipping address", created_at=clock.now()
    )
    db.session.add(task)
    db.session.flush()
    run = ReconciliationRun(started_at=clock.now(), finished_at=clock.now())
    run.differences = [Difference(kind="mollie_unknown", reference="tr_none")]
    db.session.add(run)
    db.session.commit()
    return {
        "invoice_id": invoice.id,
        "kind": "sums",
        "difference_id": run.differences[0].id,
        "request_id": asked.id,
        "report_id": report.id,
        "number": order.number,
        "shipment_id": shipment.id,
        "product_id": product.id,
        "variant_id": order_with_all(order.id).lines[0].variant_id,
        "option_id": option.id,
        "picture_id": picture.id,
        "collection_id": collection.id,
        "method_id": parcel.id,
        "rate_id": parcel.rates[0].id,
        "carrier_id": db.session.scalars(select(Carrier.id)).first(),
        "withdrawal_id": withdrawal.id,
        "line_id": withdrawal.lines[0].id,
        "item_id": item.id,
        "taken_id": charge.id,
        "refund_id": refund.id,
        "thread_id": thread.id,
        "message_id": db.session.scalars(select(ContactMessage.id)).first(),
        "template_id": template.id,
        "rights_id": right.id,
        "hold_id": hold.id,
        "task_id": task.id,
        "breach_id": breach.id,
        "recipient": "hosting",
        "copy_id": copy.id,
        "row_id": row.id,
        "member_id": make_staff("fulfilment").id,
    }


def an_invoice(order_id: int) -> Invoice:
    """An invoice as a row alone, whose document is sealed."""
    key = vault.new_key()
    paper = make_paper()
    invoice = Invoice(
        order_id=order_id,
        year=2026,
        sequence=1,
        number="2026-00001",
        kind="invoice",
        cause="test",
        language="nl",
        net_cents=paper.net_cents,
        vat_cents=paper.vat_cents,
        total_cents=paper.total_cents,
        issued_on=clock.today(),
        issued_at=clock.now(),
        counts_from=clock.now(),
        document_key=key,
        file_name=vault.new_name(),
        sealed=documents.sealed_paper(paper, key),
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def addresses(app: Flask, rows: dict[str, object]) -> list[Address]:
    """Every endpoint of the back office with each of its methods; a new one takes part by itself."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("staff."):
            continue
        path = adapter.build(rule.endpoint, {name: rows[name] for name in rule.arguments})
        found += [Address(rule.endpoint, method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    return sorted(found, key=lambda one: (one.endpoint == "staff.sign_out", one.method, one.path))
