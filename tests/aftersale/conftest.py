"""A shop's till, and browsers whose every request has a session of its own."""

from tests.payments.conftest import mollie, till, visitor
from tests.staff.conftest import limited_app

__all__ = ["limited_app", "mollie", "till", "visitor"]
