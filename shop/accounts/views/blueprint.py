"""Where the screens of accounts hang."""

from typing import Any

from flask import Blueprint

from shop.accounts.users import is_customer_signed_in
from shop.core.templating import context

bp = Blueprint("accounts", __name__)


@context
def who_is_here() -> dict[str, Any]:
    """Every page knows whether a customer is signed in."""
    return {"signed_in": is_customer_signed_in()}
