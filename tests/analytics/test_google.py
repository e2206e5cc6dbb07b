"""Forwarding to Google Analytics: nothing without consent, and with it exactly what the statements say."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from shop.config import WrongSettings, complete
from tests.conftest import settings

pytestmark = pytest.mark.both_databases


class Recorder:
    """A server that stands for Google: keeps everything that it is sent."""

    def __init__(self):
        self.requests, self.status = [], 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_told):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/mp/collect"


@pytest.fixture(scope="module")
def google():
    recorder = Recorder()
    yield recorder
    recorder.server.shutdown()
    recorder.server.server_close()


@pytest.fixture
def forwarding(app, google, monkeypatch):
    """This shop forwards to the recorder."""
    google.requests.clear()
    google.status = 204
    for name, value in (("MEASUREMENT_ID", "G-TEST"), ("API_SECRET", "geheim"), ("URL", google.url)):
        monkeypatch.setitem(app.config, f"GA_{name}", value)
    monkeypatch.setattr(app.extensions["analytics"], "wording", "1g")
    return google


def test_nothing_is_sent_unless_the_owner_asks_for_it(app, guest, write, outbox, google):
    google.requests.clear()
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    assert outbox.rows("google") == []
    assert "Google" not in guest().get("/cookies").text


def test_nothing_is_sent_without_consent(app, guest, write, outbox, forwarding, at):
    at("2026-03-01 12:00")
    for choice in (None, "none", "own"):
        one = guest()
        if choice:
            one.post("/consent", choice=choice, preferences="y")
        one.get("/")
    signal = guest()
    signal.get("/", headers={"Sec-GPC": "1"})
    write()
    at("2026-03-01 14:00")
    outbox.carry_out()
    assert outbox.rows("google") == []
    assert forwarding.requests == []


def test_with_consent_exactly_the_declared_fields_are_sent(app, guest, write, outbox, forwarding, at):
    at("2026-03-01 12:10")
    one = guest(agent="Mozilla/5.0 (merkteken) Firefox/140.0", source="https://zoek.example/merkteken?q=merkteken")
    one.post("/consent", choice="all")
    one.get("/?utm_campaign=merkteken")
    one.client.environ_base.pop("HTTP_REFERER")
    one.get("/cart")
    write()
    outbox.carry_out()
    assert forwarding.requests == []
    at("2026-03-01 13:05")
    outbox.carry_out()
    ((path, headers, body),) = forwarding.requests
    assert urlsplit(path).path == "/mp/collect"
    assert parse_qs(urlsplit(path).query) == {"measurement_id": ["G-TEST"], "api_secret": ["geheim"]}
    assert set(body) == {"client_id", "non_personalized_ads", "events"}
    assert body["non_personalized_ads"] is True
    assert body["events"] == [
        {
            "name": "page_view",
            "params": {"page_location": "http://localhost/", "page_referrer": "https://zoek.example/"},
        },
        {"name": "page_view", "params": {"page_location": "http://localhost/cart"}},
    ]
    assert headers["User-Agent"] == "shop"
    told = repr(forwarding.requests)
    for secret in ("merkteken", "203.0.113", "Mozilla", "Firefox", one.client.get_cookie("analysis").value):
        assert secret not in told
    assert not {"Cookie", "Referer", "X-Forwarded-For"} & set(headers)


def test_each_visit_has_a_number_of_its_own(app, guest, write, outbox, forwarding, at):
    at("2026-03-01 12:10")
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    one.get("/cart")
    write()
    at("2026-03-01 15:10")
    one.get("/")
    write()
    at("2026-03-01 17:00")
    outbox.carry_out()
    outbox.carry_out()
    numbers = [body["client_id"] for _path, _headers, body in forwarding.requests]
    assert len(numbers) == len(set(numbers)) == 2
    assert [len(body["events"]) for _path, _headers, body in forwarding.requests] == [2, 1]


def test_a_withdrawal_stops_what_waits(app, guest, write, outbox, forwarding, at):
    at("2026-03-01 12:10")
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    assert len(outbox.rows("google")) == 1
    one.post("/consent", choice="none")
    assert outbox.rows("google") == []
    at("2026-03-01 14:00")
    outbox.carry_out()
    assert forwarding.requests == []


def test_a_server_that_is_down_is_tried_again_and_then_let_go(app, guest, write, outbox, forwarding, at):
    at("2026-03-01 12:10")
    forwarding.status = 500
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    at("2026-03-01 14:00")
    outbox.carry_out()
    (row,) = outbox.rows("google")
    assert (row.attempts, row.done_at, row.failed_at, row.last_error) == (1, None, None, "HTTPError")
    assert one.get("/").status == 200
    at("2026-03-01 14:10")
    outbox.carry_out()
    (row,) = outbox.rows("google")
    assert row.attempts == 2
    at("2026-03-05 14:00")
    outbox.carry_out()
    (row,) = outbox.rows("google")
    assert row.done_at is not None
    assert row.failed_at is None
    assert len(forwarding.requests) == 2
    at("2026-03-06 14:00")
    outbox.carry_out()
    assert len(forwarding.requests) == 2


def test_the_statements_say_so_when_it_is_on(app, guest, forwarding):
    page = guest().get("/cookies")
    assert "We sturen de pagina's ook naar Google Analytics" in page.text
    assert "Wat verstuurd is, kunnen we niet terughalen." in page.text
    assert "kunnen we niet terughalen" in guest().get("/").text
    assert "Google Ireland" in guest().get("/privacy").text


def test_a_measurement_id_needs_its_secret(app, tmp_path):
    values = {**settings(tmp_path, "sqlite://", ""), "GA_MEASUREMENT_ID": "G-TEST", "GA_API_SECRET": ""}
    with pytest.raises(WrongSettings, match="SHOP_GA_API_SECRET"):
        complete(values)
