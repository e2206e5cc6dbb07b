"""The simulator as a server on this machine: its own process, or a thread for tests."""

import logging
import signal
import tempfile
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from waitress import create_server

from shop.payments.simulator.application import create_simulator
from shop.payments.simulator.remote import Control, Json
from shop.payments.simulator.store import Doc
from shop.payments.simulator.webhooks import Sender, send

LOOPBACK = "127.0.0.1"
THREADS = 16
# Waiting calls are what a simulator is for; waitress would warn of each.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def serve(
    port: int, state_path: str | Path, host: str = "127.0.0.1", *, controls: bool = False, api_delay: float = 0.0
) -> None:
    """Answer until the process is told to stop (SIGTERM or Ctrl-C)."""
    if host != LOOPBACK:
        raise ValueError("The Mollie simulator listens on this machine only (127.0.0.1)")
    simulator = create_simulator(state_path, api_delay=api_delay, controls=controls)
    server = create_server(simulator, host=host, port=port, threads=THREADS, ident=None)

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        server.run()
    finally:
        signal.signal(signal.SIGTERM, before)
        server.close()
        simulator.close()


class SimulatorServer:
    """A simulator in a thread of this process, on a free port, with its controls."""

    def __init__(
        self,
        state_path: str | Path | None = None,
        *,
        api_delay: float = 0.0,
        webhook_sender: Sender = send,
        settings: Doc | None = None,
        port: int = 0,
    ) -> None:
        self._folder = None if state_path else tempfile.TemporaryDirectory(prefix="simulator-")
        self.state_path = Path(self._folder.name) / "simulator.db" if self._folder else Path(str(state_path))
        self._options: dict[str, Any] = {"api_delay": api_delay, "webhook_sender": webhook_sender, "settings": settings}
        self._port = port

    def __enter__(self) -> Self:
        """Begin to answer."""
        self.simulator = create_simulator(self.state_path, controls=True, **self._options)
        self._server = create_server(self.simulator, host=LOOPBACK, port=self._port, threads=THREADS, ident=None)
        self.base_url = f"http://127.0.0.1:{self._server.effective_port}"
        self.control = Control(self.base_url)
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._ended = threading.Event()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop answering; what was given as a state file stays."""
        self.control.close()
        self._ended.set()
        self._server.trigger.pull_trigger()
        self._thread.join()
        self._server.close()
        self.simulator.close()
        if self._folder:
            self._folder.cleanup()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._server.asyncore.loop(timeout=1, count=1, map=self._server._map)
        self._server.task_dispatcher.shutdown()

    def requests(self) -> list[Json]:
        """What the shop sent so far."""
        return self.control.requests()
