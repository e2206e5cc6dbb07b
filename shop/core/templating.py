"""What every template can use: money, dates, addresses, the shop's identity."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import format_currency, format_date, format_datetime, format_decimal, format_percent

from shop.core.forms import has_session, notices
from shop.core.i18n import country_name, in_language, language, language_url, public_url
from shop.core.money import as_decimal

NOTICES: dict[str, Any] = {}
"""Texts for visitors without a session: the redirect carries the code, the page shows the text."""


def euros(cents: int) -> str:
    """An amount for people: "€ 12,50"."""
    return str(format_currency(as_decimal(cents), "EUR"))


def day(value: date | datetime) -> str:
    """A day for people: "22 november 2026"."""
    return str(format_date(value, "d MMMM y"))


def moment(value: datetime) -> str:
    """A moment for people, in Dutch time: "22 november 2026, 14:05"."""
    return str(format_datetime(value, "d MMMM y, HH:mm"))


def kilos(grams: int) -> str:
    """A weight as people say it: "10 kg"."""
    return f"{format_decimal(Decimal(grams) / 1000)} kg"


def whole(number: int) -> str:
    """A number that people count with: "13.262"."""
    return str(format_decimal(number))


def moment_with_seconds(value: datetime) -> str:
    """A moment that may matter to the second: "22 november 2026, 14:05:31"."""
    return str(format_datetime(value, "d MMMM y, HH:mm:ss"))


def percent(basis_points: int) -> str:
    """A VAT rate for people: 2100 is "21%"."""
    return str(format_percent(Decimal(basis_points).scaleb(-4), "#,##0.##%"))


@lru_cache(maxsize=512)
def _digest(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """The address of a static file, with a digest of its content: it may be kept for ever."""
    file = Path(current_app.static_folder or "") / path
    if not file.is_file():
        raise FileNotFoundError(path)
    return f"/static/{path}?v={_digest(str(file), file.stat().st_mtime_ns)}"


def notice_text() -> Any:
    """The text of the notice that the address asks for, or None."""
    return NOTICES.get(request.args.get("notice", "")) if request else None


def init_templates(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # a text over several lines is one text
    app.jinja_env.globals.update(
        euros=euros,
        day=day,
        moment=moment,
        moment_with_seconds=moment_with_seconds,
        percent=percent,
        kilos=kilos,
        whole=whole,
        static_url=static_url,
        language_url=language_url,
        public_url=public_url,
        in_language=in_language,
        country_name=country_name,
        form_notices=notices,
        url_for=url_for,
    )

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "language": language(),
            "identity": app.extensions["identity"],
            "has_session": has_session(),
            "notice": notice_text(),
            "is_demo": app.config["ENVIRONMENT"] == "demo",
        }


def context(provider: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Let a room give every page something of its own: the cart's count, the navigation."""
    _providers.append(provider)
    return provider


_providers: list[Callable[[], dict[str, Any]]] = []


def add_room_words(app: Flask) -> None:
    """Add what the rooms give to every page."""

    @app.context_processor
    def room_words() -> dict[str, Any]:
        if has_request_context() and g.get("is_error_page"):
            return {}
        return {name: word for provider in _providers for name, word in provider().items()}
