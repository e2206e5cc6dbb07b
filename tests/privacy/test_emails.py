"""The messages about being erased, as people get them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from shop.accounts.emails import queue_idle
from shop.core.db import db
from shop.privacy.emails import queue_farewell
from tests.factories import make_customer

GOLDEN = Path(__file__).parent.parent / "golden" / "mail"
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
CODE = "Aq3Zk9Xw7Lm2Vb8Tn5Rc1Yd4"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", ["account_idle", "erasure_farewell", "erasure_farewell_idle"])
def test_the_text_is_the_golden_one(app: Flask, mailbox: Any, at: Any, name: str, language: str) -> None:
    at("2026-11-28 13:00")
    if name == "account_idle":
        account = make_customer(email="sanne@example.com", language=language)
        queue_idle(account, goes_on=date(2026, 12, 31), at=AT)
    else:
        queue_farewell(CODE, to="sanne@example.com", language=language, at=AT, is_idle=name.endswith("idle"))
    db.session.commit()
    (message,) = mailbox()
    body = message.get_body(("plain",)).get_content()
    text = f"{message['Subject']}\n\n{body}".replace("\r\n", "\n").replace("\xa0", " ")
    assert text == (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")
    assert message["To"] == "sanne@example.com"
