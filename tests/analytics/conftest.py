"""Visitors with a browser that says who it is, and the writing down of what was counted."""

import pytest

from shop.analytics.door import write_waiting
from shop.core.db import db
from tests.page import Browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Guest(Browser):
    """Somebody with a real browser, from somewhere."""

    def __init__(self, app, *, agent=FIREFOX, address="203.0.113.7", source=""):
        super().__init__(app)
        self.client.environ_base.update(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
        if source:
            self.client.environ_base["HTTP_REFERER"] = source


@pytest.fixture
def guest(app):
    """`guest()` is somebody who has never been here."""
    app.extensions["analytics"].tally.take()
    return lambda **told: Guest(app, **told)


@pytest.fixture
def write(app):
    """Write down what waits."""

    def now():
        db.session.rollback()
        write_waiting(app)
        db.session.rollback()

    return now
