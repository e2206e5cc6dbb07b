"""Changing an order that has not left: pieces, variants, delivery and address; every price is computed here.

The order's row is held, its version compared with what the member of staff saw, and the total with what they were
shown: of two who change an order one wins, and the other is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, func, select, union_all, update

from shop.catalogue import stock
from shop.catalogue.models import Product, Variant
from shop.core import clock
from shop.core.db import db
from shop.core.errors import NotFound, ShopError
from shop.orders import actions, queries
from shop.orders.fulfilment import AlreadyDone
from shop.orders.models import CONFIRMED, PLACED, Order, OrderAddress, OrderLine
from shop.orders.rules import GOODS
from shop.orders.signals import order_changed
from shop.pricing.queries import vat_rates
from shop.pricing.rules import HOME, PricedLine, totals, vat_country
from shop.shipping.models import PARCEL, ShippingMethod
from shop.shipping.queries import choices

EDITED = "edited"


class NothingLeft(ShopError):
    """A change would leave an order without a line: it is to be canceled instead."""


class NotForSale(ShopError):
    """A variant was asked for that is not there, or of another product than the line's."""


class StillNamed(ShopError):
    """A line can't be taken out, for a refund or a withdrawal is about it; the message is its name."""


class LeftOut(StillNamed):
    """A line can't be changed, for of some of its pieces it was decided that they are not sent."""


class CannotDeliver(ShopError):
    """The chosen way of delivery does not carry this order to this country."""


class TotalDiffers(ShopError):
    """The total is another one than was shown."""

    def __init__(self, total_cents: int) -> None:
        super().__init__(f"{total_cents} cents")
        self.total_cents = total_cents


@dataclass(frozen=True)
class Wish:
    """How an order is to be: pieces of each line (0 takes it out), other variants, new ones, delivery, address."""

    quantities: Mapping[int, int] = field(default_factory=dict)
    variants: Mapping[int, int] = field(default_factory=dict)  # by line
    added: Mapping[int, int] = field(default_factory=dict)  # pieces by variant
    method_id: int | None = None
    address: Mapping[str, str] | None = None


@dataclass(frozen=True)
class NewLine:
    """A line as it is going to be; without an id it is new."""

    line_id: int | None
    variant_id: int | None
    kind: str
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    vat_basis_points: int
    weight_grams: int

    @property
    def priced(self) -> PricedLine:
        """The line as sums need it."""
        return PricedLine(self.quantity, self.unit_price_cents, self.vat_basis_points)


@dataclass(frozen=True)
class Outcome:
    """What an order would hold and cost."""

    lines: tuple[NewLine, ...]
    items_cents: int
    shipping_cents: int
    shipping_vat_basis_points: int
    discount_cents: int
    method_id: int | None
    shipping_kind: str
    shipping_name: str

    @property
    def total_cents(self) -> int:
        """What the order would cost."""
        return self.items_cents + self.shipping_cents - self.discount_cents


def outcome_of(order: Order, wish: Wish, *, oss_since: date | None) -> Outcome:
    """What an order, read with all of it, would be after a change; nothing is written."""
    known = next((a.country for a in order.addresses if a.kind == "shipping"), HOME)
    country = (wish.address or {}).get("country") or known
    method = _method(order, wish)
    kind = method.kind if method is not None else order.shipping_kind
    _refuse_left_out(order, wish)
    lines = _lines(order, wish, country=country, is_sent=kind == PARCEL, is_moved=country != known, oss_since=oss_since)
    if not lines:
        raise NothingLeft
    _refuse_named(order, kept={line.line_id for line in lines})
    goods = [line for line in lines if line.kind == GOODS]
    goods_cents = sum(line.priced.total_cents for line in goods)
    shipping_cents, name = 0, ""
    if goods and method is not None:
        weight = sum(line.quantity * line.weight_grams for line in goods)
        found = next((one for one in choices(country, weight, goods_cents) if one.method_id == method.id), None)
        if found is None:
            raise CannotDeliver
        shipping_cents, name = found.price_cents, str(getattr(method, f"name_{order.language}"))
        if method.id == order.shipping_method_id and country == known and not _is_more(order, lines):
            shipping_cents = min(shipping_cents, order.shipping_cents)  # who takes less never pays more for delivery
    elif goods:
        shipping_cents, name = order.shipping_cents, order.shipping_name
    summed = totals([line.priced for line in lines], shipping_cents)
    return Outcome(
        lines=tuple(lines),
        items_cents=summed.items_cents,
        shipping_cents=shipping_cents,
        shipping_vat_basis_points=summed.shipping_vat_basis_points,
        discount_cents=min(order.discount_cents, summed.items_cents + shipping_cents),
        method_id=(method.id if method is not None else order.shipping_method_id) if goods else None,
        shipping_kind=kind if goods else "",
        shipping_name=name,
    )


