"""The time of an answer says nothing about the address that was typed."""

import time

import pytest
from flask import Flask

from shop.core import even
from tests.factories import PASSWORD, make_customer
from tests.page import Browser


@pytest.mark.parametrize(
    ("path", "values", "step"),
    [
        ("/account/sign-in", {"password": "een verkeerd wachtwoord"}, 0.001),
        ("/account/sign-up", {"password": PASSWORD}, 0.25),
        ("/account/reset", {}, 0.25),
        ("/account/reset/code", {"binding": "x", "code": "AAAA-AAAA", "password": PASSWORD}, 0.25),
    ],
)
def test_known_and_unknown_addresses_take_as_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str, values: dict[str, str], step: float
) -> None:
    monkeypatch.setattr(even, "STEP", step)
    known, unknown = make_customer().email, "onbekend@example.com"
    # where an answer waits for the next step, its time on the wall counts; elsewhere the work done, whatever else runs
    clock = time.process_time if path == "/account/sign-in" else time.perf_counter
    browser = Browser(app)
    browser.post(path, email=unknown, **values)  # the first one reads templates
    times: dict[str, list[float]] = {known: [], unknown: []}
    for _turn in range(9):
        for email, taken in times.items():
            start = clock()
            browser.client.post(path, data={"email": email, **values})
            taken.append(clock() - start)
    assert min(times[known]) == pytest.approx(min(times[unknown]), rel=0.25)
