"""A shop that knows its VAT number, and one that does not yet."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

VAT_NUMBER = "NL860999002B01"


@pytest.fixture
def identity(app: Flask) -> Iterator[Callable[..., None]]:
    """`identity(vat_number="")` is the shop with other facts in its shop.toml."""
    before = app.extensions["identity"]

    def change(**facts: str) -> None:
        app.extensions["identity"] = replace(app.extensions["identity"], **facts)

    yield change
    app.extensions["identity"] = before


@pytest.fixture
def may_issue(identity: Callable[..., None]) -> None:
    """The shop knows its VAT number, so that it may issue invoices."""
    identity(vat_number=VAT_NUMBER)
