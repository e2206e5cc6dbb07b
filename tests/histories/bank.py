"""Mollie's simulator without sockets and threads: all happens when the history says so, and can go wrong there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.test import Client

from shop.payments import mollie_gateway
from shop.payments.simulator import webhooks
from shop.payments.simulator.application import create_simulator
from shop.payments.simulator.store import Doc

ADDRESS = "http://127.0.0.1:9"


class Lost(requests.ConnectionError):
    """The connection broke off."""


class Line(BaseAdapter):
    """The line between the shop's real Mollie client and the simulator; the history listens at both of its ends."""

    def __init__(self, bank: "Bank") -> None:
        super().__init__()
        self.bank = bank

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Carry a request over and its answer back, unless one of them gets lost."""
        self.bank.on_line()
        fault = self.bank.faults.pop(0) if self.bank.faults else ""
        if fault == "request lost":
            raise Lost("nothing was asked")
        if fault == "unavailable":
            return self._response(request, 503, b"<html>busy</html>", {"Content-Type": "text/html"})
        where = urlsplit(request.url or "")
        answer = Client(self.bank.simulator.app).open(
            where.path,
            base_url=ADDRESS,
            query_string=where.query,
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=request.body or b"",
        )
        self.bank.on_line()
        if fault == "answer lost":
            raise Lost("nobody heard the answer")
        return self._response(request, answer.status_code, answer.data, dict(answer.headers))

    def close(self) -> None:
        """Nothing is open."""

    @staticmethod
    def _response(
        request: requests.PreparedRequest, status: int, content: bytes, headers: dict[str, str]
    ) -> requests.Response:
        response = requests.Response()
        response.status_code, response._content = status, content
        response.headers, response.request, response.url = CaseInsensitiveDict(headers), request, request.url or ""
        response.encoding = "utf-8"
        return response


class Bank:
    """The simulator as a history sees it."""

    def __init__(self, send: Callable[[str, str], int]) -> None:
        self.simulator = create_simulator(":memory:", webhook_sender=send)
        self.simulator.worker.stop()  # from here on nothing happens by itself
        self.world = self.simulator.world
        self.faults: list[str] = []
        self.on_line: Callable[[], None] = lambda: None
        client = mollie_gateway._client(mollie_gateway.TIMEOUT)
        client._client.mount(ADDRESS, Line(self))

    def forget(self) -> None:
        """Begin anew."""
        self.world.store.empty()
        self.faults.clear()

    def change(self, what: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Something happens at Mollie's."""
        with self.world.store.transaction():
            return what(self.world, *args, **kwargs)

    def objects(self, kind: str) -> list[Doc]:
        """All payments, refunds, captures or chargebacks, oldest first."""
        rows = self.world.store.rows("SELECT id FROM objects WHERE kind = ? ORDER BY seq", kind)
        return [found for row in rows if (found := self.world.store.find(kind, row["id"])) is not None]

    def turn(self) -> None:
        """Let happen what is due by now: timers, and calls to the shop one after the other."""
        worker = self.simulator.worker
        for _round in range(50):
            moved = False
            while worker._next_timer():
                moved = True
            for group in webhooks.take_due(self.world):
                worker._sending += 1
                worker._deliver(group)
                moved = True
            if not moved:
                return

    def next_due(self) -> float | None:
        """When something happens here next."""
        found = self.world.store.row(
            "SELECT MIN(due) AS due FROM"
            " (SELECT due FROM timers UNION ALL SELECT due FROM deliveries WHERE state = 'waiting')"
        )
        return float(found["due"]) if found is not None and found["due"] is not None else None

    def webhooks(self, mode: str) -> None:
        """Set how calls to the shop go: normal, double, off (lost), hold."""
        self.world.store.set_setting("webhooks", {"mode": mode, "copies": 2, "seconds": 0.0, "status": "paid"})

    def close(self) -> None:
        """Put its memory away."""
        self.world.store.close()
