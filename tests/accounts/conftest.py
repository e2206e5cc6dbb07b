"""What the tests of accounts share."""

import pytest

from shop.accounts.views import signing_in


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once; test_timing.py looks at the waiting itself."""
    monkeypatch.setattr(signing_in, "EVEN_STEP", 0.001)
