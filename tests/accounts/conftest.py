"""What the tests of accounts share."""

import pytest

from shop.core import even


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once; test_timing.py looks at the waiting itself."""
    monkeypatch.setattr(even, "STEP", 0.001)
