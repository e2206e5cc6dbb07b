"""The owner's own privacy policy, word for word, and which of its sentences this program does not bear out.

It is a file in the instance folder: `statements/privacy.nl.txt` or `.md`. Nothing in it is changed or left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nh3
from flask import current_app
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from shop.core.personal_data import Medium, Purpose, register

_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:]|[\w.+-]+@[\w-]+\.[\w.]+\w")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
WIX = {"XSRF-TOKEN", "svSession", "hs", "bSession", "ssr-caching", "fedops.logger"}


@dataclass(frozen=True)
class Stale:
    """A sentence of the owner's text that is not true of this website, and what is."""

    sentence: str
    instead: str


@dataclass(frozen=True)
class OwnText:
    """The owner's own text: its words, as they are shown, and what of it no longer holds."""

    html: Markup
    stale: tuple[Stale, ...]


@dataclass(frozen=True)
class _Claim:
    """Something that policies say; `holds` looks whether it is so here."""

    said: re.Pattern[str]
    holds: Callable[[], bool]
    instead: Any


def _sets_cookie(names: set[str]) -> bool:
    cookies = {store.name for store in register.stores.values() if store.medium is Medium.COOKIE}
    return any(cookie.startswith(tuple(names)) for cookie in cookies)


def tells_google() -> bool:
    """Whether consented visits are passed on to Google Analytics."""
    return bool(current_app.config.get("GA_MEASUREMENT_ID"))


def _has_advertising() -> bool:
    return any("advert" in purpose.name.lower() for purpose in Purpose)


def _never() -> bool:
    """For what this program was built not to do, whatever its settings."""
    return False


def _claims(*found: tuple[str, Callable[[], bool], Any]) -> tuple[_Claim, ...]:
    return tuple(_Claim(re.compile(said, re.IGNORECASE), holds, instead) for said, holds, instead in found)


CLAIMS = _claims(
    (r"\bwix\b", lambda: _sets_cookie(WIX), _l("This website does not run on Wix and sets no cookie of Wix.")),
    (
        r"\bgoogle\b|analytics|verenigde staten|united states",
        tells_google,
        _l("There is no Google cookie here, and nothing about you goes to Google."),
    ),
    (r"advertenti|advertisement", _has_advertising, _l("We show no advertisements and follow you for none.")),
    (
        r"bij het eerste bezoek aan deze website wordt opgeslagen",
        _never,
        _l("At a first visit we store nothing in your browser."),
    ),
    (
        r"afmelden voor cookies door je internetbrowser",
        _never,
        _l("You need not change your browser: without your choice we set no cookie that is not needed."),
    ),
    (
        r"geen computerprogramma's of -systemen die geautomatiseerde",
        _never,
        _l("A web shop is a computer program. But decisions about people are taken by people."),
    ),
    (
        r"kopie van je identiteitsbewijs met het verzoek",
        _never,
        _l("We ask for no copy: we check that it is you through your e-mail address."),
    ),
    (
        r"geen rechten aan worden ontleend|kunnen geen rechten worden ontleend",
        _never,
        _l("An order, an invoice and your own data are valid documents. There the terms and the law count."),
    ),
    (
        r"beveiligde internetverbinding",
        lambda: bool(current_app.config["IS_HTTPS"]),
        _l("Here the connection is not secured: this shop is being tried out."),
    ),
    (
        r"autoriteitpersoonsgegevens\.nl/nl/contact",
        _never,
        _l("That page has moved. The link to complain is further down on this page."),
    ),
)


def privacy_text() -> OwnText | None:
    """The owner's own privacy policy; None where the owner gave none."""
    file = _file()
    if file is None:
        return None
    text = file.read_text(encoding="utf-8")
    html = _from_markdown(text) if file.suffix == ".md" else _from_plain(text)
    return OwnText(html, tuple(_stale(text)))


def _file() -> Path | None:
    folder = Path(current_app.config["INSTANCE_PATH"]) / "statements"
    return next((file for kind in ("md", "txt") if (file := folder / f"privacy.nl.{kind}").is_file()), None)


def _stale(text: str) -> Iterator[Stale]:
    joined = re.sub(r"(?<=[^\n.:])\n(?!\s*[\n-])", " ", text)  # a sentence that goes on after a line's end
    for sentence in _SENTENCE.split(joined):
        for claim in CLAIMS:
            if claim.said.search(sentence) and not claim.holds():
                yield Stale(" ".join(sentence.split()), str(claim.instead))
                break


def _from_markdown(text: str) -> Markup:
    html = nh3.clean(MarkdownIt().render(text), link_rel="noreferrer")
    return Markup(re.sub(r"<(/?)h[1-4]\b", r"<\1h3", html))  # noqa: S704 - cleaned above


def _from_plain(text: str) -> Markup:
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()))


def _block(block: str) -> Markup:
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(_linked(x[2:])) for x in lines)
        )
    if _is_heading(lines):
        return Markup("<h3>{}</h3>").format(lines[0])
    return Markup("<p>{}</p>").format(Markup("<br>").join(_linked(line) for line in lines))


def _is_heading(lines: list[str]) -> bool:
    return len(lines) == 1 and len(lines[0]) < 90 and lines[0][-1].isalpha() and not re.search(r"[@.]|\d", lines[0])


def _linked(line: str) -> Markup:
    """A line with its addresses as links, and not a sign changed."""
    found, end = Markup(""), 0
    for address in _ADDRESS.finditer(line):
        target = address.group() if "://" in address.group() else f"mailto:{address.group()}"
        found += escape(line[end : address.start()])
        found += Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, address.group())
        end = address.end()
    return found + escape(line[end:])
