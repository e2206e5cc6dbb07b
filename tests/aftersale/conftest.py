"""A shop's till, and browsers whose every request has a session of its own."""

from tests.payments.conftest import mollie, till, visitor

__all__ = ["mollie", "till", "visitor"]
