"""What tests of the contact room share."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.contact.limits import new_stamp
from shop.contact.models import ContactThread
from shop.core import clock
from shop.core.db import db
from tests.page import Browser, Page

QUESTION = {"topic": "product", "text": "Past de deksel ook op de grote pan?", "email": "Sanne@Example.com"}


@pytest.fixture
def send(app: Flask) -> Callable[..., Page]:
    """Send the contact form as a person would: opened a minute ago, nothing in the field that people do not see."""

    def sending(browser: Browser, path: str = "/contact", **values: Any) -> Page:
        browser.get(path)
        form = browser.page.form(path)
        stamp = values.pop("stamp", stamp_of(app, seconds_ago=60))
        return browser.post(path, **{**form, "stamp": stamp, **QUESTION, **values})

    return sending


def stamp_of(app: Flask, *, seconds_ago: int) -> str:
    """The stamp of a form that was opened so long ago."""
    import time_machine

    with time_machine.travel(clock.now().timestamp() - seconds_ago, tick=False):
        return new_stamp()


def only_thread() -> ContactThread:
    """The one conversation that there is."""
    db.session.rollback()
    question = select(ContactThread).options(selectinload(ContactThread.messages))
    return db.session.scalars(question.execution_options(populate_existing=True)).one()
