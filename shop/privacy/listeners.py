"""Effects on the outside world that this room carries out."""

from shop.core.outbox import carries_out
from shop.mail.delivery import deliver
from shop.privacy.emails import FAREWELL

carries_out(FAREWELL, leaves_no_row=True)(deliver)
