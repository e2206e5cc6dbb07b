"""What an order's page says first, and what its customer may do."""

CHECKED_AGAIN = (2, 3, 5, 10, 20)  # seconds between two looks by itself, while a payment is being checked

PAID, SET_ASIDE, AT_PICKUP, FREE = "paid", "set_aside", "at_pickup", "free"
CHECKING, OPEN, NOT_PAID, NOT_STARTED = "checking", "open", "not_paid", "not_started"
EXPIRED, CANCELED, PAID_LATE = "expired", "canceled", "paid_late"

CAN_PAY = (OPEN, NOT_PAID, NOT_STARTED)
"""When the page offers to pay (again)."""

WAITS = (CHECKING, OPEN)
"""When the page looks again by itself for a while."""


def what_to_say(
    order_status: str,
    pays_by: str,
    attempt_status: str | None,
    *,
    is_told: bool,
    has_surplus: bool,
    is_set_aside: bool = False,
) -> str:
    """What the page says; `is_told` is whether Mollie could tell how the payment stands, never a guess."""
    if order_status in ("confirmed", "completed") and pays_by == "mollie" and is_set_aside:
        return SET_ASIDE
    if order_status in ("confirmed", "completed"):
        return {"mollie": PAID, "pickup": AT_PICKUP}.get(pays_by, FREE)
    if order_status in ("expired", "canceled"):
        return PAID_LATE if has_surplus else order_status
    if attempt_status in ("failed", "canceled", "expired"):
        return NOT_PAID
    if attempt_status in (None, "creating", "refused"):
        return NOT_STARTED
    if not is_told or attempt_status != "open":
        return CHECKING
    return OPEN


def next_look(say: str, turn: int) -> int | None:
    """After how many seconds the page looks again by itself; None when it waits for the customer."""
    if say not in WAITS or not 0 <= turn < len(CHECKED_AGAIN):
        return None
    return CHECKED_AGAIN[turn]
