"""Answers to news from rooms below, and this room's work that returns."""

from shop.accounts import jobs

__all__ = ["jobs"]
