"""Every refusal is a page in the visitor's language; a mistake of ours tells nothing about anybody."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core import error_pages
from shop.core.error_pages import TEXTS
from tests.core.conftest import SECRET
from tests.page import Page

REFUSALS = {
    400: "/lab/fail/400",
    403: "/lab/fail/403",
    404: "/lab/fail/missing",
    409: "/lab/fail/conflict",
    410: "/lab/fail/410",
    413: "/lab/fail/413",
    422: "/lab/fail/422",
    429: "/lab/fail/429",
    500: "/lab/fail/mistake",
    503: "/lab/fail/database",
}
DUTCH = {
    400: "Dit konden we niet lezen",
    403: "Deze pagina is niet voor jou",
    404: "Pagina niet gevonden",
    405: "Zo werkt dit niet",
    409: "Iemand was je net voor",
    410: "Dit is er niet meer",
    413: "Dat is te veel",
    422: "Er klopt nog iets niet",
    429: "Een ogenblik",
    500: "Hier ging iets mis",
    503: "We zijn zo terug",
}


def test_every_refusal_has_its_texts() -> None:
    assert set(TEXTS) == set(DUTCH) == {*REFUSALS, 405}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_is_a_page_in_both_languages(lab: FlaskClient, code: int) -> None:
    dutch = Page(lab.get(REFUSALS[code]), has_session=False)
    english = Page(lab.get("/en" + REFUSALS[code]), has_session=False)
    assert (dutch.status, english.status) == (code, code)
    assert dutch.heading == DUTCH[code]
    assert english.heading == str(TEXTS[code][0])
    assert dutch.soup.html["lang"] == "nl"
    assert english.soup.html["lang"] == "en"
    assert SECRET.split()[0] not in dutch.text
    assert dutch.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_says_which_are_right(lab: FlaskClient) -> None:
    page = Page(lab.post("/lab/public"), has_session=False)
    assert (page.status, page.heading) == (405, DUTCH[405])
    assert "GET" in page.headers["Allow"]


def test_a_busy_shop_says_when_to_come_back(lab: FlaskClient) -> None:
    for kind in ("database", "pool"):
        answer = lab.get(f"/lab/fail/{kind}")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"


def test_a_limit_says_when_to_come_back(lab: FlaskClient) -> None:
    answers = [lab.get("/lab/limited", environ_base={"REMOTE_ADDR": "203.0.113.50"}) for _turn in range(4)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(("code", "like"), [(418, 400), (415, 400), (502, 500)])
def test_other_refusals_have_a_page_too(lab: FlaskClient, code: int, like: int) -> None:
    page = Page(lab.get(f"/lab/fail/{code}"), has_session=False)
    assert (page.status, page.heading) == (code, DUTCH[like])


def test_an_error_page_asks_the_database_nothing(laboratory: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the database was asked")

    client = laboratory.test_client()
    monkeypatch.setattr("sqlalchemy.engine.base.Connection.execute", away)
    monkeypatch.setattr("sqlalchemy.engine.base.Connection.exec_driver_sql", away)
    monkeypatch.setattr(error_pages.log, "error", lambda *args, **kwargs: None)
    for where in ("/lab/fail/database", "/nowhere", "/lab/fail/mistake"):
        assert "<h1>" in client.get(where, headers={"Cookie": "cart=abc"}).text


def test_what_was_half_done_is_undone(laboratory: Flask) -> None:
    from shop.core.db import db

    laboratory.test_client().get("/lab/fail/mistake")
    with laboratory.app_context():
        assert not db.session().in_transaction()


def test_the_log_of_a_mistake_says_where_and_nothing_about_whom(
    lab: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.get("/lab/fail/mistake?email=jan@example.com", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    told = capsys.readouterr()
    (line,) = [json.loads(line) for line in told.out.splitlines() if "request.failed" in line]
    assert line["error"] == "ZeroDivisionError"
    assert "_fail" in line["exception"]
    for word in ("example.com", "0341123456", "203.0.113", "jan", "sanne"):
        assert word not in told.out + told.err


def test_a_mistake_after_the_view_is_told_without_the_path(
    lab: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = lab.get("/lab/cookie/undeclared-4711")
    told = capsys.readouterr()
    assert answer.status_code == 500
    assert "Set-Cookie" not in answer.headers
    assert "UndeclaredCookie" in told.out
    assert "4711" not in told.out + told.err
