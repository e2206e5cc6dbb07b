"""What the privacy room hears of and carries out: reports of something unsafe, farewells, and work that returns."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from shop.contact.signals import security_reported
from shop.core.i18n import speaking
from shop.core.outbox import carries_out
from shop.mail.delivery import deliver
from shop.privacy import jobs
from shop.privacy.actions.record import open_breach
from shop.privacy.emails import FAREWELL

carries_out(FAREWELL, leaves_no_row=True)(deliver)


@security_reported.connect
def begin_breach(_sender: Any, *, at: datetime, **_values: Any) -> None:
    """Begin the 72 hours with the report itself; a person assesses it (policy: misuse can be reported)."""
    with speaking("nl"):
        open_breach(_("Report through the site: something may be unsafe"), aware_at=at, origin="report")


__all__ = ["begin_breach", "jobs"]
