"""The one truth in which every history must end: what Mollie, orders, stock, papers and messages say is the same."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import func, select

from shop.aftersale.models import Withdrawal, WithdrawalLine
from shop.catalogue.models import Variant
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.operations.queries import HOLDING, broken_invariants
from shop.orders.models import (
    CANCELED,
    COMPLETED,
    CONFIRMED,
    EXPIRED,
    LOST,
    PLACED,
    Order,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.orders.queries import order_with_all
from shop.papers import books, documents, queries, rules, snapshot
from shop.papers.models import Invoice
from shop.payments.balance import balance_of
from shop.payments.models import REFUSED, AppliedPayment, AttentionItem, Capture, PaymentAttempt, Refund, RefundLine
from shop.payments.refund_rules import ALIVE, DECLINED, ON_ITS_WAY, PROPOSED, REFUNDED
from shop.payments.refund_rules import CANCELED as TAKEN_BACK
from shop.payments.simulator import payments
from shop.payments.simulator.money import of as money_of
from shop.payments.simulator.store import Doc
from shop.pricing.rules import VatPart
from tests.histories.bank import Bank

MAIL_OF = {"order_confirmation": "confirmed_at", "order_canceled": ""}


def untruths(bank: Bank, start: dict[int, int]) -> list[str]:
    """Everything in which two of them differ; empty when all say the same."""
    found = [
        *broken_invariants(),
        *_attempts(bank),
        *_refunds(bank),
        *_lines(),
        *_captures(bank),
        *_orders(bank),
        *_stock(start),
        *_papers(),
        *_effects(),
    ]
    db.session.rollback()
    return found


def _attempts(bank: Bank) -> Iterator[str]:
    """Every payment at Mollie's is one of our attempts, and says the same as it."""
    known = {attempt.token: attempt for attempt in db.session.scalars(select(PaymentAttempt))}
    made = bank.objects("payment")
    for token, times in Counter(payment["sent"]["metadata"] for payment in made).items():
        if times > 1:
            yield f"{times} payments were made for one attempt"
        if token not in known:
            yield "a payment was made for no attempt"
    for payment in made:
        attempt = known[payment["sent"]["metadata"]]
        name = f"attempt {attempt.id} ({attempt.method})"
        if attempt.mollie_id != payment["id"]:
            yield f"{name}: the payment at Mollie was never found, and is {payment['status']}"
            continue
        if attempt.status != payment["status"]:
            yield f"{name} is {attempt.status}, at Mollie {payment['status']}"
        if attempt.amount_cents != _cents(payment):
            yield f"{name} has another amount at Mollie"
        if payments.holds_money(payment) and attempt.captured_cents != payments.captured(bank.world, payment).minor:
            yield f"{name}: {attempt.captured_cents} were captured, at Mollie other"
        if attempt.charged_back_cents != payments.charged_back(bank.world, payment).minor:
            yield f"{name}: {attempt.charged_back_cents} were charged back, at Mollie other"
    for attempt in known.values():
        if attempt.mollie_id is None and attempt.status != REFUSED:
            yield f"attempt {attempt.id} is {attempt.status}, and Mollie knows nothing of it"


