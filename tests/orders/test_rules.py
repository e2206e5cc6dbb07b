"""Decisions about orders, without a database."""

from datetime import timedelta

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
        ("confirmed", ["lost"], False),
        ("confirmed", ["given_up", "packed"], False),
        ("completed", [], False),
        ("expired", [], False),
        ("canceled", [], False),
    ],
)
def test_an_order_may_be_canceled_until_something_has_left(status: str, shipments: list[str], may: bool) -> None:
    assert rules.may_cancel(status, shipments) is may


def test_a_parcel_counts_as_delivered_after_its_carriers_usual_days_and_a_grace() -> None:
    assert rules.taken_as_delivered_after(None) == timedelta(days=14)
    assert rules.taken_as_delivered_after(2) == timedelta(days=7)


@pytest.mark.parametrize("typed", ["4K710", "4k710", " 4k7-1o ", "4K7lO", "4K7I0"])
def test_a_code_may_be_read_aloud_and_written_down_anyhow(typed: str) -> None:
    assert rules.same_code(typed, "4K710")


@pytest.mark.parametrize("typed", ["", "4K711", "4K71", "4K7100"])
def test_another_code_is_not_the_code(typed: str) -> None:
    assert not rules.same_code(typed, "4K710")
    assert not rules.same_code(typed, "")


def test_only_downloads_are_done_when_confirmed() -> None:
    assert rules.completes_when_confirmed({"download"})
    assert not rules.completes_when_confirmed({"download", "goods"})
    assert not rules.completes_when_confirmed({"service"})
    assert not rules.completes_when_confirmed(set())
