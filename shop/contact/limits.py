"""Holding spam off without a third party or refusing anybody: what is suspect goes to a folder that staff looks at.

Counted by keyed hash, in memory only. Under attack, which is when more messages come than this shop ever gets, a form
also asks the browser for a little work; who can't do it (no script) is put in the folder, and takes the message out of
it by the link in the e-mail, or staff does.
"""

import secrets

import structlog
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItem, parse

from shop.contact import rules
from shop.core import clock
from shop.core.security import limit_key, limit_key_of, limiter

RECEIPTS_A_DAY = parse("5/day")
ALL_RECEIPTS = parse("200/hour")
OFTEN = parse("6/hour")
ATTACK = parse("30/10 minutes")
ONCE = parse("1/day")
OPEN_FOR = 86_400  # seconds that a form may stay open and still count

log = structlog.get_logger()


def may_mail_receipt(email: str) -> bool:
    """Whether an address may get one more receipt today; counts it at once."""
    return _hit(RECEIPTS_A_DAY, "contact-receipt", limit_key_of(email.lower())) and _hit(ALL_RECEIPTS, "receipts")


def is_under_attack() -> bool:
    """Whether more messages came in the last minutes than this shop ever gets."""
    if not limiter.enabled:
        return False
    try:
        return not limiter.limiter.test(ATTACK, "contact-all")
    except Exception as problem:
        log.error("contact.uncounted", error=type(problem).__name__)
        return False


def new_stamp() -> str:
    """What a form carries: when it was made, and the puzzle that it may have to solve."""
    return _serializer().dumps(secrets.token_hex(8))


def nonce_of(stamp: str) -> str:
    """The puzzle in a form's stamp; nothing when the stamp is not ours."""
    try:
        return str(_serializer().loads(stamp))
    except BadData:
        return ""


def suspicion(*, stamp: str, trap: str, proof: str, text: str, is_known: bool) -> str:
    """Why a message is suspect, or nothing; counts it at once. Who is signed in, or came by a mailed link, is known."""
    is_attack = is_under_attack()
    _hit(ATTACK, "contact-all")
    is_often = not _hit(OFTEN, "contact-often", limit_key())
    if is_known:
        return ""
    if trap:
        return "trap"
    age = _age(stamp)
    if age is None or age < rules.LEAST_SECONDS:
        return "fast"
    if rules.has_many_links(text):
        return "links"
    if is_attack and not _is_proved(stamp, proof):
        return "unproven"
    return "many" if is_often else ""


def _is_proved(stamp: str, proof: str) -> bool:
    nonce = nonce_of(stamp)
    return bool(nonce) and rules.proves_work(nonce, proof[:40]) and _hit(ONCE, "contact-proof", nonce)


def _age(stamp: str) -> float | None:
    try:
        _nonce, made = _serializer().loads(stamp, max_age=OPEN_FOR, return_timestamp=True)
    except BadData:
        return None
    return float((clock.now() - made).total_seconds())


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="contact form")


def _hit(limit: RateLimitItem, *names: str) -> bool:
    if not limiter.enabled:
        return True
    try:
        return limiter.limiter.hit(limit, *names)
    except Exception as problem:  # without its counters the shop still takes every message
        log.error("contact.uncounted", error=type(problem).__name__)
        return True
