"""Payments as rows: every try to pay, what was applied of it, what went back, and what a person must decide."""

from shop.payments.models.attempts import (
    BOOKS,
    CREATING,
    REFUSED,
    AppliedPayment,
    AttentionItem,
    OfferedMethods,
    PaymentAttempt,
)
from shop.payments.models.moves import Capture, Refund, RefundLine

__all__ = [
    "BOOKS",
    "CREATING",
    "REFUSED",
    "AppliedPayment",
    "AttentionItem",
    "Capture",
    "OfferedMethods",
    "PaymentAttempt",
    "Refund",
    "RefundLine",
]
