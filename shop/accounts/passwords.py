"""Keeping passwords: argon2id, one at a time, so that signing in can never take the whole machine."""

from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from shop.accounts.common_passwords import is_common
from shop.accounts.rules import PasswordProblem, password_problem, words_of

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
_one_at_a_time = BoundedSemaphore(1)


def hash_password(password: str) -> str:
    """What is kept of a password; never call this inside a writing transaction, it takes its time."""
    with _one_at_a_time:
        return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password("nobody has this password, and it is not asked for")


def verify_password(kept: str | None, typed: str) -> bool:
    """Whether a typed password is the kept one; takes as long when nothing is kept (None, or an empty text)."""
    fallback = _nobodys_hash()
    with _one_at_a_time:
        try:
            _hasher.verify(kept or fallback, typed)
        except (Argon2Error, InvalidHashError):
            return False
    return bool(kept)


def needs_rehash(kept: str) -> bool:
    """Whether a kept password was hashed with other settings than today's."""
    return _hasher.check_needs_rehash(kept)


def problem_with(password: str, *, email: str, names: tuple[str, ...]) -> PasswordProblem | None:
    """Why a password cannot be chosen by somebody with this address in a shop with these names; None when it can."""
    return password_problem(password, words=words_of(email, *names), is_common=is_common(password))
