"""VIES is asked when it was switched on, told nothing but the number, and believed about nothing but the number."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.papers.models import Invoice
from shop.people.models import Disclosure
from tests.papers.orders import invoiced, paid_order
from tests.papers.paper import BUSINESS, BUYER

pytestmark = pytest.mark.usefixtures("may_issue")


class Vies:
    """A VIES of the tests' own that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: tuple[int, str] = (200, '{"isValid": true, "userError": "VALID"}')
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told.asked.append(self.path)
                status, text = told.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def vies(app, monkeypatch) -> Iterator[Vies]:
    found = Vies()
    monkeypatch.setitem(app.config, "VIES_URL", f"http://127.0.0.1:{found.server.server_port}")
    yield found
    found.server.shutdown()
    found.server.server_close()


def said() -> str:
    db.session.rollback()
    return db.session.scalar(select(Invoice.vies).order_by(Invoice.id.desc()).limit(1))


@pytest.mark.parametrize(
    ("answer", "noted"),
    [
        ((200, '{"isValid": true, "userError": "VALID"}'), "valid"),
        ((200, '{"isValid": false, "userError": "INVALID"}'), "unknown"),
        ((200, '{"isValid": false, "userError": "MS_UNAVAILABLE"}'), ""),
        ((503, ""), ""),
        ((200, "no JSON"), ""),
        ((302, ""), ""),
    ],
)
def test_what_vies_says_is_noted_and_changes_no_amount(app, vies, outbox, answer, noted):
    vies.answer = answer
    order = paid_order()
    invoice = invoiced(order, BUSINESS)
    outbox.carry_out()
    assert vies.asked == ["/ms/BE/vat/0411905847"]
    assert said() == noted
    assert invoice.total_cents == order.total_cents
    assert invoice.vat_cents > 0
    told = db.session.scalars(select(Disclosure).where(Disclosure.recipient.like("%VIES%"))).all()
    assert [one.fields for one in told] == (["vat_number"] if noted else [])


def test_silence_is_asked_again_later(app, vies, outbox):
    vies.answer = (503, "")
    invoiced(paid_order(), BUSINESS)
    outbox.carry_out()
    row = next(row for row in outbox.rows("vies"))
    assert row.done_at is None
    assert row.failed_at is None
    assert row.due_at > clock.now()


def test_a_consumer_is_not_looked_up(app, vies, outbox):
    invoiced(paid_order(), BUYER)
    outbox.carry_out()
    assert vies.asked == []


def test_vies_is_off_until_it_is_switched_on(app, outbox):
    invoiced(paid_order(), BUSINESS)
    assert db.session.scalar(select(OutboxRow.id).where(OutboxRow.kind == "vies")) is None
