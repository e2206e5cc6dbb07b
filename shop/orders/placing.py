"""Placing an order: one short transaction that takes the stock and writes the order's own copy of everything."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

from shop.catalogue import stock
from shop.catalogue.models import Product, Variant
from shop.core.db import db, is_postgresql
from shop.core.errors import ShopError
from shop.core.statements import current_versions
from shop.orders import actions
from shop.orders.models import PLACED, Order, OrderAddress, OrderEvent, OrderLine
from shop.orders.numbers import new_number
from shop.people.actions import new_person
from shop.people.models import Person

BY_MOLLIE, AT_PICKUP, FREE = "mollie", "pickup", "free"

UNPAID_FOR = timedelta(minutes=30)
TRIES = 5


# Built once, and on tables rather than objects: while these run, nobody else can write.
_ORDERS, _LINES, _ADDRESSES, _EVENTS = (
    cast(Table, model.__table__) for model in (Order, OrderLine, OrderAddress, OrderEvent)
)
_insert_on_sqlite = insert_into_sqlite(_ORDERS).on_conflict_do_nothing().returning(_ORDERS.c.id)
_insert_on_postgresql = insert_into_postgresql(_ORDERS).on_conflict_do_nothing().returning(_ORDERS.c.id)
_line_ids = select(_LINES.c.id).where(_LINES.c.order_id == bindparam("order")).order_by(_LINES.c.id)
_prices = (
    select(Variant.id, Variant.price_cents)
    .join(Product, Product.id == Variant.product_id)
    .where(
        Variant.id.in_(bindparam("ids", expanding=True)), Variant.is_active.is_(True), Product.is_published.is_(True)
    )
)


class PriceChanged(ShopError):
    """What a line costs is no longer what the customer was shown, or it is no longer for sale."""

    def __init__(self, variant_id: int) -> None:
        super().__init__(f"variant {variant_id}")
        self.variant_id = variant_id


@dataclass(frozen=True)
class DraftLine:
    """One line as the customer was shown it."""

    variant_id: int
    kind: str
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    vat_basis_points: int
    weight_grams: int


@dataclass(frozen=True)
class DraftAddress:
    """An address as it was typed and checked; what is picked up or not sent has only a name and a country."""

    kind: str  # shipping or billing
    given_name: str
    family_name: str
    country: str
    street: str = ""
    house_number: str = ""
    addition: str = ""
    postcode: str = ""
    town: str = ""


@dataclass(frozen=True)
class DraftDelivery:
    """How the order reaches the customer; `kind` is empty when nothing is sent."""

    kind: str = ""
    method_id: int | None = None
    name: str = ""
    price_cents: int = 0
    vat_basis_points: int = 0


@dataclass(frozen=True)
class Draft:
    """All that an order will say; `person_id` None is a guest, who becomes a new person."""

    placement_key: str
    language: str
    email: str
    pays_by: str
    lines: Sequence[DraftLine]
    addresses: Sequence[DraftAddress]
    delivery: DraftDelivery = DraftDelivery()
    person_id: str | None = None
    cart_id: int | None = None
    telephone: str | None = None
    note: str | None = None
    express_request: str | None = None

    @property
    def items_cents(self) -> int:
        """What the lines cost together."""
        return sum(line.quantity * line.unit_price_cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return self.items_cents + self.delivery.price_cents


def placed_order(placement_key: str) -> Order | None:
    """The order that was placed under a key, if it was."""
    return db.session.scalar(select(Order).where(Order.placement_key == placement_key))


def unpaid_order_of(cart_id: int) -> Order | None:
    """The last order placed from a cart that is still waiting to be paid, and holds its pieces so long."""
    question = select(Order).where(Order.cart_id == cart_id, Order.status == PLACED).order_by(Order.id.desc()).limit(1)
    return db.session.scalar(question)


def place(draft: Draft, at: datetime) -> Order:
    """Place an order, once for each placement key; the same order comes back when it was placed before.

    NotEnoughStock or PriceChanged when it cannot be placed as shown: the caller rolls back, and commits otherwise.
    """
    known = placed_order(draft.placement_key)
    if known is not None:
        return known
    person_id = draft.person_id or new_person(draft.language, at=at).id
    order_id = _insert_order(draft, person_id, at)
    if order_id is None:  # somebody placed it between the question and the answer
        if draft.person_id is None:
            db.session.execute(delete(Person).where(Person.id == person_id))
        known = placed_order(draft.placement_key)
        assert known is not None
        return known
    line_ids = _insert_lines(order_id, draft.lines)
    addresses = [{"order_id": order_id, **vars(address)} for address in draft.addresses]
    db.session.execute(_ADDRESSES.insert(), addresses)
    db.session.execute(_EVENTS.insert(), {"order_id": order_id, "kind": "placed", "at": at})
    _take_stock(draft.lines, line_ids, at)
    _check_prices(draft.lines)
    order = db.session.get_one(Order, order_id)
    if draft.pays_by != BY_MOLLIE:
        actions.confirm(order, at)
    return order


def _insert_order(draft: Draft, person_id: str, at: datetime) -> int | None:
    """The new order's row, or None when its key was used already; a number that is taken is drawn again."""
    insertion = _insert_on_postgresql if is_postgresql() else _insert_on_sqlite
    for _try in range(TRIES):
        order_id: int | None = db.session.scalar(insertion, _order_values(draft, person_id, at))
        if order_id is not None:
            return order_id
        if placed_order(draft.placement_key) is not None:
            return None
    raise RuntimeError("no free order number was found")


