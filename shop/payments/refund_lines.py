"""What a refund is for: pieces of lines with their money, and delivery; how they share its amount, part by part.

Whoever calls holds the order's row and commits.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from shop.core.db import db
from shop.core.errors import ShopError
from shop.orders.models import Order, OrderLine
from shop.payments.models import Refund, RefundLine
from shop.payments.refund_rules import ALIVE, in_parts, shared_out


class MoreThanRemains(ShopError):
    """More was to go back than is left of what was paid; `available` says how much is."""

    def __init__(self, available: int) -> None:
        super().__init__(f"{available} cents remain")
        self.available = available


class PiecesPaidBack(MoreThanRemains):
    """Money was to go back for pieces of a line for which it went back already; `left` says how many remain."""

    def __init__(self, name: str, left: int) -> None:
        super().__init__(0)
        self.name, self.left = name, left


def pieces_left(order_id: int) -> dict[int, int]:
    """For how many pieces of each line of an order money can still go back."""
    back = (
        select(func.coalesce(func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, Refund.status.in_(ALIVE))
        .correlate(OrderLine)
        .scalar_subquery()
    )
    question = select(OrderLine.id, (OrderLine.quantity - back).label("left")).where(OrderLine.order_id == order_id)
    return {row.id: max(0, int(row.left)) for row in db.session.execute(question)}


def worth_cents(order: Order, pieces: Mapping[int, int]) -> int:
    """The price of pieces of an order, less their part of a discount."""
    prices = _prices(order)
    part = sum(prices.get(line, 0) * count for line, count in pieces.items())
    return part - (order.discount_cents * part // order.items_cents if order.items_cents else 0)


def share_over(refund: Refund, ones: Sequence[Refund], parts: Sequence[int]) -> None:
    """Give each part of a refund what it is for: its money of each line and of the delivery, and its pieces."""
    lines = [(line.order_line_id, line.quantity, line.cents) for line in refund.lines]
    rest = refund.amount_cents - refund.shipping_cents - sum(cents for _line, _pieces, cents in lines)
    told = [(pieces, cents) for _line, pieces, cents in lines]
    shares = in_parts([*told, (0, rest)], refund.shipping_cents, parts)
    for one, share, part in zip(ones, shares, parts, strict=True):
        one.amount_cents, one.shipping_cents = part, share.shipping_cents
        known = {line.order_line_id: line for line in one.lines}
        kept = []
        for (line_id, _pieces, _cents), (pieces, cents) in zip(lines, share.lines, strict=False):
            if not (pieces or cents):
                continue
            row = known.get(line_id) or RefundLine(order_line_id=line_id)
            row.quantity, row.cents = pieces, cents
            kept.append(row)
        one.lines = kept
    db.session.flush()


def refuse_pieces_paid_back(order: Order, refund: Refund) -> None:
    """PiecesPaidBack when a proposal is about pieces for which another one was accepted meanwhile."""
    left = pieces_left(order.id) if refund.lines else {}
    for line in refund.lines:
        if line.quantity > left.get(line.order_line_id, 0):
            name = db.session.scalar(select(OrderLine.name).where(OrderLine.id == line.order_line_id))
            raise PiecesPaidBack(name or "", left.get(line.order_line_id, 0))


def set_amount(order: Order, refund: Refund, cents: int) -> None:
    """Give a refund its final amount; its lines and its delivery share it."""
    weights = shares_of(order, refund)
    if cents != refund.amount_cents:
        refund.amount_cents, refund.shipping_cents = cents, min(refund.shipping_cents, cents)
    share(refund, weights)


def shares_of(order: Order, refund: Refund) -> list[int]:
    """By what the lines of a refund share its money: as they did, or by their prices."""
    known = [line.cents for line in refund.lines]
    return known if any(known) else weights_of(order, refund.lines)


def share(refund: Refund, weights: Sequence[int]) -> None:
    parts = shared_out(refund.amount_cents - refund.shipping_cents, weights)
    for line, cents in zip(refund.lines, parts, strict=True):
        line.cents = cents


def weights_of(order: Order, lines: Sequence[RefundLine]) -> list[int]:
    prices = _prices(order)
    return [prices.get(line.order_line_id, 0) * line.quantity for line in lines]


def _prices(order: Order) -> dict[int, int]:
    question = select(OrderLine.id, OrderLine.unit_price_cents).where(OrderLine.order_id == order.id)
    return {row.id: row.unit_price_cents for row in db.session.execute(question)}
