"""Questions about what customers may still do with an order: download, withdraw."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from shop.aftersale import withdrawal_rules as rules
from shop.aftersale.models import ACCEPTED, Withdrawal, WithdrawalLine
from shop.catalogue.models import DOWNLOAD, Product, Variant
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.orders.models import COLLECTED, DELIVERED, GIVEN_UP, Order, OrderLine
from shop.payments.queries import balance_of


@dataclass(frozen=True)
class Piece:
    """So many pieces of something, by its name on the order."""

    quantity: int
    name: str


def receipt_hash(token: str) -> str:
    """What is kept of the token in a receipt's address."""
    return hashlib.sha256(token.encode()).hexdigest()


def withdrawal_by_receipt(token: str) -> Withdrawal | None:
    """The withdrawal of a receipt, as long as it still says who withdrew."""
    question = select(Withdrawal).where(Withdrawal.receipt_hash == receipt_hash(token), Withdrawal.name.is_not(None))
    return db.session.scalar(question)


def withdrawal_for_change(withdrawal_id: int) -> Withdrawal | None:
    """A withdrawal as it is now with its lines, its row held until the transaction ends."""
    return db.session.scalar(
        select(Withdrawal)
        .where(Withdrawal.id == withdrawal_id)
        .options(selectinload(Withdrawal.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def pieces_of(withdrawal_id: int) -> list[Piece]:
    """What a withdrawal is about, as far as it was said by line."""
    question = (
        select(WithdrawalLine.quantity, OrderLine.name)
        .join(OrderLine, OrderLine.id == WithdrawalLine.order_line_id)
        .where(WithdrawalLine.withdrawal_id == withdrawal_id)
        .order_by(WithdrawalLine.id)
    )
    return [Piece(row.quantity, row.name) for row in db.session.execute(question)]


def order_of_statement(reference: str, email: str) -> int | None:
    """The order that a statement names, if its e-mail address is the order's own."""
    number = "".join(reference.split()).upper()
    question = select(Order.id).where(Order.number == number, func.lower(Order.email) == email.lower())
    return db.session.scalar(question)


def accepted_before(withdrawal: Withdrawal) -> dict[int, int]:
    """How many pieces of each line of the same order other withdrawals took that were accepted."""
    question = (
        select(WithdrawalLine.order_line_id, func.sum(WithdrawalLine.quantity).label("pieces"))
        .join(Withdrawal, Withdrawal.id == WithdrawalLine.withdrawal_id)
        .where(
            Withdrawal.order_id == withdrawal.order_id,
            Withdrawal.id != withdrawal.id,
            Withdrawal.decision == ACCEPTED,
        )
        .group_by(WithdrawalLine.order_line_id)
    )
    return {row.order_line_id: int(row.pieces) for row in db.session.execute(question)}


def withdrawals_of(order_id: int) -> list[Withdrawal]:
    """The withdrawals from an order with their lines, oldest first."""
    question = select(Withdrawal).where(Withdrawal.order_id == order_id).order_by(Withdrawal.id)
    return list(db.session.scalars(question.options(joinedload(Withdrawal.lines))).unique())


def paid_cents(order: Order) -> int:
    """What was paid for an order, through Mollie or when it was picked up, and is not only set aside."""
    balance = balance_of(order)
    return min(balance.paid_cents, balance.total_cents)


def worth_of_pieces(order: Order, pieces: Mapping[int, int]) -> int:
    """The price of pieces of an order that was read with its lines, less their part of a discount."""
    items = sum(line.total_cents for line in order.lines)
    part = sum(line.unit_price_cents * min(pieces.get(line.id, 0), line.quantity) for line in order.lines)
    return part - (order.discount_cents * part // items if items else 0)


def bought(order: Order) -> rules.Bought:
    """What an order cost, for an order that was read with its lines."""
    lines = {line.id: (line.quantity, line.unit_price_cents) for line in order.lines}
    return rules.Bought(lines, discount_cents=order.discount_cents, shipping_cents=order.shipping_cents)


def received_on(order: Order) -> date | None:
    """The day on which the last piece of the goods arrived, for an order read with all of it; None until then."""
    arrived: dict[int, int] = {}
    last = None
    for shipment in order.shipments:
        if shipment.status in (DELIVERED, COLLECTED) and shipment.delivered_at is not None:
            last = max(last or shipment.delivered_at, shipment.delivered_at)
        if shipment.status in (DELIVERED, COLLECTED, GIVEN_UP):  # what is paid back is not waited for
            for line in shipment.lines:
                arrived[line.order_line_id] = arrived.get(line.order_line_id, 0) + line.quantity
    goods = [line for line in order.lines if line.kind == "goods"]
    is_all_here = all(arrived.get(line.id, 0) + line.not_sent_quantity >= line.quantity for line in goods)
    return clock.local_date(last) if last is not None and is_all_here else None


def informed_on(order: Order) -> date | None:
    """The day on which the customer was told about withdrawal: by the confirmation, unless it could not go out."""
    if order.confirmed_at is None:
        return None
    failed = select(OutboxRow.id).where(
        OutboxRow.key == f"order_confirmation:{order.id}", OutboxRow.failed_at.is_not(None)
    )
    return None if db.session.scalar(failed) is not None else clock.local_date(order.confirmed_at)


def last_days(order: Order) -> Mapping[int, date | None]:
    """The last day to withdraw from each line of an order read with all of it; None: the period has yet to begin."""
    ordered_on, arrived_on, told_on = clock.local_date(order.placed_at), received_on(order), informed_on(order)
    found: dict[int, date | None] = {}
    for line in order.lines:
        start = rules.begins_on(line.kind, ordered_on=ordered_on, received_on=arrived_on)
        found[line.id] = rules.last_day(start, informed_on=told_on) if start is not None else None
    return found


def files_of(order_id: int) -> dict[int, str]:
    """The downloads of an order: the key of each line's file, where there is one."""
    question = (
        select(OrderLine.id, Product.download_key)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(OrderLine.order_id == order_id, OrderLine.kind == DOWNLOAD, Product.download_key != "")
    )
    return {row.id: row.download_key for row in db.session.execute(question)}
