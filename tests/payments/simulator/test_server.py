"""The simulator as a process of its own."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from shop.payments.simulator import serve
from tests.payments.simulator.conftest import make_client, order

PROJECT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(port: int, state: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A simulator at work."""
    code = "import sys; from shop.payments.simulator import serve; serve(int(sys.argv[1]), sys.argv[2])"
    started = subprocess.Popen([sys.executable, "-c", code, str(port), str(state)], cwd=PROJECT)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.wait()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com"])
def test_it_listens_on_this_machine_only(host: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        serve(free_port(), tmp_path / "state.db", host)
    assert not (tmp_path / "state.db").exists()


def test_it_keeps_its_payments_when_killed_and_ends_when_asked(tmp_path: Path) -> None:
    port, state = free_port(), tmp_path / "state.db"
    base = f"http://127.0.0.1:{port}"
    with process(port, state) as first:
        made = make_client(base).payments.create(order(webhookUrl=None))
        assert requests.get(f"{base}/_control/payments", timeout=5).status_code == 404
        strange = requests.get(f"{base}/v2/payments", headers={"Host": "shop.example"}, timeout=5)
        assert strange.status_code == 421
        first.kill()
    with process(port, state) as second:
        assert make_client(base).payments.get(made.id).status == "open"
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
