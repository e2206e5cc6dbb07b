"""Order numbers: readable aloud, and random, so that they tell nothing and cannot be guessed."""

import secrets
from datetime import datetime

from shop.core import clock

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are read as something else."""

LENGTH = 6


def new_number(at: datetime) -> str:
    """A number for an order of this year, such as "26-4K7M9Q"."""
    return f"{clock.local_date(at):%y}-{''.join(secrets.choice(SIGNS) for _sign in range(LENGTH))}"
