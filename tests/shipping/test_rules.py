"""What delivery costs, and where a parcel can be followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.shipping.rules import Rate, price_for, tracking_link

RATES = [Rate(23_000, 795), Rate(10_000, 495)]


@pytest.mark.parametrize(
    ("weight", "goods", "expected"),
    [(0, 0, 495), (10_000, 5999, 495), (10_001, 5999, 795), (23_000, 0, 795), (23_001, 9999, None), (500, 6000, 0)],
)
def test_the_lightest_rate_that_carries_it(weight, goods, expected):
    assert price_for(RATES, weight_grams=weight, goods_cents=goods, free_from_cents=6000) == expected


def test_nothing_is_free_without_an_amount_from_which():
    assert price_for(RATES, weight_grams=1, goods_cents=10**9, free_from_cents=None) == 495


def test_a_tracking_code_is_quoted_into_the_carriers_address():
    link = tracking_link(
        "https://carrier.example/t/{code}?p={postcode}&c={country}", code="3S/&?#x", postcode="3845 GD", country="NL"
    )
    assert link == "https://carrier.example/t/3S%2F%26%3F%23x?p=3845GD&c=NL"


@given(st.text(min_size=1))
def test_no_code_leads_to_another_host(code):
    link = tracking_link("https://carrier.example/{code}", code=code)
    assert link is not None
    assert link.startswith("https://carrier.example/")
    assert not set(link) & set(" \r\n\t\"'<>")


@pytest.mark.parametrize(
    "template",
    [
        "",
        "javascript:alert('{code}')",
        "data:text/html,{code}",
        "https://{code}.example/",
        "//carrier.example/{code}",
        "https://[{code}",
    ],
)
def test_only_a_web_address_becomes_a_link(template):
    assert tracking_link(template, code="3S123") is None


def test_without_a_code_there_is_no_link():
    assert tracking_link("https://carrier.example/{code}", code="") is None
