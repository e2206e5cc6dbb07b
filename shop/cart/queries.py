"""What is in a cart, with the prices and the stock of this moment."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from shop.cart.models import Cart, CartLine
from shop.cart.rules import TOO_MANY, problem_with
from shop.catalogue.queries import CartVariant, variants_for_cart
from shop.core.db import db
from shop.people.models import Browser


@dataclass(frozen=True)
class Owner:
    """Whose cart it is: a signed-in customer's, or that of the browser whose cookie holds this token."""

    person_id: str | None = None
    token: str | None = None

    @property
    def token_hash(self) -> str:
        """What the shop keeps of the token."""
        return hashlib.sha256((self.token or "").encode()).hexdigest()


@dataclass(frozen=True)
class Item:
    """One line of a cart as it would be ordered now; `problem` says why it cannot be."""

    line_id: int
    quantity: int
    variant: CartVariant
    problem: str | None

    @property
    def total_cents(self) -> int:
        """What the line costs now."""
        return self.quantity * self.variant.price_cents


@dataclass(frozen=True)
class Contents:
    """A cart with everything in it; `id` 0 stands for a cart that does not exist yet."""

    id: int
    version: int
    items: tuple[Item, ...] = ()

    @property
    def orderable(self) -> tuple[Item, ...]:
        """The lines that can be ordered as they are."""
        return tuple(item for item in self.items if item.problem is None)

    @property
    def has_too_many(self) -> bool:
        """Whether some line asks for more pieces than are left."""
        return any(item.problem == TOO_MANY for item in self.items)

    @property
    def has_problems(self) -> bool:
        """Whether some line cannot be ordered as it is."""
        return any(item.problem is not None for item in self.items)

    @property
    def total_cents(self) -> int:
        """What the lines cost together that can be ordered."""
        return sum(item.total_cents for item in self.orderable)


EMPTY = Contents(0, 0)


def browser_of(owner: Owner) -> str | None:
    """The key of the browser whose cookie somebody shows, if the shop still knows it."""
    return db.session.scalar(select(Browser.id).where(Browser.token_hash == owner.token_hash))


def _owned(question: Any, owner: Owner) -> Any:
    if owner.person_id is not None:
        return question.where(Cart.person_id == owner.person_id)
    return question.join(Browser, Browser.id == Cart.browser_id).where(Browser.token_hash == owner.token_hash)


def contents_of(owner: Owner | None) -> Contents:
    """What somebody's cart holds, at this moment's prices and stock."""
    if owner is None:
        return EMPTY
    question = (
        select(Cart.id, Cart.version, CartLine.id.label("line_id"), CartLine.variant_id, CartLine.quantity)
        .select_from(Cart)
        .outerjoin(CartLine, CartLine.cart_id == Cart.id)
    )
    rows = db.session.execute(_owned(question, owner).order_by(CartLine.id)).all()
    if not rows:
        return EMPTY
    lines = [(row.line_id, row.variant_id, row.quantity) for row in rows if row.line_id is not None]
    return Contents(rows[0].id, rows[0].version, _items(lines))


def _items(lines: Collection[tuple[int, int, int]]) -> tuple[Item, ...]:
    variants = variants_for_cart([variant_id for _line, variant_id, _quantity in lines]) if lines else {}
    found = []
    for line_id, variant_id, quantity in lines:
        variant = variants[variant_id]
        problem = problem_with(is_for_sale=variant.is_for_sale, stock=variant.stock, quantity=quantity)
        found.append(Item(line_id, quantity, variant, problem))
    return tuple(found)


def count_of(owner: Owner) -> int:
    """How many pieces somebody's cart holds."""
    question = select(func.coalesce(func.sum(CartLine.quantity), 0)).select_from(Cart).join(CartLine)
    return int(db.session.scalar(_owned(question, owner)) or 0)
