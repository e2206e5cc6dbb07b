"""Work of the analytics room that returns: summing up, and letting old counts go."""

from datetime import datetime

from sqlalchemy import delete, func, select

from shop.analytics.actions import COUNTS_KEPT_MONTHS, sum_up_old_days
from shop.analytics.models import Count, Total
from shop.core import clock
from shop.core.db import db, reading, writing
from shop.core.jobs import every
from shop.core.personal_data import Event, Keep, register


@every(hours=6)
def sum_up() -> None:
    """Turn visits of 29 days ago into totals, a day before they would be gone by themselves."""
    with writing():
        sum_up_old_days(clock.now())
        db.session.commit()


@register.retains("counts and totals")
def let_old_counts_go(at: datetime, is_dry: bool) -> int:
    """Take away counts and totals that are older than 25 months."""
    before = clock.local_date(Keep(Event.CREATED, months=COUNTS_KEPT_MONTHS).cutoff(at))
    if is_dry:
        with reading():
            return sum(
                db.session.scalar(select(func.count()).select_from(model).where(model.on < before)) or 0
                for model in (Count, Total)
            )
    with writing():
        gone = sum(
            db.session.execute(delete(model).where(model.on < before)).rowcount  # type: ignore[attr-defined]
            for model in (Count, Total)
        )
        db.session.commit()
    return gone
