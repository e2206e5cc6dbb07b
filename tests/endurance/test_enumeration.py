"""Whether the shop knows an address shows in no text, no status and no time of an answer: measured, many times each."""

import random
import re
import secrets
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from flask import Flask

from shop.core.db import db
from tests.endurance.conftest import IS_LONG
from tests.factories import make_customer, make_order
from tests.page import Browser

TRIES = 200 if IS_LONG else 4
WRONG = "een verkeerd wachtwoord"
FORM = {"kind": "access", "name": "Iemand", "message": "Wat weten jullie van mij?"}

Values = Callable[[str, str], dict[str, str]]
PAGES: dict[str, Values] = {
    "/data-request": lambda email, _number: {"email": email},
    "/data-request/form": lambda email, _number: {**FORM, "email": email, "key": secrets.token_urlsafe(32)},
    "/parents/request": lambda email, _number: {
        "email": "ouder@example.com",
        "known_email": email,
        "name": "Iemand",
        "message": "Het is mijn kind.",
        "understood": "y",
        "key": secrets.token_urlsafe(32),
    },
    "/orders/find": lambda email, number: {"email": email, "number": number},
    "/account/sign-in": lambda email, _number: {"email": email, "password": WRONG},
    "/account/reset": lambda email, _number: {"email": email},
}
STATUS = {"/data-request": 200, "/account/sign-in": 422, "/account/reset": 200}
WALL = {"/data-request", "/account/reset"}  # these wait for a round moment


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.parametrize("path", PAGES)
def test_known_and_unknown_answer_alike(app: Flask, path: str, backend: str) -> None:
    known = [make_customer() for _n in range(TRIES)]
    numbers = [make_order(account=account, status="confirmed").number for account in known]
    asked = {
        "known": [(account.email, number) for account, number in zip(known, numbers, strict=True)],
        "unknown": [(f"nooit-{n}@example.com", f"26-{n:06d}") for n in range(TRIES)],
    }
    db.session.rollback()
    taken: dict[str, list[tuple[float, float]]] = {"known": [], "unknown": []}
    seen: dict[str, set[Any]] = {"known": set(), "unknown": set()}
    draw = random.Random(1)
    one_try(app, path, "eerste@example.com", "26-EERST0")  # reads templates
    for turn in range(TRIES):
        for who in draw.sample(["known", "unknown"], 2):
            email, number = asked[who][turn]
            answer, times = one_try(app, path, email, number)
            taken[who].append(times)
            seen[who].add(answer)
    assert seen["known"] == seen["unknown"], path
    assert [answer[0] for answer in seen["known"]] == [STATUS.get(path, 303)], "it was refused: that shows nothing"
    cpu, wall = ({who: median(one[place] for one in taken[who]) * 1000 for who in taken} for place in (0, 1))
    print(
        f"{backend:12}{path:22} ms CPU known {cpu['known']:7.2f} unknown {cpu['unknown']:7.2f}"
        f"   wall known {wall['known']:7.2f} unknown {wall['unknown']:7.2f}"
    )
    if IS_LONG:
        told = wall if path in WALL else cpu
        assert told["known"] == pytest.approx(told["unknown"], rel=0.1, abs=1.0)


def one_try(app: Flask, path: str, email: str, number: str) -> tuple[Any, tuple[float, float]]:
    """What somebody who typed this gets to see, without what is of this answer alone; and the time that it took."""
    browser = Browser(app)
    values = PAGES[path](email, number)
    processor, wall = time.process_time(), time.perf_counter()
    answer = browser.client.post(path, data=values, headers={"Sec-Fetch-Site": "same-origin"})
    times = time.process_time() - processor, time.perf_counter() - wall
    text = answer.get_data(as_text=True).replace(email, "E").replace(number, "N")
    for one in (r'value="[^"]*"', r"nonce-[^'\"]*", r"/[A-Za-z0-9_-]{40,}"):
        text = re.sub(one, "", text)
    location = re.sub(r"/[A-Za-z0-9_-]{40,}", "", answer.headers.get("Location", ""))
    return (answer.status_code, location, tuple(sorted(answer.headers.keys())), text), times
