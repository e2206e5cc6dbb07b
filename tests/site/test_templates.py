"""Templates keep to the Content-Security-Policy and escape what people typed."""

import re
from pathlib import Path

import pytest

from shop.config import ROOT

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
NO_PAGES = {"mail", "files"}  # what is read in a mail program, or from somebody's own disk
PAGES = [p for p in TEMPLATES if p.suffix == ".html" and not NO_PAGES & set(p.relative_to(ROOT / "templates").parts)]
DATA = r' type="application/ld\+json">\{\{ [^}|]+\|tojson \}\}</script>'
FORBIDDEN_ON_PAGES = {
    "a script in the page": re.compile(rf"<script(?![^>]*\ssrc=)(?!{DATA})", re.IGNORECASE),
    "a style in the page": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "a handler in the page": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address with a script": re.compile(r"javascript:", re.IGNORECASE),
    "something of another host": re.compile(r"(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "a link that tells the other site": re.compile(r"target=[\"']_blank[\"'](?![^>]*rel=)", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false|\bMarkup\(")


def name_of(path: Path) -> str:
    return str(path).removeprefix(str(ROOT / "templates") + "/")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_holds_nothing_that_its_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN_ON_PAGES.items() if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_is_put_in_a_template_unescaped(path: Path) -> None:
    assert UNESCAPED.search(path.read_text(encoding="utf-8")) is None


def test_there_are_templates_to_look_at() -> None:
    assert len(PAGES) > 20
