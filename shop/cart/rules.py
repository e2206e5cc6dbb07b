"""How many pieces a line of a cart may hold, and what keeps a line out of an order."""

from shop.core.errors import ShopError

MAX_QUANTITY = 99
MAX_LINES = 50

UNAVAILABLE, SOLD_OUT, TOO_MANY = "unavailable", "sold_out", "too_many"


class TooMany(ShopError):
    """More pieces were asked for than are left, or than a line may hold."""

    def __init__(self, *, available: int, is_limit: bool = False) -> None:
        super().__init__(f"{available} at most")
        self.available = available
        self.is_limit = is_limit


class CartIsFull(ShopError):
    """A cart holds a bounded number of different articles."""


def checked_quantity(wanted: int, *, stock: int | None) -> int:
    """The quantity itself, when there are that many; `stock` None never runs out."""
    if stock is not None and wanted > stock:
        raise TooMany(available=stock)
    if wanted > MAX_QUANTITY:
        raise TooMany(available=MAX_QUANTITY, is_limit=True)
    return wanted


def quantity_after_adding(in_cart: int, wanted: int, *, stock: int | None) -> int:
    """How many pieces the line holds once `wanted` are added."""
    return checked_quantity(in_cart + wanted, stock=stock)


def quantity_after_joining(mine: int, added: int, *, stock: int | None) -> int:
    """How many pieces a line holds when two carts become one: together, within the stock; one at least, to explain."""
    together = min(mine + added, MAX_QUANTITY)
    return together if stock is None else max(1, min(together, stock))


def problem_with(*, is_for_sale: bool, stock: int | None, quantity: int) -> str | None:
    """Why a line cannot be ordered as it is, or None when it can."""
    if not is_for_sale:
        return UNAVAILABLE
    if stock == 0:
        return SOLD_OUT
    if stock is not None and quantity > stock:
        return TOO_MANY
    return None


def read_number(typed: str | None, *, largest: int) -> int | None:
    """A whole number of ordinary digits from 0 to `largest`, or None for anything else that somebody sends."""
    text = (typed or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    number = int(text)
    return number if number <= largest else None
