"""A Mollie whose webhooks arrive at the shop of this test."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from shop.payments.simulator import SimulatorServer
from tests.payments.back import Back
from tests.payments.fresh import FreshBrowser
from tests.payments.till import Till


@pytest.fixture
def mollie(mollie: SimulatorServer, app: Flask) -> Iterator[SimulatorServer]:
    """Mollie, calling this shop about its payments as a stranger from outside."""
    worker = mollie.simulator.worker
    before = worker.send
    worker.send = webhook_to(app)
    yield mollie
    mollie.control.settle()
    worker.send = before


def webhook_to(app: Flask) -> Callable[[str, str], int]:
    """What the simulator does to call a webhook: a bare form, no cookie, no origin."""

    def send(url: str, payment_id: str) -> int:
        answer = app.test_client().post(
            urlsplit(url).path, data={"id": payment_id}, headers={"User-Agent": "Mollie HTTP client/1.0"}
        )
        return answer.status_code

    return send


@pytest.fixture
def visitor(app: Flask) -> FreshBrowser:
    """A browser that has never been here."""
    return FreshBrowser(app)


@pytest.fixture
def till(app: Flask, mollie: SimulatorServer) -> Till:
    """The shop's till and Mollie's side of it."""
    return Till(app, mollie)


@pytest.fixture
def back(till: Till) -> Back:
    """The till after the sale: money that goes back or is taken in later."""
    return Back(till)
