"""Whatever is sent, it is read or refused with a page: never a mistake of ours, never a word sent back unescaped."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def part(head: str, body: bytes = b"x") -> bytes:
    """A body of one part."""
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


def assert_refused(answer: TestResponse, *codes: int) -> None:
    assert answer.status_code in codes
    assert answer.mimetype == "text/html"
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        part("Content-Disposition: form-data"),
        part('Content-Disposition: form-data; filename="f.png"'),
        part('Content-Disposition: form-data; name=""; filename="f.png"'),
        part('Content-Disposition: form-data; name="a\x00b"'),
        part('Content-Disposition: form-data; name="a"', b"\x00"),
        part('Content-Disposition: form-data; name="a"', b"\xff\xfe"),
        part('Content-Disposition: form-data; name="a"; filename="\x00.png"'),
    ],
)
def test_broken_multipart_is_refused(lab: FlaskClient, body: bytes) -> None:
    assert_refused(lab.post("/lab/echo", data=body, headers=MULTIPART), 400)


@pytest.mark.parametrize(
    "body",
    [part("Content-Type: text/plain"), b"", b"--b", b"--b--", b"--b\r\n\r\n", b"--x\r\n\r\n--x--", b"\x00" * 100],
)
def test_what_is_no_multipart_at_all_is_no_mistake_of_ours(lab: FlaskClient, body: bytes) -> None:
    assert lab.post("/lab/echo", data=body, headers=MULTIPART).status_code in (200, 400)


@pytest.mark.parametrize("where", ["/lab/echo?a=%00", "/lab/echo?%00=a", "/lab/echo?a=b&a=%00", "/lab/echo%00", "/%00"])
def test_nul_in_an_address_is_refused(lab: FlaskClient, where: str) -> None:
    assert_refused(lab.get(where), 400)


@pytest.mark.parametrize("where", ["/%ff", "/lab/%c3%28", "/%ed%a0%80", "/en/%ff", "/product/%fe%fe"])
def test_a_path_that_is_no_text_is_refused(lab: FlaskClient, where: str) -> None:
    assert_refused(lab.get(where), 400, 404)


@pytest.mark.parametrize("where", ["/lab/echo?a=%ff", "/lab/echo?%ff=a", "/lab/echo?a=%ed%a0%80"])
def test_a_query_that_is_no_text_does_no_harm(lab: FlaskClient, where: str) -> None:
    assert lab.get(where).status_code in (200, 400)


@pytest.mark.parametrize("body", [b"a=%00", b"%00=a", b"a=1&a=%00", "a=\ufffd".encode()])
def test_a_form_that_is_no_text_is_refused(lab: FlaskClient, body: bytes) -> None:
    answer = lab.post("/lab/echo", data=body, content_type="application/x-www-form-urlencoded")
    assert_refused(answer, 400)


@pytest.mark.parametrize(("body", "arrives"), [(b"a=%ff", {"a": "%FF"}), (b"a=\xff", {}), (b"a=%ed%a0%80", None)])
def test_bytes_that_are_no_text_do_no_harm(lab: FlaskClient, body: bytes, arrives: dict[str, str] | None) -> None:
    answer = lab.post("/lab/echo", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert arrives is None or answer.json == arrives


def test_good_text_in_any_script_arrives(lab: FlaskClient) -> None:
    for text in ("Zoë ’t Hooft", "محمد", "李", "🫖", "a\r\nb\tc"):
        assert lab.post("/lab/echo", data={"name": text}).json == {"name": text}


@pytest.mark.parametrize("body", ["[" * 100_000 + "]" * 100_000, '{"n": ' + "9" * 6000 + "}", '{"a": 1}', "", "{"])
@pytest.mark.parametrize("kind", ["application/json", "application/csp-report+json"])
def test_json_is_not_spoken_here(lab: FlaskClient, body: str, kind: str) -> None:
    assert_refused(lab.post("/lab/json", data=body, content_type=kind), 415)


IMPOSSIBLE = ["0", "-1", "+1", "01", "1.0", "1e3", "٣", "9" * 17, str(2**31), str(2**53), str(2**63), "9" * 5000]


@pytest.mark.parametrize("number", IMPOSSIBLE, ids=[n[:20] for n in IMPOSSIBLE])
def test_a_number_that_no_row_can_have_is_no_page(lab: FlaskClient, number: str) -> None:
    assert_refused(lab.get(f"/lab/row/{number}"), 404)


def test_the_numbers_that_rows_can_have(lab: FlaskClient) -> None:
    assert lab.get("/lab/row/1").text == "1"
    assert lab.get(f"/lab/row/{2**31 - 1}").text == str(2**31 - 1)


@pytest.mark.parametrize("token", ["a", "a" * 19, "a" * 65, "a" * 30 + ".", "a" * 30 + "%0a"])
def test_what_is_no_token_is_no_page(lab: FlaskClient, token: str) -> None:
    assert_refused(lab.get(f"/lab/token/{token}"), 404)


@pytest.mark.parametrize("slug", ["A", "a_b", "-a", "a-", "a--b", "a.b", "..", "a%0a", "é"])
def test_what_is_no_slug_is_no_page(lab: FlaskClient, slug: str) -> None:
    assert lab.get(f"/lab/slug/{slug}").status_code == 404


@pytest.mark.parametrize(
    "leads",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/a\nSet-Cookie: a=b",
        "/a\r\nb",
        "/a\x00b",
        "/a b",
        "/a\tb",
        "/\u2028",
        "/é",
        "/\x7f",
        "/" + "a" * 300,
        "",
        "?a",
    ],
)
def test_a_redirect_leads_nowhere_else(lab: FlaskClient, leads: str) -> None:
    answer = lab.get("/lab/on", query_string={"next": leads})
    assert answer.status_code in (302, 400)
    assert answer.headers.get("Location", "/") == "/"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("leads", ["/", "/cart", "/en/orders/abc?a=b&c=%20", "/account/orders#top", "/a//b"])
def test_a_redirect_leads_on_within_the_shop(lab: FlaskClient, leads: str) -> None:
    assert lab.get("/lab/on", query_string={"next": leads}).headers["Location"] == leads


def test_a_body_that_is_too_large_is_refused(lab: FlaskClient) -> None:
    huge = b"a" * (12 * 1024 * 1024 + 1)
    assert_refused(lab.post("/lab/echo", data=huge, content_type="application/x-www-form-urlencoded"), 413)
    body = part('Content-Disposition: form-data; name="a"', huge)
    assert_refused(lab.post("/lab/echo", data=body, headers=MULTIPART), 413)


def test_a_form_that_would_fill_memory_is_refused(lab: FlaskClient) -> None:
    assert_refused(lab.post("/lab/echo", data={"a": "b" * 600_000}), 413)
    body = part('Content-Disposition: form-data; name="a"', b"b" * 600_000)
    assert_refused(lab.post("/lab/echo", data=body, headers=MULTIPART), 413)


def test_too_many_parts_and_too_many_fields_are_refused(lab: FlaskClient) -> None:
    one = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    assert_refused(lab.post("/lab/echo", data=one * 401 + b"--b--\r\n", headers=MULTIPART), 413)
    body = "&".join(f"a{n}=1" for n in range(1001))
    assert_refused(lab.post("/lab/echo", data=body, content_type="application/x-www-form-urlencoded"), 413)


def test_a_query_that_is_too_long_is_refused(lab: FlaskClient) -> None:
    assert_refused(lab.get("/lab/echo?a=" + "b" * 4000), 400)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80", "", "local host", "a@b"])
def test_another_host_is_refused(lab: FlaskClient, host: str) -> None:
    answer = lab.get("/lab/own", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["/withdraw", "/contact", "/account/sign-in", "/data-request", "/orders/find"])
def test_a_file_in_the_place_of_a_text_is_nothing_typed(app: Flask, path: str) -> None:
    names = ("name", "reference", "email", "text", "topic", "number", "password", "sending")
    sent = {name: (BytesIO(b"x"), "a.txt") for name in names}
    answer = app.test_client().post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
