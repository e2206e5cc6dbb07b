"""The shop is complete in Dutch: the gate of `make check`."""

import subprocess
import sys

from shop.config import ROOT
from shop.core.translations.check import problems_in


def test_every_text_is_there_in_dutch() -> None:
    assert problems_in(ROOT) == []


def test_the_check_of_make_says_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "shop.core.translations", "check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "every text is there in Dutch\n"
    assert done.returncode == 0
    assert "python -m shop.core.translations check" in (ROOT / "Makefile").read_text(encoding="utf-8")
