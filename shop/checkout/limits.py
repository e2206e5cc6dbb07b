"""How many orders that are not paid in advance a day take: each is mailed at once, to any address that was typed.

Counted by keyed hash, in memory only. Whoever signed in with the address is counted by nothing: it is theirs.
"""

import structlog
from limits import RateLimitItem, parse

from shop.core.security import limit_key, limit_key_of, limiter

TO_ONE_ADDRESS = parse("10/day")
BY_ONE_VISITOR = parse("100/day")

log = structlog.get_logger()


def may_order_unpaid(email: str) -> bool:
    """Whether one more order may be confirmed to an address without having been paid; counts it at once."""
    return _hit(TO_ONE_ADDRESS, "unpaid-address", limit_key_of(email.lower())) and _hit(
        BY_ONE_VISITOR, "unpaid-visitor", limit_key()
    )


def _hit(limit: RateLimitItem, *names: str) -> bool:
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(limit, *names)
    except Exception as problem:  # without its counters the shop still takes every order
        log.error("checkout.uncounted", error=type(problem).__name__)
        return True
