"""Decisions about orders, without a database."""

import pytest

from shop.orders import rules


@pytest.mark.parametrize(
    ("status", "shipments", "may"),
    [
        ("placed", [], True),
        ("confirmed", ["packed"], True),
        ("confirmed", ["packed", "shipped"], False),
        ("confirmed", ["ready"], True),
        ("confirmed", ["collected"], False),
        ("completed", [], False),
        ("expired", [], False),
        ("canceled", [], False),
    ],
)
def test_an_order_may_be_canceled_until_something_has_left(status: str, shipments: list[str], may: bool) -> None:
    assert rules.may_cancel(status, shipments) is may


def test_all_pieces_of_all_lines_must_have_arrived() -> None:
    assert rules.is_delivered({1: 2, 2: 1}, {1: 2, 2: 1})
    assert not rules.is_delivered({1: 2, 2: 1}, {1: 1, 2: 1})
    assert not rules.is_delivered({1: 2}, {})


def test_only_downloads_are_done_when_confirmed() -> None:
    assert rules.completes_when_confirmed({"download"})
    assert not rules.completes_when_confirmed({"download", "goods"})
    assert not rules.completes_when_confirmed({"service"})
    assert not rules.completes_when_confirmed(set())