def _refunds(bank: Bank) -> Iterator[str]:
    """Every refund at Mollie's is one row of ours, asked for once, and stands where the row stands."""
    rows = list(db.session.scalars(select(Refund)))
    known, tokens = {row.mollie_id: row for row in rows if row.mollie_id}, {row.token: row for row in rows}
    made = bank.objects("refund")
    asked = Counter(refund["metadata"] for refund in made if refund["metadata"])
    for token, times in asked.items():
        if times > 1:
            yield f"refund {tokens[token].id} was asked {times} times"
    for refund in made:
        row = known.get(refund["id"])
        if row is None:
            yield f"a refund at Mollie ({refund['status']}) is not in the shop"
        elif (row.status, row.amount_cents) != (refund["status"], _cents(refund)):
            yield f"refund {row.id} is {row.status} {row.amount_cents}, at Mollie {refund['status']} {_cents(refund)}"
    for row in rows:
        if row.status in ON_ITS_WAY:
            yield f"refund {row.id} is still {row.status}"
        if row.status == TAKEN_BACK and row.cancel_asked_at is not None and row.cancel_refused_at is None:
            taken = select(AttentionItem.id).where(AttentionItem.key == f"refund_failed:{row.id}")
            if db.session.scalar(taken) is not None:
                yield f"refund {row.id} was taken back by staff, and they are asked about it"
        if row.is_being_canceled:
            yield f"refund {row.id} was taken back, and nobody knows what became of it"
        if row.mollie_id is None and row.status == REFUNDED and not row.is_by_hand:
            yield f"refund {row.id} went back, and Mollie knows nothing of it"
        if (row.status in (PROPOSED, DECLINED)) and row.mollie_id is not None:
            yield f"refund {row.id} is {row.status}, and was asked of Mollie"


def _lines() -> Iterator[str]:
    """No piece is paid back twice, and what was left out was not packed as well."""
    back = (
        select(func.coalesce(func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, Refund.status.in_(ALIVE))
        .correlate(OrderLine)
        .scalar_subquery()
    )
    packed = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == OrderLine.id, Shipment.status != LOST)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    question = select(OrderLine, Order.status, Order.version, back.label("back"), packed.label("packed")).join(
        Order, Order.id == OrderLine.order_id
    )
    for row in db.session.execute(question):
        line = row.OrderLine
        if row.back > line.quantity and row.version == 1:
            yield f"line {line.id}: {row.back} of {line.quantity} pieces were paid back"
        if row.packed + line.not_sent_quantity > line.quantity:
            yield f"line {line.id}: {row.packed} of {line.quantity} are packed, {line.not_sent_quantity} left out"
        if row.status == CONFIRMED and row.packed == 0 and line.not_sent_quantity == line.quantity:
            others = select(OrderLine.id).where(
                OrderLine.order_id == line.order_id, OrderLine.not_sent_quantity < OrderLine.quantity
            )
            if db.session.scalar(others.limit(1)) is None:
                yield f"order {line.order_id}: nothing of it is to be sent, and it is not complete"


def _captures(bank: Bank) -> Iterator[str]:
    rows = list(db.session.scalars(select(Capture)))
    known = {row.mollie_id: row for row in rows if row.mollie_id}
    for token, times in Counter(capture["metadata"] for capture in bank.objects("capture")).items():
        if times > 1:
            yield f"capture {token} was asked {times} times"
    for capture in bank.objects("capture"):
        row = known.get(capture["id"])
        if row is None:
            yield "a capture at Mollie is not in the shop"
        elif (row.status, row.amount_cents) != (capture["status"], _cents(capture)):
            yield f"capture {row.id} is {row.status}, at Mollie {capture['status']}"
    for row in rows:
        if row.status in ("queued", "pending"):
            yield f"capture {row.id} is still {row.status}"


def _orders(bank: Bank) -> Iterator[str]:
    """The money of every order is what its payments brought and its refunds took, to the cent."""
    made = {payment["id"]: payment for payment in bank.objects("payment")}
    for order in db.session.scalars(select(Order)).all():
        name = f"order {order.id} ({order.status})"
        attempts = list(db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id)))
        mine = [made[one.mollie_id] for one in attempts if one.mollie_id]
        came = sum(_came(bank, payment) for payment in mine)
        went = sum(_cents(one) for payment in mine for one in _gone(bank, payment))
        balance, cash = balance_of(order), 0
        if order.pays_by == "pickup":
            paid = select(OrderEvent.id).where(OrderEvent.order_id == order.id, OrderEvent.kind == "paid")
            cash = order.total_cents if db.session.scalar(paid.limit(1)) is not None else 0
            by_hand = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
                Refund.order_id == order.id, Refund.attempt_id.is_(None), Refund.status == REFUNDED
            )
            went += int(db.session.scalar(by_hand) or 0)
        if balance.paid_cents != came + cash:
            yield f"{name}: {came + cash} came in, its balance says {balance.paid_cents}"
        if balance.refunded_cents != went:
            yield f"{name}: {went} went back, its balance says {balance.refunded_cents}"
        if order.status == PLACED:
            yield f"{name} still waits"
        if order.status in (PLACED, EXPIRED) and came:
            roles = set(db.session.scalars(select(AppliedPayment.role).where(AppliedPayment.order_id == order.id)))
            if roles != {"surplus"}:
                yield f"{name} has {came} of its customer"