def _order_values(draft: Draft, person_id: str, at: datetime) -> dict[str, Any]:
    delivery, told = draft.delivery, current_versions("terms", "privacy", at=at)
    return {
        "number": new_number(at),
        "person_id": person_id,
        "placement_key": draft.placement_key,
        "cart_id": draft.cart_id,
        "return_token": secrets.token_urlsafe(32),
        "language": draft.language,
        "terms_version": told["terms"],
        "privacy_version": told["privacy"],
        "status": PLACED,
        "pays_by": draft.pays_by,
        "email": draft.email,
        "telephone": draft.telephone or None,
        "note": draft.note or None,
        "express_request": draft.express_request,
        "express_request_at": at if draft.express_request else None,
        "shipping_method_id": delivery.method_id,
        "shipping_kind": delivery.kind,
        "shipping_name": delivery.name,
        "shipping_vat_basis_points": delivery.vat_basis_points,
        "items_cents": draft.items_cents,
        "shipping_cents": delivery.price_cents,
        "discount_cents": 0,
        "total_cents": draft.total_cents,
        "placed_at": at,
        "expires_at": at + UNPAID_FOR if draft.pays_by == BY_MOLLIE else None,
    }


def _insert_lines(order_id: int, lines: Sequence[DraftLine]) -> list[int]:
    """Write the lines; their numbers, which follow the order of the lines."""
    rows = [
        {"order_id": order_id, **vars(line), "total_cents": line.quantity * line.unit_price_cents} for line in lines
    ]
    db.session.execute(_LINES.insert(), rows)
    return list(db.session.scalars(_line_ids, {"order": order_id}))


def _take_stock(lines: Sequence[DraftLine], line_ids: Sequence[int], at: datetime) -> None:
    """Take each line's pieces, in the order of the variants' ids: two orders never wait for each other in a circle."""
    for line, line_id in sorted(zip(lines, line_ids, strict=True), key=lambda pair: pair[0].variant_id):
        stock.take(line.variant_id, line.quantity, reason="order", key=f"order:{line_id}", at=at)


def _check_prices(lines: Sequence[DraftLine]) -> None:
    """Compare with the prices of this very transaction; on PostgreSQL the stock just taken holds the rows."""
    shown = {line.variant_id: line.unit_price_cents for line in lines}
    now = {row.id: row.price_cents for row in db.session.execute(_prices, {"ids": list(shown)})}
    for variant_id, price_cents in shown.items():
        if now.get(variant_id) != price_cents:
            raise PriceChanged(variant_id)
