"""What can be done with a cart; every change raises its version, under which an order is placed once."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlalchemy.orm import selectinload

from shop.cart.models import Cart, CartLine
from shop.cart.queries import Owner
from shop.cart.rules import MAX_LINES, CartIsFull, checked_quantity, quantity_after_adding, quantity_after_joining
from shop.catalogue.queries import CartVariant, variants_for_cart
from shop.core.db import db, is_postgresql
from shop.people.models import Browser


def cart_to_change(owner: Owner) -> Cart | None:
    """Somebody's cart, held until the end of the transaction so that nobody else changes it."""
    question = select(Cart).options(selectinload(Cart.lines))
    if owner.person_id is not None:
        question = question.where(Cart.person_id == owner.person_id)
    else:
        question = question.join(Browser, Browser.id == Cart.browser_id).where(Browser.token_hash == owner.token_hash)
    return db.session.scalar(question.with_for_update(of=Cart).execution_options(populate_existing=True))


def new_browser_cart(*, at: datetime) -> tuple[Cart, str]:
    """A cart for a browser that has none, and the token that only its cookie will hold."""
    token = secrets.token_urlsafe(32)
    browser = Browser(token_hash=Owner(token=token).token_hash, last_used_at=at)
    db.session.add(browser)
    db.session.flush()
    cart = Cart(browser_id=browser.id, version=1, changed_at=at, lines=[])
    db.session.add(cart)
    db.session.flush()
    return cart, token


def customer_cart(person_id: str, *, at: datetime) -> Cart:
    """The cart of a signed-in customer, made when there is none."""
    cart = cart_to_change(Owner(person_id=person_id))
    if cart is not None:
        return cart
    insert = insert_into_postgresql if is_postgresql() else insert_into_sqlite
    values = {"person_id": person_id, "version": 1, "changed_at": at}
    db.session.execute(insert(Cart).values(values).on_conflict_do_nothing())
    made = cart_to_change(Owner(person_id=person_id))
    assert made is not None
    return made


def add_variant(cart: Cart, variant: CartVariant, quantity: int, *, at: datetime) -> None:
    """Put `quantity` more of a variant in the cart."""
    line = next((line for line in cart.lines if line.variant_id == variant.variant_id), None)
    wanted = quantity_after_adding(line.quantity if line else 0, quantity, stock=variant.stock)
    if line is not None:
        line.quantity = wanted
    elif len(cart.lines) >= MAX_LINES:
        raise CartIsFull
    else:
        cart.lines.append(CartLine(variant_id=variant.variant_id, quantity=wanted))
    touch(cart, at=at)


def change_line(cart: Cart, line: CartLine, variant: CartVariant, quantity: int, *, at: datetime) -> None:
    """Have a line hold so many pieces; none takes it out."""
    if quantity == 0:
        cart.lines.remove(line)
    else:
        line.quantity = checked_quantity(quantity, stock=variant.stock)
    touch(cart, at=at)


def touch(cart: Cart, *, at: datetime) -> None:
    """Note that a cart changed: a new version, and a new term for the browser that holds it."""
    cart.version += 1
    cart.changed_at = at
    if cart.browser_id is not None:
        db.session.execute(update(Browser).where(Browser.id == cart.browser_id).values(last_used_at=at))
    db.session.flush()


def join(browser_owner: Owner, person_id: str, *, at: datetime) -> bool:
    """Give the cart of a browser to the customer who signs in there; says whether the browser had one."""
    visiting = cart_to_change(browser_owner)
    if visiting is None:
        return False
    browser_id = visiting.browser_id
    own = cart_to_change(Owner(person_id=person_id))
    if own is None:
        visiting.browser_id, visiting.person_id = None, person_id  # the same cart: what was placed from it stays known
        db.session.flush()
    elif visiting.lines:
        _pour(visiting, own)
        touch(own, at=at)
    if own is not None:
        db.session.delete(visiting)
        db.session.flush()
    db.session.execute(delete(Browser).where(Browser.id == browser_id))
    return True


def forget(browser_owner: Owner) -> None:
    """Take away the cart of a browser, and the browser's row with it. The caller commits."""
    cart = cart_to_change(browser_owner)
    if cart is not None:
        browser_id = cart.browser_id
        db.session.delete(cart)
        db.session.flush()
        db.session.execute(delete(Browser).where(Browser.id == browser_id))


def _pour(visiting: Cart, own: Cart) -> None:
    variants = variants_for_cart([line.variant_id for line in visiting.lines])
    mine = {line.variant_id: line for line in own.lines}
    for line in visiting.lines:
        stock = variants[line.variant_id].stock
        known = mine.get(line.variant_id)
        if known is not None:
            known.quantity = quantity_after_joining(known.quantity, line.quantity, stock=stock)
        elif len(own.lines) < MAX_LINES:
            quantity = quantity_after_joining(0, line.quantity, stock=stock)
            own.lines.append(CartLine(variant_id=line.variant_id, quantity=quantity))


def empty_cart(cart_id: int, version: int, *, at: datetime) -> None:
    """Take everything out of a cart that has become an order, unless it was changed since."""
    emptied = db.session.execute(
        update(Cart).where(Cart.id == cart_id, Cart.version == version).values(version=version + 1, changed_at=at)
    )
    if emptied.rowcount == 1:  # type: ignore[attr-defined]
        db.session.execute(delete(CartLine).where(CartLine.cart_id == cart_id))


def bump(cart_id: int) -> None:
    """Raise the version of a cart whose order came to nothing, so that the same things can be ordered again."""
    db.session.execute(update(Cart).where(Cart.id == cart_id).values(version=Cart.version + 1))
