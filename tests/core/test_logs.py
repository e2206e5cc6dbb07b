"""The log tells which kind of page was answered and how; never a path, an address, a name or a value."""

import json
import logging

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

TOKEN = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def telling(laboratory: Flask, capsys: pytest.CaptureFixture[str]) -> FlaskClient:
    """Somebody at the door of a shop that logs as it does in production."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield laboratory.test_client()  # type: ignore[misc]
    structlog.configure(**before)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    told = capsys.readouterr()
    assert told.err == ""
    return [json.loads(line) for line in told.out.splitlines()]


def test_an_answer_is_one_line_with_the_pattern_of_its_address(
    telling: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    telling.get(
        f"/en/lab/token/{TOKEN}?email=jan@example.com",
        headers={"User-Agent": "Telltale/1.0", "Referer": "http://localhost/secret"},
        environ_base={"REMOTE_ADDR": "203.0.113.77"},
    )
    (line,) = lines(capsys)
    assert line["route"] == "/lab/token/<token:value>"
    assert (line["event"], line["method"], line["status"], line["level"]) == ("answered", "GET", 200, "info")
    assert set(line) == {"event", "method", "route", "status", "ms", "request", "level", "timestamp"}
    for word in (TOKEN, "jan", "Telltale", "secret", "203.0.113"):
        assert word not in json.dumps(line)


def test_an_unknown_address_is_not_told(telling: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    telling.get("/orders/jan@example.com")
    (line,) = lines(capsys)
    assert (line["route"], line["status"]) == ("-", 404)


def test_each_request_has_its_own_number(telling: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    for _turn in range(3):
        telling.get("/lab/own")
    assert len({line["request"] for line in lines(capsys)}) == 3


@pytest.mark.parametrize(
    "value", ["klant@example.com", "mail to klant@example.com failed", "0341123456", "NL91ABNA0417164300", "1" * 40]
)
def test_what_looks_like_somebody_is_left_out(
    laboratory: Flask, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    structlog.get_logger().warning("outbox.failed", error=value, kind="mail")
    (line,) = lines(capsys)
    assert line["kind"] == "mail"
    assert "…" in str(line["error"])
    assert "klant" not in str(line["error"])
    assert not any(len(part) > 5 for part in "".join(c if c.isdigit() else " " for c in str(line["error"])).split())


def test_a_line_is_never_longer_than_it_need_be(laboratory: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("x", error="word " * 1000)
    assert len(str(lines(capsys)[0]["error"])) == 500


def test_line_breaks_cannot_forge_a_line(laboratory: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("x", error='a\n{"event": "forged"}')
    assert [line["event"] for line in lines(capsys)] == ["x"]


def test_outside_production_only_what_needs_a_look_is_told(
    laboratory: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    laboratory.test_client().get("/lab/own")
    assert lines(capsys) == []
