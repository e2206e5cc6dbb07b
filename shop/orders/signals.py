"""News about orders for rooms above and beside; each sounds inside the transaction of its cause, before the commit."""

from blinker import Namespace

_news = Namespace()

order_confirmed = _news.signal("order-confirmed")
"""Sounds with `order` and `at`, once for each order, when it is paid, free, or to be paid at pick-up."""

order_changed = _news.signal("order-changed")
"""Sounds with `order` and `at` when staff have changed what an order holds, where it goes or what it costs."""

order_ended = _news.signal("order-ended")
"""Sounds with `order` and `at` when an order has expired, was canceled, or is completed; `order.status` says which."""

parcel_shipped = _news.signal("parcel-shipped")
"""Sounds with `order`, `shipment` and `at` when a parcel leaves, or a package is handed over to its customer."""

paid_at_pickup = _news.signal("paid-at-pickup")
"""Sounds with `order` and `at`, once, when an order that is paid at pick-up was paid."""
