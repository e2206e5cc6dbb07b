"""Serving: waitress for the site, and for a demo the worker and the Mollie simulator beside it."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

import waitress
from flask import Flask

THREADS = 8
PATIENCE = 10  # seconds that a child gets to end by itself


def serve_site(app: Flask, *, host: str, port: int) -> None:
    """Serve the site until SIGTERM or SIGINT, then finish what is being answered."""
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        connection_limit=1000,
        channel_timeout=30,
        outbuf_overflow=32 * 1024 * 1024,  # beyond its high-water mark: no part of an answer is ever put on a disk
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1024 * 1024,
        clear_untrusted_proxy_headers=app.config["PROXIES"] == 0,
    )

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        server.run()
    except SystemExit:
        pass
    finally:
        server.task_dispatcher.shutdown()
        server.close()


class Family:
    """Child processes that live and end together."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start one child: a flask command of this shop."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        self.children[name] = subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)  # noqa: S603

    def ended(self) -> str | None:
        """The name of a child that is no longer there, if any."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def end(self) -> None:
        """End every child, gracefully first."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + PATIENCE
        for child in self.children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def serve_all(app: Flask) -> int:
    """Run site, worker and (without a Mollie key) the simulator in one terminal; Ctrl-C ends all three."""
    family = Family()
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    if app.config["USES_SIMULATOR"]:
        family.start("simulator", "mollie-simulator")
    family.start("worker", "worker")
    family.start("site", "serve")
    gone = None
    try:
        while not asked and gone is None:
            time.sleep(0.2)
            gone = family.ended()
    finally:
        family.end()
    if gone is not None:
        print(f"{gone} ended unexpectedly; the others were stopped too.", file=sys.stderr)
        return 1
    return 0
