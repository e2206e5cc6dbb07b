"""The time: always UTC and aware inside the shop, Dutch time on the screen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date as the shop's own wall calendar has it (Europe/Amsterdam)."""
    return local_date(now())


def local_date(at: datetime) -> date:
    """The date in Harderwijk at a moment given in UTC."""
    return at.astimezone(AMSTERDAM).date()
