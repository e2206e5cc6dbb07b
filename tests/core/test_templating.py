"""Amounts, percentages and days as people in each language write them; static files by their content."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from shop.core.i18n import speaking
from shop.core.templating import NOTICES, day, euros, moment, notice_text, percent, static_url
from tests.page import squeeze


@pytest.mark.parametrize(
    ("lang", "amount", "rate", "on", "at"),
    [
        ("nl", "€ 1.234,50", "9,5%", "22 november 2026", "22 november 2026, 14:05"),
        ("en", "€1,234.50", "9.5%", "22 November 2026", "22 November 2026, 14:05"),
    ],
)
@pytest.mark.usefixtures("app")
def test_each_language_has_its_own_way(lang: str, amount: str, rate: str, on: str, at: str) -> None:
    with speaking(lang):
        assert squeeze(euros(123450)) == amount
        assert percent(950) == rate
        assert day(date(2026, 11, 22)) == on
        assert moment(datetime(2026, 11, 22, 13, 5, tzinfo=UTC)) == at


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("basis_points", "shown"), [(2100, "21%"), (900, "9%"), (0, "0%"), (1275, "12,75%")])
def test_a_rate_is_as_short_as_it_can_be(basis_points: int, shown: str) -> None:
    with speaking("nl"):
        assert percent(basis_points) == shown


def test_the_time_is_dutch_summer_and_winter(app: Flask) -> None:
    assert moment(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "1 juli 2026, 14:00"
    assert day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1 januari 2027"


def test_a_static_file_has_another_address_when_it_says_something_else(app: Flask, tmp_path: Path) -> None:
    app.static_folder, before = str(tmp_path), app.static_folder
    try:
        (tmp_path / "a.css").write_text("a{}")
        first = static_url("a.css")
        assert first == static_url("a.css")
        (tmp_path / "a.css").write_text("a{color:red}")
        assert static_url("a.css") != first
        with pytest.raises(FileNotFoundError):
            static_url("b.css")
    finally:
        app.static_folder = before


def test_a_notice_is_one_of_those_that_rooms_wrote(app: Flask) -> None:
    code = next(iter(NOTICES))
    with app.test_request_context(f"/?notice={code}"):
        assert notice_text() == NOTICES[code]
    with app.test_request_context("/?notice=<b>bought</b>"):
        assert notice_text() is None
    assert notice_text() is None
