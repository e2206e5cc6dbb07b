"""A simulator of the tests' own, the real client, and a shop that hears webhooks."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from mollie.api.client import Client

from shop.payments.simulator import SimulatorServer
from tests.payments.simulator import description

KEY = "test_simulatorsimulatorsimulator01"
SHOP = "http://127.0.0.1:9"


class Shop:
    """Hears the webhooks; answers what the test wants."""

    def __init__(self) -> None:
        self.answer: Callable[[str], int] = lambda payment_id: 200
        self.heard: list[str] = []
        self._lock = threading.Lock()

    def hear(self, url: str, payment_id: str) -> int:
        """One call."""
        assert url == f"{SHOP}/webhook"
        with self._lock:
            self.heard.append(payment_id)
        return self.answer(payment_id)


def make_client(base_url: str, key: str = KEY) -> Client:
    """The real client, set up as the shop does it."""
    client = Client(api_endpoint=base_url, timeout=(2, 8), retry=0)
    session = requests.Session()
    session.trust_env = False
    client._client = session
    client.UNAME = "redacted"
    client.set_api_key(key)
    return client


def order(**changes: Any) -> dict[str, Any]:
    """What a shop sends for a payment; a change to None leaves something out."""
    sent = {
        "amount": {"currency": "EUR", "value": "10.00"},
        "description": "Order 1",
        "redirectUrl": f"{SHOP}/return",
        "webhookUrl": f"{SHOP}/webhook",
        "method": "ideal",
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def euro(value: str) -> dict[str, str]:
    """An amount in euros."""
    return {"currency": "EUR", "value": value}


ADDRESS = {
    "givenName": "Anna",
    "familyName": "Jansen",
    "streetAndNumber": "Markt 1",
    "postalCode": "3841 CE",
    "city": "Harderwijk",
    "country": "NL",
    "email": "anna@example.com",
}


def line(**changes: Any) -> dict[str, Any]:
    """One line of ten euros."""
    whole = {"description": "Teapot", "quantity": 2, "unitPrice": euro("5.00"), "totalAmount": euro("10.00")}
    return whole | {"vatRate": "21.00", "vatAmount": euro("1.74")} | changes


@pytest.fixture
def shop() -> Shop:
    """A shop that hears webhooks."""
    return Shop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatorServer, list[Shop]]]:
    """One simulator for all tests of this process, and the shop that listens now."""
    listening: list[Shop] = []
    path = tmp_path_factory.mktemp("simulator") / "state.db"
    with SimulatorServer(path, webhook_sender=lambda url, payment_id: listening[-1].hear(url, payment_id)) as started:
        yield started, listening


@pytest.fixture
def sim(server: tuple[SimulatorServer, list[Shop]], shop: Shop) -> Iterator[SimulatorServer]:
    """A fresh simulator."""
    started, listening = server
    started.control.reset()
    listening.append(shop)
    yield started
    started.control.settle()


@pytest.fixture
def mollie(sim: SimulatorServer) -> Client:
    """The real client."""
    return make_client(sim.base_url)


@pytest.fixture(scope="session")
def described() -> description.Description:
    """Mollie's description, where it is at hand."""
    if not Path(description.FILE).exists():
        pytest.skip(f"Mollie's description is not at {description.FILE}; SHOP_MOLLIE_OPENAPI names its folder")
    return description.Description()
