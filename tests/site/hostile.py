"""What a hostile visitor has at hand: raw requests, odd values, and a look at every row to see that nothing changed."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shop.core.db import Model, db
from tests.page import forget_last_request

NUMBERS = (
    "",
    " ",
    "-1",
    "+1",
    "0x10",
    "1.5",
    "1,5",
    "1e9",
    "1_000",
    "NaN",
    "٣",
    "１",
    "²",
    "9" * 30,
    "9" * 5000,
    str(2**31),
    str(2**53),
    str(2**63),
    "1; DROP TABLE orders",
    "[]",
)

TEXTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"--><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*191}}{% raw %}${7*191}",
    "%s%n%(name)s{0.__class__}",
    "' OR 1=1 --",
    '=HYPERLINK("http://evil.example")',
    "a\r\nBcc: x@evil.example",
    "\u202egpj.exe\u2066\u200b",
    "\x1b[31m\x07\x08",
    "é" * 30 + "💩",
)


def ask(client: FlaskClient, method: str, path: str, **kwargs: Any) -> TestResponse:
    """Send a request as it is, without anything a browser would add."""
    forget_last_request()
    return client.open(path, method=method, **kwargs)


def send(client: FlaskClient, path: str, values: Any, **kwargs: Any) -> TestResponse:
    """Send a form as a page of the shop's own would."""
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", **kwargs.pop("headers", {})}
    return ask(client, "POST", path, data=values, headers=headers, **kwargs)


def every_row(*but: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that the shop has stored, but for these tables."""
    db.session.rollback()
    tables = [table for table in Model.metadata.sorted_tables if table.name not in but]
    return {table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr) for table in tables}


def addresses_that_take_forms(app: Flask) -> list[tuple[str, str]]:
    """Every address that a form can be sent to, with a number or token that is nobody's, and its endpoint."""
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = dict.fromkeys(rule.arguments, "1")
            values.update({"token": "a" * 43, "number": "26-AAAAAA"} if rule.arguments & {"token", "number"} else {})
            kept = {name: values[name] for name in rule.arguments}
            with app.test_request_context():
                found.append((app.url_map.bind("localhost").build(rule.endpoint, kept), rule.endpoint))
    return found
