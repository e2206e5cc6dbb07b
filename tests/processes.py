"""The shop as real processes: site, worker and Mollie, which can be killed at any moment and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import requests

from shop.payments.simulator import SimulatorServer

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningShop:
    """A shop with its own database, folder and processes; ends everything it started."""

    def __init__(self, folder: Path, database: str, *, sites: int = 1) -> None:
        self.folder = folder
        self.simulator = SimulatorServer(folder / "mollie.sqlite")
        self.ports = [free_port() for _ in range(sites)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.database = database
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (folder / "processes.log").open("ab")

    def __enter__(self) -> "RunningShop":
        self.simulator.__enter__()
        self.run("db", "upgrade")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self.processes):
            self.end(name)
        self.simulator.__exit__(kind, problem, trace)
        self.log.close()

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every process of this shop."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "PORT"))}
        return {
            **kept,
            "SHOP_ENV": "test",
            "SHOP_SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only",
            "SHOP_INSTANCE_PATH": str(self.folder / "instance"),
            "SHOP_DATABASE_URL": self.database,
            "SHOP_PUBLIC_URL": self.urls[0],
            "SHOP_MOLLIE_API_KEY": "test_shop00000000000000000000000000000",
            "SHOP_MOLLIE_API_URL": self.simulator.base_url,
            "PORT": str(self.ports[0]),
        }

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the shop to its end."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert not check or done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done

    def start(self, name: str, *arguments: str) -> None:
        """Start a process that stays."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        self.processes[name] = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=self.log, stderr=self.log
        )

    def start_sites(self) -> None:
        """Start every site and wait until it answers."""
        for number in range(len(self.ports)):
            self.start_site(number)
        self.wait_for_sites()

    def start_site(self, number: int = 0) -> None:
        """Start one site, without waiting."""
        self.start(f"site-{number}", "serve", "--port", str(self.ports[number]))

    def start_worker(self) -> None:
        """Start the job worker."""
        self.start("worker", "worker")

    def wait_for_sites(self) -> None:
        """Wait until every site answers."""
        until = time.monotonic() + PATIENCE
        for url in self.urls:
            while True:
                try:
                    if requests.get(f"{url}/readyz", timeout=2).ok:
                        break
                except requests.RequestException:
                    pass
                assert time.monotonic() < until, f"{url} does not answer"
                time.sleep(0.05)

    def kill(self, name: str) -> None:
        """kill -9: no last words."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self, name: str) -> int:
        """End a process politely."""
        process = self.processes.pop(name)
        if process.poll() is None:
            process.terminate()
        try:
            return process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
