"""Work of this room that returns."""

from shop.accounts.actions import forget_unconfirmed
from shop.core import clock
from shop.core.db import db, writing
from shop.core.jobs import every


@every(hours=1)
def forget_unconfirmed_accounts() -> int:
    """Take away accounts whose code never came back within a day; how many."""
    with writing():
        forgotten = forget_unconfirmed(clock.now())
        db.session.commit()
        return forgotten
