"""How a shop hears of its payments."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from mollie.api.client import Client

from shop.payments.simulator import SimulatorServer
from shop.payments.simulator.webhooks import send
from tests.payments.simulator.conftest import SHOP, Shop, make_client, order

MINUTE = 60
AFTER = (0, 1, 3, 7, 15, 31, 60, 120, 240, 1560)


def paid(mollie: Client, sim: SimulatorServer) -> str:
    """A payment that has just been paid."""
    payment = mollie.payments.create(order())
    sim.control.pay(payment.id)
    return str(payment.id)


def test_a_call_that_fails_is_made_ten_times_in_26_hours(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    shop.answer = lambda payment_id: 500
    paid(mollie, sim)
    sim.control.settle()
    for calls, (before, after) in enumerate(pairwise(AFTER), start=1):
        sim.control.advance((after - before) * MINUTE - 20)
        assert len(shop.heard) == calls
        sim.control.advance(20)
        assert len(shop.heard) == calls + 1
    sim.control.advance(100 * 3600)
    assert len(shop.heard) == 10
    assert [(call["state"], call["attempt"]) for call in sim.control.deliveries()] == [("given_up", 10)]


def test_a_call_is_repeated_until_it_succeeds(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    answers = iter([0, 302, 204])
    shop.answer = lambda payment_id: next(answers)
    paid(mollie, sim)
    sim.control.advance(26 * 3600)
    assert [(call["state"], call["answers"]) for call in sim.control.deliveries()] == [("delivered", [0, 302, 204])]


def test_webhooks_can_be_lost(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    sim.control.webhooks("off")
    paid(mollie, sim)
    sim.control.advance(26 * 3600)
    assert shop.heard == []
    assert [(call["state"], call["reason"]) for call in sim.control.deliveries()] == [("lost", "payment.paid")]


def test_webhooks_can_come_twice(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    sim.control.webhooks("double")
    payment_id = paid(mollie, sim)
    sim.control.settle()
    assert shop.heard == [payment_id] * 2


def test_webhooks_can_come_all_at_once(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    together = threading.Barrier(5)

    def answer(payment_id: str) -> int:
        together.wait(5)
        return 200

    shop.answer = answer
    sim.control.webhooks("parallel", copies=5)
    payment_id = paid(mollie, sim)
    assert sim.control.settle()
    sim.control.call_webhook(payment_id, copies=5)
    assert sim.control.settle()
    assert shop.heard == [payment_id] * 10


def test_webhooks_can_be_late(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    sim.control.webhooks("delay", seconds=30)
    payment_id = paid(mollie, sim)
    sim.control.advance(25)
    assert shop.heard == []
    sim.control.advance(5)
    assert shop.heard == [payment_id]


def test_webhooks_can_come_in_another_order(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    sim.control.webhooks("reorder")
    first, second = paid(mollie, sim), paid(mollie, sim)
    sim.control.advance(1)
    assert shop.heard == [second, first]


@pytest.mark.parametrize("newest_first", [True, False])
def test_webhooks_can_be_held_back(mollie: Client, sim: SimulatorServer, shop: Shop, newest_first: bool) -> None:
    sim.control.webhooks("hold")
    first, second = paid(mollie, sim), paid(mollie, sim)
    sim.control.settle()
    assert shop.heard == []
    sim.control.release_webhooks(newest_first=newest_first)
    sim.control.settle()
    assert shop.heard == ([second, first] if newest_first else [first, second])


def test_a_webhook_can_come_before_the_answer_to_create(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    found: list[str] = []

    def answer(payment_id: str) -> int:
        found.append(make_client(sim.base_url).payments.get(payment_id).status)
        return 200

    shop.answer = answer
    sim.control.webhooks("before-answer")
    payment = mollie.payments.create(order())
    assert (shop.heard, found, payment.status) == ([payment.id], ["paid"], "open")


def test_time_can_run_faster(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = mollie.payments.create(order())
    sim.control.set_speed(15 * MINUTE * 20)
    for _ in range(200):
        if shop.heard:
            break
        time.sleep(0.02)
    assert mollie.payments.get(payment.id).status == "expired"


def test_a_payment_without_a_webhook_address_tells_nobody(mollie: Client, sim: SimulatorServer) -> None:
    sim.control.pay(mollie.payments.create(order(webhookUrl=None)).id)
    assert sim.control.deliveries() == []


def test_payments_and_calls_to_be_made_survive_a_restart(tmp_path: Path) -> None:
    shop = Shop()
    shop.answer = lambda payment_id: 500
    with SimulatorServer(tmp_path / "state.db", webhook_sender=shop.hear) as before:
        payment_id = paid(make_client(before.base_url), before)
        assert before.control.settle()
    shop.answer = lambda payment_id: 200
    with SimulatorServer(tmp_path / "state.db", webhook_sender=shop.hear) as after:
        assert make_client(after.base_url).payments.get(payment_id).status == "paid"
        after.control.advance(MINUTE)
        assert [call["state"] for call in after.control.deliveries()] == ["delivered"]
    assert shop.heard == [payment_id] * 2


class Listener(BaseHTTPRequestHandler):
    """A shop's web server."""

    heard: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        """Note the call, and answer what the address says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, dict(self.headers), body))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """What a redirect of a POST ends in."""
        self.send_error(405)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def listener() -> Iterator[str]:
    """The address of a shop that listens."""
    Listener.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_call_is_made_as_mollie_makes_it(listener: str) -> None:
    assert send(f"{listener}/webhook", "tr_abc") == 200
    ((path, headers, body),) = Listener.heard
    assert (path, body) == ("/webhook", b"id=tr_abc")
    assert headers["User-Agent"] == "Mollie HTTP client/1.0"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Accept"] == "*/*"


def test_a_redirect_loses_the_call(listener: str) -> None:
    assert send(f"{listener}/moved", "tr_abc") == 405


def test_nobody_there_is_no_answer() -> None:
    assert send(f"{SHOP}/webhook", "tr_abc") == 0
