"""The second factor: a code that changes every half minute (TOTP, RFC 6238) and opens the door once."""

import base64
import hmac
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import update

from shop.core.db import db
from shop.people.models import StaffMember

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a code of half a minute ago, or half a minute ahead, is still good
_CONTEXT = b"shop/staff/second-factor"


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits."""
    return pyotp.random_base32(32)


def encrypt(secret: str) -> str:
    """A secret as it is stored: encrypted with a key that follows from the shop's secret key."""
    return _box().encrypt(secret.encode("ascii")).decode("ascii")


def setup_address(secret: str, *, email: str, shop: str) -> str:
    """The otpauth:// address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=shop)


def use_code(member: StaffMember, typed: str, *, at: datetime) -> bool:
    """Whether a typed code is right; a right one is used up, also when it comes twice at once. The caller commits."""
    step = _matching_step(member, typed, at)
    if step is None:
        return False
    used = db.session.execute(
        update(StaffMember)
        .where(StaffMember.id == member.id, StaffMember.left_at.is_(None), StaffMember.totp_last_step < step)
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def _matching_step(member: StaffMember, typed: str, at: datetime) -> int | None:
    """The half minute that a typed code belongs to; None when it belongs to none near this one."""
    try:
        secret = _box().decrypt(member.totp_secret.encode("ascii")).decode("ascii")
    except InvalidToken:  # the shop's secret key was replaced without keeping the older one as a fallback
        return None
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _box() -> MultiFernet:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_CONTEXT).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
