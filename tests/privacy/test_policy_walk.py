"""The walk through the policy names files and tests that exist, and each sentence once."""

import re

from shop.config import ROOT

WALK = (ROOT / "docs" / "policy-walk.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| P-(\d\d)( \*\*(?:partly|told|untested)\*\*)? \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
LAST = "## What does not hold yet, or only partly"


def named() -> list[str]:
    """What stands in code marks and is a file: an address of the shop begins with a slash, a setting has none."""
    return [one for one in re.findall(r"`([^`]+)`", WALK) if "/" in one and not one.startswith("/")]


def test_every_sentence_stands_there_once_and_in_order() -> None:
    assert [int(row[0]) for row in ROW.findall(WALK)] == list(range(1, 88))
    assert len(re.findall(r"^\| P-", WALK, re.MULTILINE)) == 87, "a row does not have its four cells"


def test_every_file_and_every_test_that_is_named_exists() -> None:
    assert len(named()) > 150
    for one in named():
        file, _colons, test = one.partition("::")
        assert (ROOT / file).is_file(), one
        if test:
            assert re.search(rf"^def {re.escape(test)}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), one


def test_what_holds_is_shown_and_what_does_not_is_explained() -> None:
    rest = WALK.partition(LAST)[2]
    explained = set(re.findall(r"P-(\d\d)", rest))
    for number, mark, _sentence, where, shown in ROW.findall(WALK):
        assert "`" in where, number
        if mark.strip(" *") in ("partly", "untested"):
            assert number in explained, number
        else:
            assert "::test_" in shown, number


def test_it_stands_alone() -> None:
    assert not re.search(r"\.\./|/work/|/home/|/tmp/|\bshared\b", WALK)
