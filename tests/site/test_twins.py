"""A form that is sent twice in the same moment, by two workers: one of it is kept, and both are led to that one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from shop.aftersale.models import Withdrawal
from shop.contact.models import ContactThread
from shop.core.db import Model, db
from shop.people.models import Person
from shop.privacy.models import RightsRequest

pytestmark = pytest.mark.both_databases

TWINS = 4
KEY = "k" * 43
EMAIL = "sanne@example.com"

FORMS: dict[str, tuple[type[Model], str, dict[str, str]]] = {
    "/withdraw": (Withdrawal, "withdrawal_receipt", {"name": "Sanne", "reference": "26-XXXXXX", "receipt": KEY}),
    "/contact": (ContactThread, "contact_receipt", {"topic": "order", "text": "Waar is het?", "sending": KEY}),
    "/security/report": (ContactThread, "contact_receipt", {"text": "Kijk hier eens.", "sending": KEY}),
    "/data-request/form": (RightsRequest, "rights_received", {"kind": "access", "key": KEY}),
    "/parents/request": (RightsRequest, "rights_received", {"known_email": "kind@example.com", "key": KEY}),
}


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What each of some got that began together and stored together: none commits before all have looked."""
    start = Barrier(TWINS)

    def begin(_number: int) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(begin, range(TWINS)))


@pytest.mark.parametrize("path", FORMS)
def test_twins_are_one_and_lead_to_the_same_page(app: Flask, outbox: Any, path: str) -> None:
    model, message, values = FORMS[path]
    together = Barrier(TWINS)

    def wait(_mapper: object, connection: Any, _row: object) -> None:
        if connection.dialect.name == "postgresql" and not together.broken:  # SQLite lets them in one by one
            together.wait(timeout=10)

    event.listen(model, "before_insert", wait)
    try:
        pages = at_once(lambda: app.test_client().post(path, data={"email": EMAIL, **values}))
    finally:
        event.remove(model, "before_insert", wait)
    assert [page.status_code for page in pages] == [303] * TWINS
    assert len({page.location.partition("?")[0] for page in pages}) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(model)) == 1
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1  # nobody is made for nothing
    assert outbox.mails().count(message) == 1
