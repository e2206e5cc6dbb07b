"""News about money for the rooms above; each sounds inside the transaction of its cause, before the commit."""

from blinker import Namespace

_news = Namespace()

money_received = _news.signal("money-received")
"""Sounds with `order`, `attempt`, `cents` and `at` when money came in: a payment, a capture, or cash at pick-up, which
has no attempt. Once for each of them."""

refund_settled = _news.signal("refund-settled")
"""Sounds with `refund` and `at`, once for each refund, when its money has gone back."""

refund_failed = _news.signal("refund-failed")
"""Sounds with `refund` and `at` when a refund that staff accepted did not happen; `refund.status` says failed or
canceled. It may sound after `refund_settled`: a bank can send money back."""

refund_declined = _news.signal("refund-declined")
"""Sounds with `refund` and `at` when staff decided that a proposed refund is not made."""
