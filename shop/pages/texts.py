"""The statements of which versions are kept, written as they stand on their pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from shop.core.db import Model
from shop.core.i18n import LANGUAGES, public_url, speaking
from shop.core.statements import writes
from shop.core.templating import day
from shop.pages import measures, owner_text, register_lists

TITLES: dict[str, Any] = {
    "privacy": _l("Privacy statement"),
    "terms": _l("Terms and conditions"),
    "returns": _l("Returning and withdrawing"),
    "disclaimer": _l("Disclaimer"),
}


def words_of(name: str) -> dict[str, Any]:
    """What a statement's text is made of, besides words: lists from the register, measures, the owner's own text."""
    if name != "privacy":
        return {}
    return {
        "categories": register_lists.kept_categories(Model.metadata),
        "purposes": register_lists.purposes(Model.metadata),
        "recipients": register_lists.recipients(Model.metadata),
        "sources": register_lists.sources(Model.metadata),
        "places": register_lists.other_places(),
        "measures": measures.that_are_on(),
        "own": owner_text.privacy_text(),
        "goes_to_google": owner_text.tells_google(),
    }


def version_name(version: str) -> str:
    """A version as people say it: "29 november 2026", and which one of that day."""
    when, _dot, number = version.partition(".")
    said = day(date.fromisoformat(when))
    return f"{said} ({number})" if number else said


def _written(name: str) -> Mapping[str, str]:
    found = {}
    for lang in LANGUAGES:
        with speaking(lang):
            template = current_app.jinja_env.get_template(f"pages/text/{name}.html")

            def address(endpoint: str, spoken: str = lang, **values: Any) -> str:
                return public_url(endpoint, spoken, **values)

            found[lang] = template.render(
                identity=current_app.extensions["identity"],
                language=lang,
                url_for=address,
                statement=name,
                own_address=address(f"pages.{name}", "nl"),
                **words_of(name),
            )
    return found


@writes("privacy")
def write_privacy() -> Mapping[str, str]:
    """The privacy statement."""
    return _written("privacy")


@writes("terms")
def write_terms() -> Mapping[str, str]:
    """The terms and conditions."""
    return _written("terms")


@writes("returns")
def write_returns() -> Mapping[str, str]:
    """How to return and withdraw."""
    return _written("returns")


@writes("disclaimer")
def write_disclaimer() -> Mapping[str, str]:
    """What the texts on this site are worth, and whose they are."""
    return _written("disclaimer")