def _came(bank: Bank, payment: Doc) -> int:
    if payments.holds_money(payment):
        return payments.captured(bank.world, payment).minor
    return _cents(payment) if payment["status"] == "paid" else 0


def _gone(bank: Bank, payment: Doc) -> list[Doc]:
    return [one for one in bank.world.store.children("refund", payment["id"]) if one["status"] == "refunded"]


def _stock(start: dict[int, int]) -> Iterator[str]:
    """What was there at first is there, sold, kept for somebody, or came back."""
    holds = (
        select(OrderLine.variant_id, func.sum(OrderLine.quantity - OrderLine.not_sent_quantity).label("pieces"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.status.in_(HOLDING))
        .group_by(OrderLine.variant_id)
    )
    came = (
        select(OrderLine.variant_id, func.sum(WithdrawalLine.put_back_quantity).label("pieces"))
        .join(OrderLine, OrderLine.id == WithdrawalLine.order_line_id)
        .group_by(OrderLine.variant_id)
    )
    held = {row.variant_id: int(row.pieces) for row in db.session.execute(holds)}
    back = {row.variant_id: int(row.pieces) for row in db.session.execute(came)}
    for variant in db.session.scalars(select(Variant).where(Variant.id.in_(start))):
        should = start[variant.id] - held.get(variant.id, 0) + back.get(variant.id, 0)
        if variant.stock != should or variant.stock < 0:
            yield f"variant {variant.id} has {variant.stock} pieces, not {should}"


def _papers() -> Iterator[str]:
    """One receipt's worth of papers: books, receipt and invoice less its credit notes come to the same cents."""
    for order_id in db.session.scalars(select(Order.id)).all():
        order = order_with_all(order_id)
        name = f"order {order.id} ({order.status})"
        booked = {bucket: amounts for bucket, amounts in books.booked(order_id).items() if any(amounts)}
        kept = sum(gross for gross, _vat in booked.values())
        should = _sold(order)
        if kept != should:
            yield f"{name}: the books keep {kept}, but {should} of its sale is here"
        if any(gross < 0 or vat < 0 for gross, vat in booked.values()):
            yield f"{name}: the books are below zero"
        if kept and (receipt := snapshot.receipt_of(order)).total_cents != order.total_cents:
            yield f"{name}: its receipt says {receipt.total_cents}"
        papers = queries.invoices_of(order_id)
        invoices = [paper for paper in papers if paper.kind == rules.INVOICE]
        if not papers:
            if queries.request_of(order_id) is not None and queries.is_paid(order):
                yield f"{name} is paid, and the invoice that was asked for was never issued"
            continue
        still_open = [invoice for invoice, _left in queries.open_invoices(order_id)]
        own = [invoice for invoice in still_open if not invoice.refers_to]  # the others take credit notes back
        if len(own) > 1:
            yield f"{name} has {len(own)} invoices at once"
        left = rules.parts_less([queries.left_of(invoice) for invoice in invoices], ())
        owed = min(kept, order.total_cents)  # a cheaper order is invoiced anew at once; its difference goes back later
        owed_parts = rules.by_rate(booked if owed == kept else snapshot.amounts_of(order))
        if sum(part.gross_cents for part in left) != owed:
            yield f"{name}: of its invoices {left} is left, not {owed}; the books keep {kept}"
        is_following = queries.is_paid(order) or not queries.was_changed_since(order_id, order.placed_at)
        if is_following and _some(left) != _some(owed_parts):
            yield f"{name}: of its invoices {left} is left, not {owed_parts}"
    for paper in db.session.scalars(select(Invoice)):
        if documents.paper_of(paper).total_cents != paper.total_cents:
            yield f"{paper.number} says something else than its row"


def _some(parts: tuple[VatPart, ...]) -> list[VatPart]:
    return [part for part in parts if part.gross_cents or part.vat_cents]


def _sold(order: Order) -> int:
    """What is here of an order's sale: what came in for it, less what went back of that."""
    settling = select(AppliedPayment.attempt_id).where(
        AppliedPayment.order_id == order.id, AppliedPayment.role != "surplus"
    )
    came = sum(
        attempt.captured_cents if attempt.is_captured_later else attempt.amount_cents
        for attempt in db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.id.in_(settling)))
        if attempt.is_captured_later or attempt.status == "paid"
    )
    if order.pays_by == "pickup":
        paid = select(OrderEvent.id).where(OrderEvent.order_id == order.id, OrderEvent.kind == "paid")
        came = order.total_cents if db.session.scalar(paid.limit(1)) is not None else 0
    back = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.order_id == order.id,
        Refund.status == REFUNDED,
        Refund.attempt_id.is_(None) | Refund.attempt_id.in_(settling),
    )
    return came - int(db.session.scalar(back) or 0)


