"""The simulator as a WSGI application."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from shop.payments.simulator import calls, idempotency
from shop.payments.simulator.api import api
from shop.payments.simulator.api_more import more
from shop.payments.simulator.control import control
from shop.payments.simulator.pages import pages
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.simulator.webhooks import Sender, send
from shop.payments.simulator.worker import Worker
from shop.payments.simulator.world import World

LARGEST_BODY = 1_000_000
LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


class Simulator:
    """A simulator at work: its pages and API, its memory, and the thread that calls shops."""

    def __init__(self, app: Flask, world: World, worker: Worker) -> None:
        self.app, self.world, self.worker = app, world, worker

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        return self.app(environ, start_response)

    def close(self) -> None:
        """Stop calling shops and put the memory away."""
        self.worker.stop()
        self.world.store.close()


def create_simulator(
    state_path: str | Path,
    *,
    api_delay: float = 0.0,
    controls: bool = False,
    webhook_sender: Sender = send,
    settings: Doc | None = None,
) -> Simulator:
    """A simulator that keeps its state in a file; `settings` replaces the defaults of its switches."""
    world = World(state_path, api_delay=api_delay, defaults=settings)
    idempotency.forget_running(world)
    worker = Worker(world, webhook_sender)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions.update(world=world, worker=worker)
    app.before_request(refuse_strange_hosts)
    app.register_error_handler(HTTPException, http_problem)
    app.register_blueprint(api)
    app.register_blueprint(more)
    app.register_blueprint(pages)
    if controls:
        app.after_request(calls.log_request)
        app.register_blueprint(control)
    worker.start()
    return Simulator(app, world, worker)


def refuse_strange_hosts() -> Response | None:
    """Answer only under the names of this machine, so that no website can reach in by rebinding its name."""
    if LOOPBACK_HOST.fullmatch(request.host):
        return None
    return Response("The simulator answers on this machine only.", 421, content_type="text/plain")


def http_problem(error: HTTPException) -> Response | HTTPException:
    """Errors in the form of the API, where the API was called."""
    if not request.path.startswith("/v2"):
        return error
    known = {404: "No such address", 405: "This address does not take that verb", 413: "The request is too large"}
    code = error.code or 500
    response = error.get_response()
    headers = {"Allow": response.headers["Allow"]} if "Allow" in response.headers else {}
    document = Problem(code, known.get(code, error.name)).document()
    return Response(json.dumps(document), code, headers, content_type=calls.HAL)
