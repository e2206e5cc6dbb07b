"""What is kept under this browser's own number is on the page and in the download, and only in this browser."""

import io
import json
from zipfile import ZipFile

import pytest
from flask import Flask

from shop.analytics.door import write_waiting
from shop.core.db import db
from tests.factories import sign_in
from tests.page import Browser

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def write(app: Flask) -> None:
    """Write down the visits that wait."""
    db.session.rollback()
    write_waiting(app)
    db.session.rollback()


@pytest.mark.both_databases
def test_visits_and_choices_of_this_browser_are_shown_and_taken_along(app: Flask, customer: Browser) -> None:
    customer.post("/consent", choice="all")
    customer.get("/returns", headers={"User-Agent": AGENT})
    write(app)
    page = customer.get("/account/data")
    assert "/returns" in page.text
    assert "Firefox, computer" in page.text
    assert "analyse en voorkeuren" in page.text
    with ZipFile(io.BytesIO(customer.get("/account/data/download").body)) as archive:
        told = json.loads(archive.read("gegevens.json"))["data"]
    assert "/returns" in [row["values"]["page"] for row in told["activities"]]
    assert [row["values"]["choice"] for row in told["consents"]] == ["all"]
    elsewhere = Browser(app)
    sign_in(elsewhere, customer.account)
    assert "/returns" not in " ".join(dd.get_text() for dd in elsewhere.get("/account/data").soup.select("main dd"))
    customer.post("/consent", choice="none")
    after = customer.get("/account/data")
    assert "/returns" not in " ".join(dd.get_text() for dd in after.soup.select("main dd"))
