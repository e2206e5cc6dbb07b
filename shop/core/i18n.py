"""Two languages: Dutch at the root, English under /en. The language is in the address, never in a cookie."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel import Locale
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, force_locale
from flask_babel import gettext as _

from shop.core.translations import build_translations

LANGUAGES = ("nl", "en")
LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_KEY = "shop.language"
_IN_PATH = "/-._~!$&'()*+,;=:@"
_IN_QUERY = _IN_PATH + "?%"

_forced: ContextVar[str | None] = ContextVar("language", default=None)

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class LanguagePrefix:
    """Takes `/en` off the front of the path and remembers the language, so that rooms need no rule of their own for it.

    The prefix becomes the SCRIPT_NAME: every address made while answering carries it by itself.
    """

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer in the language that the address asks for."""
        path = environ.get("PATH_INFO", "")
        environ[_KEY] = "nl"
        if path == "/en" or path.startswith("/en/"):
            environ[_KEY] = "en"
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start_response)


def language() -> str:
    """The language being spoken now: "nl" or "en"."""
    forced = _forced.get()
    if forced is not None:
        return forced
    if has_request_context():
        spoken: str = request.environ.get(_KEY, "nl")
        return spoken
    return "nl"


def country_name(code: str, lang: str | None = None) -> str:
    """The name of a country in a language; the one being spoken when none is said."""
    return str(Locale(lang or language()).territories.get(code, code))


def locale() -> str:
    """The locale of the language, for numbers and dates."""
    return LOCALES[language()]


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak one language for a while, as in a mail or a job."""
    token = _forced.set(lang if lang in LANGUAGES else "nl")
    try:
        with force_locale(locale()):
            yield
    finally:
        _forced.reset(token)


def in_language(row: Any, name: str) -> str:
    """A row's text in the language being spoken; its Dutch text where the other is empty."""
    text: str = getattr(row, f"{name}_{language()}") or getattr(row, f"{name}_nl")
    return text


def language_url(lang: str) -> str:
    """This page's address in another language."""
    path = "/" + request.environ.get("PATH_INFO", "").lstrip("/")  # two slashes in front would name another host
    if lang == "en":
        path = "/en" if path == "/" else f"/en{path}"
    query = quote(request.query_string, safe=_IN_QUERY)
    return quote(path.encode("latin-1"), safe=_IN_PATH) + (f"?{query}" if query else "")


def public_url(endpoint: str, lang: str | None = None, **values: Any) -> str:
    """A complete address of a page, for mails and papers; built on the shop's public address alone."""
    base: str = current_app.config["PUBLIC_URL"].rstrip("/")
    scheme, _sep, host = base.partition("://")
    spoken = lang or language()
    adapter = current_app.url_map.bind(host, script_name="/en" if spoken == "en" else "/", url_scheme=scheme)
    return adapter.build(endpoint, values, force_external=True)


def init_languages(app: Flask) -> None:
    """Teach the app its languages."""
    build_translations(Path(app.config["TRANSLATIONS_PATH"]))
    Babel(
        app,
        default_locale="nl_NL",
        default_timezone="Europe/Amsterdam",
        default_domain="shop",
        default_translation_directories=str(app.config["TRANSLATIONS_PATH"]),
        locale_selector=locale,
    )
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]


__all__ = ["_", "in_language", "init_languages", "language", "language_url", "locale", "public_url", "speaking"]
