"""Screens of the back office, by subject."""

from shop.staff.audit import init_audit
from shop.staff.views import fulfilment, home, ledgers, orders, signing_in, team, words
from shop.staff.views.blueprint import bp

init_audit(bp)

__all__ = ["bp", "fulfilment", "home", "ledgers", "orders", "signing_in", "team", "words"]
