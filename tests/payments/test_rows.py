"""Every row of the table of pitfalls from real shops is a test that is named after it."""

import re
from pathlib import Path

ROWS = 62
TESTS = Path(__file__).parents[1]


def test_each_of_the_62_rows_has_a_test_named_after_it() -> None:
    text = "\n".join(file.read_text() for file in TESTS.rglob("test_*.py"))
    found = {int(number) for number in re.findall(r"^(?:async )?def test_row_(\d\d)_\w+\(", text, re.MULTILINE)}
    assert found == set(range(1, ROWS + 1))
