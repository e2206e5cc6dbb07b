"""Any history of an order, and the one truth in which it must end."""
