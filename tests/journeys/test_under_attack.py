"""Writing to the shop in the middle of a flood: a browser works a sum out unseen, the others go another way."""

import re
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from shop import create_app
from shop.contact import limits
from shop.contact.models import ContactThread
from shop.core.db import Model, db
from shop.core.outbox import OutboxRow
from shop.core.security import limiter
from tests.conftest import settings
from tests.processes import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A shop that counts, to which more was written in the last minutes than it ever gets."""
    folder, port = tmp_path_factory.mktemp("flooded"), free_port()
    values = settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", "http://127.0.0.1:1")
    app = create_app({**values, "RATELIMIT_ENABLED": True, "PUBLIC_URL": f"http://127.0.0.1:{port}"})
    server = make_server("127.0.0.1", port, app, threaded=True)
    with app.app_context():
        Model.metadata.create_all(db.engine)
        limiter.enabled = True
        limiter.reset()
        for _message in range(30):
            limits._hit(limits.ATTACK, "contact-all")
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield app
        server.shutdown()
        serving.join()
        limiter.enabled = False
        db.session.remove()
        db.engine.dispose()


def fill(page: Page, base: str, email: str) -> None:
    """Open the form and write something."""
    page.goto(f"{base}/contact")
    page.locator("main .choice", has_text="Een artikel").click()
    page.locator("main [name=text]").fill("Past de deksel?")
    page.locator("main [name=email]").fill(email)


def suspicions() -> dict[str | None, str]:
    """Why each message is suspect, by who wrote it; nothing when it is not."""
    db.session.rollback()
    return {row.email: row.suspicion if row.is_suspect else "" for row in db.session.scalars(select(ContactThread))}


def test_nobody_is_refused_in_the_middle_of_an_attack(flooded, visit):
    base = flooded.config["PUBLIC_URL"]
    able, broken, bare = visit(), visit(), visit(java_script_enabled=False)
    broken.page.add_init_script("crypto.subtle.digest = () => Promise.reject(new Error('not here'))")
    who = {"able@example.com": able, "broken@example.com": broken, "bare@example.com": bare}
    for email, person in who.items():
        fill(person.page, base, email)
    bare.page.wait_for_timeout(limits.rules.LEAST_SECONDS * 1000)
    for person in who.values():
        person.page.get_by_role("button", name="Versturen").click()
        expect(person.page.locator("h1")).to_contain_text("B-")
        expect(person.page.locator(".message-text")).to_have_text("Past de deksel?")
    assert able.complaints == []
    assert suspicions() == {"able@example.com": "", "broken@example.com": "unproven", "bare@example.com": "unproven"}

    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None))):
        mail = message_from_bytes(row.content, policy=default)
        if mail["To"] == "bare@example.com":
            link = re.search(r"https?://\S+/contact/[\w-]{43}", mail.get_body(("plain",)).get_content())[0]
    db.session.rollback()
    bare.page.goto(link)
    bare.page.locator("main form[action$='/confirm'] button").click()
    expect(bare.page.locator("main")).to_contain_text("Dank je wel")
    assert suspicions()["bare@example.com"] == ""
