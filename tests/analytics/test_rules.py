"""What may be counted, and what is left of a request at the door."""

from datetime import UTC, datetime

import pytest

from shop.analytics.rules import hour_of, is_program, page_name, source_of


@pytest.mark.parametrize(
    "agent",
    ["", "Googlebot/2.1", "Mozilla/5.0 (compatible; bingbot/2.0)", "curl/8", "python-requests/2", "HeadlessChrome/120"],
)
def test_programs_are_not_counted(agent):
    assert is_program(agent)


def test_browsers_are():
    assert not is_program("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def test_a_page_is_named_by_its_pattern_and_only_slugs_are_filled_in():
    assert page_name("/products/<slug:slug>", {"slug": "kom"}) == "/products/kom"
    assert page_name("/orders/<token:token>", {"token": "geheim"}) == "/orders/<token:token>"
    assert page_name("/account/orders/<number>", {"number": "26-ABCDEF"}) == "/account/orders/<number>"


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://www.example.com/path?email=sanne@example.com", "example.com"),
        ("https://sanne:geheim@example.com:444/x", "example.com"),
        ("http://localhost:8000/search?q=x", ""),
        ("http://[", ""),
        ("", ""),
        ("android-app://com.google.android", "com.google.android"),
    ],
)
def test_only_the_host_is_left_of_where_somebody_came_from(referrer, source):
    assert source_of(referrer, "localhost:8000") == source


def test_nothing_finer_than_the_hour():
    assert hour_of(datetime(2026, 11, 29, 10, 59, 59, 9, UTC)) == datetime(2026, 11, 29, 10, tzinfo=UTC)
