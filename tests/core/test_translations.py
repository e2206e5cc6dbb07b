"""A missing Dutch text, a stale one, one that does not fit: each is named and fails `make check`."""

import subprocess
import sys
from pathlib import Path

import pytest

from shop.config import ROOT
from shop.core.translations import build_translations, merged
from shop.core.translations.check import problems_in

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
CODE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
A = _l("Save")
def f(n): return _("Hello %(name)s", name=n), ngettext("%(num)s piece", "%(num)s pieces", n)
"""
PAGE = "{% trans name=x %}Dear {{ name }}{% endtrans %}{% trans %}\n  two\n  lines\n{% endtrans %}"
GOOD = {
    "Save": "Opslaan",
    "Hello %(name)s": "Hallo %(name)s",
    "Dear %(name)s": "Beste %(name)s",
    "two lines": "twee regels",
}
PLURAL = '\nmsgid "%(num)s piece"\nmsgid_plural "%(num)s pieces"\nmsgstr[0] "%(num)s stuk"\nmsgstr[1] "%(num)s stuks"\n'


def po(texts: dict[str, str], extra: str = PLURAL) -> str:
    return HEAD + "\n".join(f'msgid "{key}"\nmsgstr "{value}"\n' for key, value in texts.items()) + extra


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small shop that is complete in Dutch."""
    (tmp_path / "shop" / "translations" / "nl").mkdir(parents=True)
    (tmp_path / "templates" / "mail").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "shop" / "room.py").write_text(CODE)
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "tests" / "test_room.py").write_text('_("Only in a test")')
    write(tmp_path, po(GOOD))
    return tmp_path


def write(shop: Path, text: str, name: str = "room.po") -> None:
    (shop / "shop" / "translations" / "nl" / name).write_text(text, encoding="utf-8")


def test_a_complete_shop_has_no_problems(shop: Path) -> None:
    assert problems_in(shop) == []


def test_a_missing_text_is_named_with_its_place(shop: Path) -> None:
    write(shop, po({key: value for key, value in GOOD.items() if key != "Save"}))
    assert problems_in(shop) == ["shop/room.py:3: 'Save' has no Dutch text"]


def test_a_text_in_a_mail_counts_too(shop: Path) -> None:
    (shop / "templates" / "mail" / "body.txt").write_text('{{ _("Thank you") }}')
    assert problems_in(shop) == ["templates/mail/body.txt:1: 'Thank you' has no Dutch text"]


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({**GOOD, "Old": "Oud"}, "room.po: 'Old' is said nowhere any more"),
        ({**GOOD, "Save": ""}, "room.po: 'Save' has no finished Dutch text"),
        ({**GOOD, "Hello %(name)s": "Hallo"}, "room.po: 'Hello %(name)s' has other placeholders in 'Hallo'"),
        ({**GOOD, "Save": "Sla uw gegevens op"}, "room.po: 'Save' is formal in Dutch: 'Sla uw gegevens op'"),
        ({**GOOD, "Save": "Opslaan "}, "room.po: 'Save' has other space at its ends in 'Opslaan '"),
    ],
)
def test_a_text_that_does_not_fit_is_named(shop: Path, texts: dict[str, str], problem: str) -> None:
    write(shop, po(texts))
    assert problems_in(shop) == [problem]


def test_an_unsure_text_is_not_finished(shop: Path) -> None:
    write(
        shop,
        po({}).replace(HEAD, HEAD + "#, fuzzy\n" + po({"Save": "Opslaan"}, "").removeprefix(HEAD) + "\n")
        + po({key: value for key, value in GOOD.items() if key != "Save"}, "").removeprefix(HEAD),
    )
    assert problems_in(shop) == ["room.po: 'Save' has no finished Dutch text"]


def test_two_rooms_that_disagree_are_named_and_the_first_speaks(shop: Path) -> None:
    write(shop, po({"Save": "Bewaren"}, ""), "zolder.po")
    assert problems_in(shop) == ["zolder.po: 'Save': room.po has 'Opslaan', this file 'Bewaren'"]
    sources = sorted((shop / "shop" / "translations" / "nl").glob("*.po"))
    message = merged(sources).get("Save")
    assert message is not None
    assert message.string == "Opslaan"


def test_texts_are_compiled_when_they_changed_and_only_then(shop: Path) -> None:
    folder = shop / "shop" / "translations"
    build_translations(folder)
    result = folder / "nl" / "LC_MESSAGES" / "shop.mo"
    first = result.stat().st_mtime_ns
    build_translations(folder)
    assert result.stat().st_mtime_ns == first
    write(shop, po({**GOOD, "Save": "Bewaren"}))
    build_translations(folder)
    assert b"Bewaren" in result.read_bytes()
    assert [file.name for file in result.parent.iterdir()] == ["shop.mo"]


def test_the_command_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "shop.core.translations"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "check" in done.stderr
