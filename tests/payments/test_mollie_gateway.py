"""The one place that meets Mollie's client: three outcomes, a white-list, and nothing given away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask

from shop.core import clock
from shop.payments import mollie_gateway
from shop.payments.mollie_gateway import NotReached, Refused, Unknown
from shop.payments.simulator import CANARIES
from tests.payments.till import Till


def body(**changes: Any) -> dict[str, Any]:
    """A request that Mollie takes."""
    return {
        "amount": mollie_gateway.amount(1000),
        "description": "26-ABCDEF",
        "redirectUrl": "http://localhost/orders/x",
        "metadata": "our-token",
        **changes,
    }


@pytest.mark.parametrize(
    ("status", "form", "outcome"),
    [
        (400, "json", Refused),
        (401, "json", Refused),
        (404, "json", Refused),
        (409, "json", Refused),
        (422, "json", Refused),
        (429, "json", NotReached),
        (500, "json", Unknown),
        (503, "json", Unknown),
        (502, "html", Unknown),
        (500, "list", Unknown),
        (200, "empty", Unknown),
        (200, "garbage", Unknown),
        (200, "html", Unknown),
        (422, "no-detail", Unknown),
        (422, "text-status", Unknown),
    ],
)
def test_every_answer_ends_in_one_of_three_outcomes(
    till: Till, status: int, form: str, outcome: type[Exception]
) -> None:
    till.control.answer_next(status, form=form, detail="Because of this", field="amount.value")
    with pytest.raises(outcome) as raised:
        mollie_gateway.create(body(), idempotency_key="k" * 20)
    assert type(raised.value) is outcome
    if isinstance(raised.value, Refused):
        assert (raised.value.status, raised.value.field) == (status, "amount.value")


def test_a_call_that_is_cut_off_is_unknown_and_one_that_never_began_is_not(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.control.drop_request()
    with pytest.raises(Unknown):
        mollie_gateway.create(body(), idempotency_key="k" * 20)
    monkeypatch.setitem(till.app.config, "MOLLIE_API_URL", "http://127.0.0.1:9")
    with pytest.raises(NotReached):
        mollie_gateway.create(body(), idempotency_key="k" * 20)


def test_a_key_that_is_no_key_is_not_told_to_anybody(
    till: Till, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(till.app.config, "MOLLIE_API_KEY", "test_geheim-sleutel")
    with pytest.raises(NotReached) as raised:
        mollie_gateway.create(body(), idempotency_key="k" * 20)
    assert "geheim" not in str(raised.value)
    told = capsys.readouterr()
    assert "geheim" not in told.out + told.err


@pytest.mark.parametrize("odd", ["tr_x/../../customers/cst_1", "tr_abcd?embed=x", "tr_abcd#y", "tr_", "", "x" * 5000])
def test_an_id_that_is_none_is_never_asked_for(till: Till, odd: str) -> None:
    with pytest.raises(Refused):
        mollie_gateway.fetch(odd)
    assert till.mollie.requests() == []


def test_nothing_of_the_payer_comes_in(till: Till) -> None:
    for method in ("ideal", "creditcard", "paypal", "banktransfer"):
        made = mollie_gateway.create(body(method=method), idempotency_key=f"key-for-{method}")
        till.control.pay(made.id)
        answer = mollie_gateway.fetch(made.id)
        assert answer.status == "paid"
        for canary in CANARIES:
            assert canary not in repr(answer)


def test_amounts_and_moments_are_read_exactly(till: Till) -> None:
    made = mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    assert (made.amount_cents, made.currency, made.token, made.mode) == (1000, "EUR", "our-token", "test")
    assert made.created_at is not None
    assert made.created_at.tzinfo is not None
    till.control.alter(made.id, createdAt="2018-03-14T17:09:02.0Z")
    assert mollie_gateway.fetch(made.id).created_at == datetime(2018, 3, 14, 17, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "lie",
    [
        {"amount": {"currency": "EUR", "value": "10"}},
        {"amount": {"currency": "EUR", "value": "10.001"}},
        {"amount": {"currency": "EUR", "value": 10}},
        {"amount": "10.00"},
        {"id": "tr_another1"},
        {"id": 7},
        {"status": None},
        {"status": "paid\nX-Injected: 1"},
        {"mode": ["test"]},
        {"createdAt": "yesterday"},
    ],
    ids=str,
)
def test_an_answer_that_makes_no_sense_is_not_believed(till: Till, lie: dict[str, Any]) -> None:
    made = mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    till.control.alter(made.id, **lie)
    with pytest.raises(Unknown):
        mollie_gateway.fetch(made.id)


@pytest.mark.parametrize(
    ("href", "is_followed"),
    [
        ("https://www.mollie.com/checkout/select-method/abc", True),
        ("https://pay.mollie.com/x", True),
        ("http://www.mollie.com/checkout", False),
        ("https://mollie.com.evil.example/x", False),
        ("https://evilmollie.com/x", False),
        ("https://www.mollie.com@evil.example/x", False),
        ("javascript:alert(1)", False),
        ("http://127.0.0.1:1/x", False),
        ("https://www.mollie.com/x\r\nSet-Cookie: a=b", False),
    ],
)
def test_a_customer_is_only_led_to_pages_of_mollie(till: Till, href: str, is_followed: bool) -> None:
    made = mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    assert made.checkout_url is not None
    assert made.checkout_url.startswith(till.mollie.base_url)
    till.control.alter(made.id, _links={"checkout": {"href": href, "type": "text/html"}})
    assert mollie_gateway.fetch(made.id).checkout_url == (href if is_followed else None)


def test_a_live_shop_follows_no_page_of_its_own_endpoint(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    made = mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    monkeypatch.setitem(till.app.config, "ENVIRONMENT", "production")
    assert mollie_gateway.fetch(made.id).checkout_url is None


def test_the_environment_changes_nothing(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    (call,) = till.calls("POST")
    assert call["headers"]["Authorization"].startswith("Bearer test_")
    assert call["headers"]["X-Mollie-Client-Info"] == "redacted"


def test_row_60_a_list_that_breaks_off_stops_cleanly(till: Till) -> None:
    since = clock.now() - timedelta(minutes=5)
    made = mollie_gateway.create(body(method="ideal", metadata="wanted"), idempotency_key="k" * 20)
    till.control.answer_next(500, operation="payments.list")
    with pytest.raises(Unknown):
        mollie_gateway.find_by_token("wanted", since=since)
    found = mollie_gateway.find_by_token("wanted", since=since)
    assert found is not None
    assert found.id == made.id
    assert mollie_gateway.find_by_token("never", since=since) is None


def test_row_60_a_next_page_on_another_host_is_not_asked_for(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = requests.Session.request

    def watched(self: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        asked.append(url)
        return real(self, method, url, **kwargs)

    monkeypatch.setattr(requests.Session, "request", watched)
    mollie_gateway.create(body(method="ideal"), idempotency_key="k" * 20)
    elsewhere = {"href": "https://elsewhere.example/v2/payments?from=tr_x", "type": "application/hal+json"}
    till.control.merge_into_answer({"_links": {"next": elsewhere}}, operation="payments.list")
    with pytest.raises(mollie_gateway.MollieProblem):
        mollie_gateway.find_by_token("never", since=clock.now() - timedelta(minutes=5))
    assert asked
    assert all(url.startswith(till.mollie.base_url) for url in asked)


def test_after_failures_in_a_row_mollie_is_left_alone_for_a_while(
    app: Flask, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.control.answer_next(503, times=None)
    for _failure in range(mollie_gateway.FAILURES):
        with pytest.raises(Unknown):
            mollie_gateway.fetch("tr_abcdefgh")
    till.control.forget_requests()
    till.control.forget_faults()
    with pytest.raises(NotReached):
        mollie_gateway.fetch("tr_abcdefgh")
    assert till.mollie.requests() == []
    now = mollie_gateway.time.monotonic()
    monkeypatch.setattr(mollie_gateway.time, "monotonic", lambda: now + mollie_gateway.PAUSE + 1)
    with pytest.raises(Refused):
        mollie_gateway.fetch("tr_abcdefgh")
    assert len(till.mollie.requests()) == 1
