"""Who may send what from where, and what every answer says about itself."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core import security
from shop.core.access import UnguardedView, check_views

SAME = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        (SAME, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "Same-Origin "}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
    ],
)
def test_only_our_own_pages_send_forms(lab: FlaskClient, headers: dict[str, str], status: int) -> None:
    for where in ("/lab/own", "/en/lab/own"):
        assert lab.post(where, headers=headers).status_code == status
    assert lab.post("/lab/webhook", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("none", "navigate", 200),
        ("same-origin", "cors", 200),
        ("same-site", "navigate", 200),
        ("cross-site", "navigate", 200),
        ("cross-site", "no-cors", 403),
        ("cross-site", "cors", 403),
        ("cross-site", "websocket", 403),
    ],
)
def test_other_sites_may_link_to_a_page_but_not_take_it_in(lab: FlaskClient, site: str, mode: str, status: int) -> None:
    assert lab.get("/lab/own", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}).status_code == status


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": security.NO_FEATURES,
}
ANSWERS = [
    ("GET", "/lab/public"),
    ("GET", "/lab/own"),
    ("GET", "/en/lab/own"),
    ("GET", "/lab/customer"),
    ("GET", "/lab/staff"),
    ("GET", "/nowhere"),
    ("POST", "/lab/public"),
    ("GET", "/lab/fail/mistake"),
    ("GET", "/lab/fail/database"),
    ("GET", "/lab/echo?a=%00"),
    ("POST", "/lab/webhook"),
    ("GET", "/lab/on?next=/cart"),
    ("OPTIONS", "/lab/own"),
    ("HEAD", "/lab/own"),
]


@pytest.mark.parametrize(("method", "where"), ANSWERS)
def test_every_answer_is_guarded(https_lab: FlaskClient, method: str, where: str) -> None:
    headers = https_lab.open(where, method=method, headers=SAME).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000; includeSubDomains")
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(r"unsafe|\*|https?:", headers["Content-Security-Policy"])
    assert "Server" not in headers


@pytest.mark.parametrize("file", ["/static/js/quantity.js", "/static/.build/storefront.css", "/static/img/favicon.svg"])
def test_static_files_are_guarded_too(https_lab: FlaskClient, file: str) -> None:
    answer = https_lab.get(file)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_on_http_nothing_is_promised_about_https(lab: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in lab.get("/lab/own").headers
    assert "Strict-Transport-Security" not in lab.get("/static/js/quantity.js").headers


def test_http_is_led_to_https(https_laboratory: Flask) -> None:
    answer = https_laboratory.test_client().get("/cart?a=b", base_url="http://shop.example.com")
    assert answer.status_code in (301, 302)
    assert answer.headers["Location"] == "https://shop.example.com/cart?a=b"


@pytest.mark.parametrize(
    ("where", "cookie", "expected"),
    [
        ("/lab/public", None, "no-cache"),
        ("/lab/public", "cart=x", "no-store"),
        ("/lab/personal", None, "no-store"),
        ("/lab/own", None, "no-store"),
        ("/lab/customer", None, "no-store"),
        ("/nowhere", None, "no-store"),
        ("/lab/fail/mistake", None, "no-store"),
    ],
)
def test_only_what_is_the_same_for_all_may_be_kept(
    laboratory: Flask, where: str, cookie: str | None, expected: str
) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    answer = laboratory.test_client(use_cookies=False).get(where, headers=headers)
    assert answer.headers["Cache-Control"] == expected


def test_a_page_for_some_asks_others_to_sign_in_and_remembers_where_they_were(lab: FlaskClient) -> None:
    assert lab.get("/lab/customer?a=b").headers["Location"] == "/account/sign-in?next=/lab/customer?a%3Db"
    assert lab.get("/en/lab/customer").headers["Location"] == "/en/account/sign-in?next=/en/lab/customer"
    assert lab.post("/lab/customer", headers=SAME).headers["Location"] == "/account/sign-in"
    assert lab.get("/lab/staff").headers["Location"] == "/staff/sign-in?next=/lab/staff"


def test_the_app_does_not_start_with_a_view_that_does_not_say_who_may_open_it() -> None:
    app = Flask("unguarded")
    app.add_url_rule("/open", "room.open", lambda: "open")
    with pytest.raises(UnguardedView, match=r"room\.open"):
        check_views(app)


def test_a_limit_counts_nobody_by_address(laboratory: Flask) -> None:
    def key(address: str) -> str:
        with laboratory.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return security.limit_key()

    first = key("203.0.113.7")
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first == key("203.0.113.7") != key("203.0.113.8")
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("") != first


def test_machines_that_count_together_give_somebody_the_same_key(laboratory: Flask) -> None:
    def key(redis: str, secret: str) -> bytes:
        app = Flask("machine")
        app.config.update(REDIS_URL=redis, SECRET_KEY=secret)
        return security._new_limit_key(app)

    assert key("redis://limits", "a") == key("redis://limits", "a") != key("redis://limits", "b")
    assert key("", "a") != key("", "a")


@pytest.fixture
def counted(laboratory: Flask) -> Iterator[Flask]:
    """The laboratory with its limits on, whichever shop was made last in this process."""
    before, security.limiter.enabled = security.limiter.enabled, True
    yield laboratory
    security.limiter.enabled = before


def test_too_often_is_refused_for_one_and_not_for_another(counted: Flask) -> None:
    def status(address: str) -> int:
        client = counted.test_client()
        return client.get("/lab/limited", environ_base={"REMOTE_ADDR": address}).status_code

    assert [status("203.0.113.1") for _turn in range(4)] == [200, 200, 200, 429]
    assert status("203.0.113.2") == 200


def test_no_address_is_kept_where_limits_are_counted(counted: Flask) -> None:
    counted.test_client().get("/lab/limited", environ_base={"REMOTE_ADDR": "203.0.113.99"})
    storage = security.limiter.storage.storage  # type: ignore[attr-defined]
    assert storage
    assert not any("203.0.113" in str(key) for key in storage)
