"""What the tests of my data share."""

import pytest

from shop.core import even


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once; the tests of timing look at the waiting itself."""
    monkeypatch.setattr(even, "STEP", 0.001)
