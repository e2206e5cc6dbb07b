"""Pages that were counted and not written yet, when a real process is asked to end."""

import pytest
import requests
from sqlalchemy import create_engine, func, select

from shop.analytics.models import Count

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]

AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def test_a_site_that_is_asked_to_end_loses_no_count(street):
    engine = create_engine(street.database)
    question = select(func.coalesce(func.sum(Count.times), 0)).where(Count.kind == "page", Count.name == "/licences")

    def counted() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(question) or 0)

    before = counted()
    for _time in range(7):
        assert requests.get(f"{street.urls[0]}/licences", headers=AGENT, timeout=10).ok
    assert street.end("site-0") == 0
    assert counted() == before + 7
    engine.dispose()
    street.start_site()
    street.wait_for_sites()
