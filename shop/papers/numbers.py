"""Numbers of invoices and credit notes: 1, 2, 3 … in each year, without a gap and without a double.

A number is drawn from the year's counter row in the very transaction that writes the paper: whoever draws holds the
row until all of it is committed, and when anything fails the number was never drawn.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from shop.core import clock
from shop.core.db import db, insert_or
from shop.papers import rules
from shop.papers.models import InvoiceCounter


@dataclass(frozen=True)
class Drawn:
    """A number, and the moment that its paper carries."""

    year: int
    sequence: int
    issued_at: datetime

    @property
    def number(self) -> str:
        """The number as the paper shows it."""
        return rules.number_of(self.year, self.sequence)


def draw(at: datetime) -> Drawn:
    """Draw the next number; DateWentBack when it would be dated before the last one. The caller commits."""
    year = clock.local_date(at).year
    db.session.execute(
        insert_or(InvoiceCounter).values(year=year, last=0).on_conflict_do_nothing(index_elements=["year"])
    )
    counter = db.session.scalars(
        select(InvoiceCounter)
        .where(InvoiceCounter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    latest = db.session.scalar(select(func.max(InvoiceCounter.last_at)).where(InvoiceCounter.year > year))
    if latest is not None:
        raise rules.DateWentBack(f"one of {latest.year} was issued already")
    issued_at = rules.moment_to_issue(at, counter.last_at)
    counter.last += 1
    counter.last_at = issued_at
    db.session.flush()
    return Drawn(year, counter.last, issued_at)