def change(
    order_id: int,
    wish: Wish,
    *,
    seen: int | None,
    shown_total: int | None,
    oss_since: date | None,
    staff_id: int | None,
    at: datetime,
) -> Order:
    """Carry out a change of an order of which nothing is packed; the caller commits.

    One that waits for its first payment is changed too: whoever calls has closed what can be paid of it before, and
    an old amount that comes all the same is told to staff.

    AlreadyDone when a colleague was first or something is packed, TotalDiffers when it costs another amount than was
    shown, NotEnoughStock when pieces are gone. `seen` and `shown_total` None: what was asked is carried out as it is.
    """
    order = queries.order_for_change(order_id)
    if order is None:
        raise NotFound
    order = queries.order_with_all(order_id)
    if (seen is not None and seen != order.version) or not may_change(order):
        raise AlreadyDone
    planned = outcome_of(order, wish, oss_since=oss_since)
    if shown_total is not None and planned.total_cents != shown_total:
        raise TotalDiffers(planned.total_cents)
    version = order.version + 1
    _move_stock(order, planned, version, at)
    _write_lines(order, planned, version, at)
    if wish.address is not None:
        _write_address(order, wish.address)
    order.items_cents, order.shipping_cents = planned.items_cents, planned.shipping_cents
    order.discount_cents, order.total_cents = planned.discount_cents, planned.total_cents
    order.shipping_vat_basis_points = planned.shipping_vat_basis_points
    order.shipping_method_id, order.shipping_kind = planned.method_id, planned.shipping_kind
    order.shipping_name, order.version = planned.shipping_name, version
    if order.pays_by == "free" and order.total_cents:
        order.pays_by = "mollie"
    db.session.flush()
    actions.note_event(order, "changed", at=at, staff_id=staff_id)
    if order.status == PLACED and not order.total_cents:
        order.pays_by = "free"
        actions.confirm(order, at)
    order = queries.order_with_all(order_id)
    order_changed.send(order=order, at=at)
    return order


def may_change(order: Order) -> bool:
    """Whether nothing of an order, read with all of it, is packed or done, and it is not over."""
    is_served = any(line.served_at is not None for line in order.lines)
    return order.status in (PLACED, CONFIRMED) and not order.shipments and not is_served


def _method(order: Order, wish: Wish) -> ShippingMethod | None:
    wanted = wish.method_id or order.shipping_method_id
    return db.session.get(ShippingMethod, wanted) if wanted is not None else None


def _is_more(order: Order, lines: Sequence[NewLine]) -> bool:
    """Whether anything in it is more than, or other than, what was ordered."""
    before = {line.id: (line.variant_id, line.quantity) for line in order.lines}
    return any(
        line.line_id is None or before[line.line_id][0] != line.variant_id or line.quantity > before[line.line_id][1]
        for line in lines
    )


def _lines(
    order: Order, wish: Wish, *, country: str, is_sent: bool, is_moved: bool, oss_since: date | None
) -> list[NewLine]:
    wanted = {*wish.variants.values(), *wish.added, *(line.variant_id for line in order.lines if line.variant_id)}
    shelf = {
        row.Variant.id: (row.Variant, row.Product)
        for row in db.session.execute(
            select(Variant, Product).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(wanted))
        )
    }
    on = clock.local_date(order.placed_at)
    rates = {code: vat_rates(code, on, oss_since=oss_since) for code in {HOME, country}}

    def rate(kind: str, vat_class: str) -> int:
        return rates[vat_country(kind, sent_to=country, is_sent=is_sent)][vat_class]

    def fresh(variant_id: int, quantity: int, line: OrderLine | None) -> NewLine:
        variant, product = shelf.get(variant_id, (None, None))
        if variant is None or product is None or not variant.is_active or not product.is_published:
            raise NotForSale
        if line is not None and line.variant_id is not None:
            before = shelf.get(line.variant_id)
            if before is None or before[1].id != product.id:
                raise NotForSale
        label, name = (
            str(getattr(thing, f"{what}_{order.language}") or getattr(thing, f"{what}_nl"))
            for thing, what in ((variant, "label"), (product, "name"))
        )
        return NewLine(
            line.id if line is not None else None,
            variant.id,
            product.kind,
            variant.sku,
            f"{name}, {label}" if label else name,
            quantity,
            variant.price_cents,
            rate(product.kind, product.vat_class),
            variant.weight_grams,
        )

    found = []
    for line in order.lines:
        quantity = wish.quantities.get(line.id, line.quantity)
        variant_id = wish.variants.get(line.id)
        if quantity <= 0:
            continue
        if variant_id is not None and variant_id != line.variant_id:
            found.append(fresh(variant_id, quantity, line))
            continue
        known = shelf.get(line.variant_id) if line.variant_id is not None else None
        points = rate(line.kind, known[1].vat_class) if is_moved and known is not None else line.vat_basis_points
        found.append(
            NewLine(
                line.id, line.variant_id, line.kind, line.sku, line.name, quantity,
                line.unit_price_cents, points, line.weight_grams,
            )
        )  # fmt: skip
    found += [fresh(variant_id, quantity, None) for variant_id, quantity in wish.added.items() if quantity > 0]
    return found


