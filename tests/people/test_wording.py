"""Whoever changes the question asks everybody again: its words are kept beside its version."""

import os

import pytest

from shop.config import ROOT
from shop.core.consent import WORDING
from tests.page import squeeze

GOLDEN = ROOT / "tests" / "golden" / "consent"


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("google", ["", "g"])
def test_the_words_of_the_question_belong_to_its_version(app, visitor, monkeypatch, lang, google):
    monkeypatch.setitem(app.config, "GA_MEASUREMENT_ID", "G-TEST" if google else "")
    prefix = "/en" if lang == "en" else ""
    asked = squeeze(visitor.get(prefix or "/").soup.select_one(".consent").get_text(" "))
    boxes = [squeeze(box.get_text(" ")) for box in visitor.get(f"{prefix}/cookies").soup.select("#choice .choice")]
    words = "\n".join([asked, *boxes]) + "\n"
    file = GOLDEN / f"{WORDING}{google}.{lang}.txt"
    if os.environ.get("WRITE_WORDING"):
        file.write_text(words, encoding="utf-8")
    assert words == file.read_text(encoding="utf-8"), "another question needs another WORDING, and asks everybody again"
