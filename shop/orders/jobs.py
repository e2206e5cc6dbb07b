"""Work on orders that returns by itself."""

from shop.core import clock
from shop.core.db import db, writing
from shop.core.jobs import every
from shop.orders import fulfilment, queries


@every(hours=1)
def end_what_has_arrived() -> int:
    """Complete orders whose parcels left so long ago that they must have arrived; how many were brought on."""
    at = clock.now()
    found = queries.expected_until(at)
    db.session.rollback()
    done = 0
    for order_id in found:
        with writing():
            done += fulfilment.take_as_delivered(order_id, at=at)
            db.session.commit()
    return done