def _move_stock(order: Order, planned: Outcome, version: int, at: datetime) -> None:
    """Give back and take what the lines that stay hold less or more, in the order of the variants' ids."""
    after = {line.line_id: line for line in planned.lines if line.line_id is not None}
    moves: list[tuple[int, int, int]] = []  # variant, line, pieces: more than nothing is taken, less is given back
    for line in order.lines:
        new = after.get(line.id)
        if new is not None and new.variant_id == line.variant_id:
            if line.variant_id is not None and new.quantity != line.quantity:
                moves.append((line.variant_id, line.id, new.quantity - line.quantity))
            continue
        if line.variant_id is not None:
            moves.append((line.variant_id, line.id, -line.quantity))
        if new is not None and new.variant_id is not None:
            moves.append((new.variant_id, line.id, new.quantity))
    for variant_id, line_id, pieces in sorted(moves):
        key = f"edit:{line_id}:{version}:{variant_id}"
        if pieces > 0:
            stock.take(variant_id, pieces, reason=EDITED, key=key, at=at)
        else:
            stock.give_back(variant_id, -pieces, reason=EDITED, key=key, at=at)


def _refuse_named(order: Order, *, kept: set[int | None]) -> None:
    """StillNamed when a line that goes is one that rows of other rooms are about: the schema says which those are."""
    gone = [line.id for line in order.lines if line.id not in kept]
    if not gone:
        return
    named = [
        select(key.parent)
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is OrderLine.__table__.c.id
    ]
    found = db.session.scalar(
        select(OrderLine.name).where(OrderLine.id.in_(gone), OrderLine.id.in_(union_all(*named))).limit(1)
    )
    if found is not None:
        raise StillNamed(found)


def _refuse_left_out(order: Order, wish: Wish) -> None:
    """LeftOut when a line would be another of which it was decided that some pieces are not sent."""
    for line in order.lines:
        is_other = wish.variants.get(line.id, line.variant_id) != line.variant_id
        if line.not_sent_quantity and (is_other or wish.quantities.get(line.id, line.quantity) != line.quantity):
            raise LeftOut(line.name)


def _write_lines(order: Order, planned: Outcome, version: int, at: datetime) -> None:
    kept = {line.line_id for line in planned.lines}
    gone = [line.id for line in order.lines if line.id not in kept]
    if gone:
        db.session.execute(delete(OrderLine).where(OrderLine.id.in_(gone)).execution_options(synchronize_session=False))
    for line in planned.lines:
        values = {
            "variant_id": line.variant_id,
            "kind": line.kind,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price_cents": line.unit_price_cents,
            "total_cents": line.priced.total_cents,
            "vat_basis_points": line.vat_basis_points,
            "weight_grams": line.weight_grams,
        }
        if line.line_id is not None:
            changed = update(OrderLine).where(OrderLine.id == line.line_id).values(**values)
            db.session.execute(changed.execution_options(synchronize_session=False))
            continue
        new = OrderLine(order_id=order.id, **values)
        db.session.add(new)
        db.session.flush()
        if line.variant_id is not None:
            stock.take(line.variant_id, line.quantity, reason="order", key=f"order:{new.id}", at=at)


def _write_address(order: Order, values: Mapping[str, str]) -> None:
    address = next((one for one in order.addresses if one.kind == "shipping"), None)
    if address is None:
        address = OrderAddress(order_id=order.id, kind="shipping")
        db.session.add(address)
    for name, value in values.items():
        setattr(address, name, value)


def other_variants(order: Order) -> dict[int, list[Variant]]:
    """The variants of the same product for each line, the line's own among them, by line."""
    own = {line.variant_id: line.id for line in order.lines if line.variant_id is not None}
    products = select(Variant.product_id).where(Variant.id.in_(own))
    rows = db.session.scalars(
        select(Variant).where(Variant.product_id.in_(products), Variant.is_active.is_(True)).order_by(Variant.position)
    ).all()
    by_product: dict[int, list[Variant]] = {}
    for variant in rows:
        by_product.setdefault(variant.product_id, []).append(variant)
    product_of = {variant.id: variant.product_id for variant in rows}
    return {line_id: by_product.get(product_of.get(variant_id, 0), []) for variant_id, line_id in own.items()}


def variant_by_sku(sku: str) -> int | None:
    """The variant with an article number."""
    return db.session.scalar(select(Variant.id).where(func.upper(Variant.sku) == sku.strip().upper()))
