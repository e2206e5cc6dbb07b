"""Two languages in the address: Dutch at the root, English under /en, and no way from there to another host."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from shop.core.i18n import LanguagePrefix, in_language, language, language_url, locale, public_url, speaking
from tests.page import Page


@pytest.mark.parametrize(
    ("path", "spoken", "rest"),
    [
        ("/", "nl", "/"),
        ("/en", "en", "/"),
        ("/en/", "en", "/"),
        ("/en/cart", "en", "/cart"),
        ("/english", "nl", "/english"),
        ("/EN/cart", "nl", "/EN/cart"),
        ("/en/en/cart", "en", "/en/cart"),
        ("/cart/en", "nl", "/cart/en"),
    ],
)
def test_the_language_is_the_start_of_the_path(path: str, spoken: str, rest: str) -> None:
    seen: dict[str, Any] = {}

    def note(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.update(environ)
        start("200 OK", [])
        return []

    run_wsgi_app(LanguagePrefix(note), EnvironBuilder(path).get_environ())
    assert (seen["shop.language"], seen["PATH_INFO"]) == (spoken, rest)
    assert seen["SCRIPT_NAME"] == ("/en" if spoken == "en" else "")


def test_addresses_made_while_answering_stay_in_the_language(lab: FlaskClient) -> None:
    dutch, english = Page(lab.get("/nowhere"), has_session=False), Page(lab.get("/en/nowhere"), has_session=False)
    assert "/cart" in dutch.links()
    assert "/en/cart" in english.links()
    assert dutch.soup.html["lang"] == "nl"
    assert english.soup.html["lang"] == "en"


@pytest.mark.parametrize(
    ("here", "dutch", "english"),
    [
        ("/", "/", "/en"),
        ("/en", "/", "/en"),
        ("/cart", "/cart", "/en/cart"),
        ("/en/cart?a=1&b=%20", "/cart?a=1&b=%20", "/en/cart?a=1&b=%20"),
        ("/100%25", "/100%25", "/en/100%25"),
        ("/th%C3%A9", "/th%C3%A9", "/en/th%C3%A9"),
        ("/en//evil.example", "/evil.example", "/en/evil.example"),
        ("/en///evil.example", "/evil.example", "/en/evil.example"),
        ("/%2F/evil.example", "/evil.example", "/en/evil.example"),
        ('/a"><script>', "/a%22%3E%3Cscript%3E", "/en/a%22%3E%3Cscript%3E"),
        ("/?q=\"'<>", "/?q=%22'%3C%3E", "/en?q=%22'%3C%3E"),
        ("/\\evil.example", "/%5Cevil.example", "/en/%5Cevil.example"),
    ],
)
def test_a_page_knows_its_address_in_the_other_language(lab: FlaskClient, here: str, dutch: str, english: str) -> None:
    page = Page(lab.get(here, base_url="http://localhost"), has_session=False)
    links = {str(link["hreflang"]): str(link["href"]) for link in page.soup.select(".site-languages a")}
    assert links == {"nl": dutch, "en": english}


@example(path="//evil.example/x", query=b"")
@example(path="/en//evil.example", query=b"")
@given(path=st.text(min_size=1).map(lambda text: "/" + text), query=st.binary(max_size=40))
def test_no_path_leads_to_another_host(laboratory: Flask, path: str, query: bytes) -> None:
    environ = {"PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    with laboratory.test_request_context("/", environ_overrides=environ):
        for lang in ("nl", "en"):
            made = language_url(lang)
            assert made.startswith("/")
            assert not made.startswith("//")
            assert made.isascii()
            assert not set(made) & set("\"'<>\\ \r\n\t\0") - {"'"}
            parts = urlsplit(made)
            assert (parts.scheme, parts.netloc) == ("", "")
            shown = unquote(parts.path.removeprefix("/en") if lang == "en" else parts.path, "latin-1").lstrip("/")
            assert shown == environ["PATH_INFO"].lstrip("/")


def test_a_public_address_is_built_on_the_shops_own_address_alone(https_laboratory: Flask) -> None:
    with https_laboratory.test_request_context("/en/x", base_url="https://evil.example"):
        assert public_url("cart.show", "nl") == "https://shop.example.com/cart"
        assert public_url("cart.show", "en") == "https://shop.example.com/en/cart"
    with https_laboratory.app_context():
        assert public_url("lab.token", "nl", value="a" * 20) == f"https://shop.example.com/lab/token/{'a' * 20}"
        with speaking("en"):
            assert public_url("cart.show") == "https://shop.example.com/en/cart"


def test_speaking_lasts_as_long_as_it_is_said(laboratory: Flask) -> None:
    with laboratory.test_request_context("/en/x"):
        with speaking("nl"):
            assert (language(), locale()) == ("nl", "nl_NL")
            with speaking("en"):
                assert locale() == "en_GB"
            assert language() == "nl"
        with speaking("de"):
            assert language() == "nl"
    with laboratory.app_context():
        assert language() == "nl"


def test_a_text_that_is_missing_in_english_is_shown_in_dutch(laboratory: Flask) -> None:
    half = SimpleNamespace(name_nl="Theepot", name_en="")
    whole = SimpleNamespace(name_nl="Theepot", name_en="Teapot")
    with laboratory.app_context():
        assert in_language(whole, "name") == "Theepot"
        with speaking("en"):
            assert in_language(half, "name") == "Theepot"
            assert in_language(whole, "name") == "Teapot"
