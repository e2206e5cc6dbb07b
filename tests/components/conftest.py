from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[2] / "templates"
Render = Callable[..., str]


def _singular_or_plural(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


@pytest.fixture
def render() -> Render:
    """Render a few lines of a template, in English, with what the app would give a page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, _singular_or_plural, newstyle=True
    )

    def _render(source: str, /, **values: object) -> str:
        given = {
            "euros": lambda cents: Markup("€ {}").format(f"{cents / 100:.2f}"),
            "moment": lambda at: f"{at:%d-%m-%Y %H:%M}",
            "csrf_token": lambda: "the-token",
            "has_session": False,
        }
        return environment.from_string(source).render(**given | values)

    return _render


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 3, 1, 12)
