"""How many messages about rights a day go to one address, whoever asks for them; counted by keyed hash, in memory."""

import structlog
from limits import parse

from shop.core.security import limit_key_of, limiter

MESSAGES_A_DAY = parse("5/day")

log = structlog.get_logger()


def may_mail(email: str, what: str) -> bool:
    """Whether an address may get one more message of a kind today; counts it at once."""
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(MESSAGES_A_DAY, what, limit_key_of(email.lower()))
    except Exception as problem:  # without its counters the shop still takes every request
        log.error("privacy.uncounted", error=type(problem).__name__)
        return True
