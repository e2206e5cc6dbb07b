"""Pages that are the same for everybody travel compressed; a page of somebody's own never does."""

import re

import brotli
import pytest

from tests.factories import make_product

MOST = 14_000


@pytest.fixture
def product_page(app):
    """The address of a product's page."""
    return f"/products/{make_product(variants=3).slug}"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_visitor_gets_a_product_page_compressed(app, product_page, encoding):
    plain = app.test_client().get(product_page)
    small = app.test_client().get(product_page, headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2


def test_a_page_of_somebodys_own_is_never_compressed(app, product_page):
    client = app.test_client()
    for path in ("/cart", "/account/sign-in"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers, path
    client.set_cookie("cart", "somebody")
    assert "Content-Encoding" not in client.get(product_page, headers={"Accept-Encoding": "br"}).headers


def test_the_first_visit_to_a_product_page_stays_within_its_budget(app, product_page):
    client = app.test_client()
    page = client.get(product_page, headers={"Accept-Encoding": "br"}).data
    html = brotli.decompress(page).decode()
    files = re.findall(r'<link rel="stylesheet" href="([^"]+)|<script[^>]* src="([^"]+)', html)
    answers = [client.get("".join(file), headers={"Accept-Encoding": "br"}) for file in files]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(page) + sum(len(answer.data) for answer in answers) <= MOST