def _effects() -> Iterator[str]:
    """Nothing was doubled, and nothing that was written down was left undone."""
    rows = list(db.session.scalars(select(OutboxRow)))
    for row in rows:
        if row.failed_at is not None:
            yield f"{row.key} was given up: {row.last_error}"
        elif row.done_at is None:
            yield f"{row.key} was never carried out: {row.last_error}"
    mails = Counter(row.reference for row in rows if row.kind == "mail")
    went = {row.status for row in db.session.scalars(select(Refund)) if row.status in ALIVE}
    settled = db.session.scalars(select(OrderEvent.id).where(OrderEvent.kind == "refunded")).all()
    if mails["order_refunded"] != len(settled):
        yield f"{len(settled)} refunds went back, {mails['order_refunded']} messages tell of them ({went})"
    confirmed = db.session.scalar(select(func.count(Order.id)).where(Order.confirmed_at.is_not(None)))
    if mails["order_confirmation"] != confirmed:
        yield f"{confirmed} orders were confirmed, {mails['order_confirmation']} messages tell of it"
    left = db.session.scalar(select(func.count(Shipment.id)).where(Shipment.shipped_at.is_not(None)))
    if mails["order_shipped"] + mails["order_ready"] != left:
        yield f"{left} parcels left, {mails['order_shipped'] + mails['order_ready']} messages tell of them"
    canceled = db.session.scalar(select(func.count(Order.id)).where(Order.status == CANCELED))
    if mails["order_canceled"] != canceled:
        yield f"{canceled} orders were canceled, {mails['order_canceled']} messages tell of it"
    once = ("placed", "confirmed", "canceled", "expired", "paid")
    events = select(OrderEvent.order_id, OrderEvent.kind).where(OrderEvent.kind.in_(once))
    for (order_id, kind), found in groupby(sorted((row.order_id, row.kind) for row in db.session.execute(events))):
        if len(list(found)) > 1:
            yield f"order {order_id} was {kind} more than once"
    declared = db.session.scalar(select(func.count(Withdrawal.id)))
    if mails["withdrawal_receipt"] != declared:
        yield f"{declared} withdrawals were declared, {mails['withdrawal_receipt']} messages tell of it"
    unfinished = select(Order.id).where(Order.status.in_((CONFIRMED, COMPLETED)), Order.confirmed_at.is_(None))
    for order_id in db.session.scalars(unfinished):
        yield f"order {order_id} goes ahead, but was never confirmed"


def _cents(thing: Doc) -> int:
    return money_of(thing["amount"]).minor
