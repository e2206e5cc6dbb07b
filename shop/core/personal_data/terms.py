"""Retention periods that can be carried out: so long after an event."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from shop.core.clock import AMSTERDAM
from shop.core.personal_data.words import Event


@dataclass(frozen=True)
class Keep:
    """How long a value is kept: until it is erased, or a number of days, months or years after an event."""

    event: Event | None = None
    days: int = 0
    months: int = 0
    years: int = 0
    law: str = ""

    def describe(self) -> Any:
        """The period in the visitor's language."""
        if self.event is None:
            return _l("until you delete it")
        if self.years:
            return lazy_ngettext(
                "%(num)s year after %(event)s", "%(num)s years after %(event)s", self.years, event=self.event.label
            )
        if self.months:
            return lazy_ngettext(
                "%(num)s month after %(event)s", "%(num)s months after %(event)s", self.months, event=self.event.label
            )
        if self.days:
            return lazy_ngettext(
                "%(num)s day after %(event)s", "%(num)s days after %(event)s", self.days, event=self.event.label
            )
        return _l("at once after %(event)s", event=self.event.label)

    def cutoff(self, at: datetime) -> datetime:
        """What happened before this moment has outlived the period, seen from `at`.

        Periods are counted in Dutch time. A month later is the same day of that month, or its last day where there
        is no such day; a financial year ends with the calendar year.
        """
        local = at.astimezone(AMSTERDAM)
        if self.event is Event.FINANCIAL_YEAR:
            return local.replace(
                year=local.year - self.years, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
            ).astimezone(UTC)
        year, month = divmod(local.year * 12 + local.month - 1 - self.years * 12 - self.months, 12)
        if local.day <= monthrange(year, month + 1)[1]:
            start = local.replace(year=year, month=month + 1)
        else:  # all of that shorter month ended on earlier days than this one
            year, month = divmod(year * 12 + month + 1, 12)
            start = datetime.combine(local.replace(year=year, month=month + 1, day=1), time.min, AMSTERDAM)
        return (start - timedelta(days=self.days)).astimezone(UTC)

    def last_day(self, moment: datetime | date) -> date | None:
        """The last day, in Dutch time, on which what happened at `moment` is still kept; None without an end."""
        if self.event is None:
            return None
        local = moment.astimezone(AMSTERDAM).date() if isinstance(moment, datetime) else moment
        if self.event is Event.FINANCIAL_YEAR:
            return date(local.year + self.years, 12, 31)
        start = local + timedelta(days=self.days)
        year, month = divmod(start.year * 12 + start.month - 1 + self.years * 12 + self.months, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


UNTIL_ERASED = Keep()
