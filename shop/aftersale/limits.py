"""How many receipts a day go to one address, whoever asks for them; counted by keyed hash, in memory only."""

import structlog
from limits import parse

from shop.core.security import limit_key_of, limiter

RECEIPTS_A_DAY = parse("5/day")

log = structlog.get_logger()


def may_mail_receipt(email: str) -> bool:
    """Whether an address may get one more receipt today; counts it at once."""
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(RECEIPTS_A_DAY, "withdrawal-receipt", limit_key_of(email.lower()))
    except Exception as problem:  # without its counters the shop still takes every statement
        log.error("withdrawal.uncounted", error=type(problem).__name__)
        return True
