"""What an order's page says first, without a database."""

import pytest

from shop.aftersale import rules


@pytest.mark.parametrize(
    ("order", "pays_by", "attempt", "is_told", "say"),
    [
        ("confirmed", "mollie", "paid", True, "paid"),
        ("completed", "mollie", "paid", True, "paid"),
        ("confirmed", "pickup", None, True, "at_pickup"),
        ("confirmed", "free", None, True, "free"),
        ("placed", "mollie", None, True, "not_started"),
        ("placed", "mollie", "creating", True, "not_started"),
        ("placed", "mollie", "refused", True, "not_started"),
        ("placed", "mollie", "open", True, "open"),
        ("placed", "mollie", "open", False, "checking"),
        ("placed", "mollie", "pending", True, "checking"),
        ("placed", "mollie", "failed", True, "not_paid"),
        ("placed", "mollie", "canceled", True, "not_paid"),
        ("placed", "mollie", "expired", True, "not_paid"),
        ("expired", "mollie", "expired", True, "expired"),
        ("canceled", "mollie", "paid", True, "canceled"),
    ],
)
def test_the_page_says_how_it_stands_and_never_guesses(
    order: str, pays_by: str, attempt: str | None, is_told: bool, say: str
) -> None:
    assert rules.what_to_say(order, pays_by, attempt, is_told=is_told, has_surplus=False) == say


def test_money_after_the_end_is_told() -> None:
    for status in ("expired", "canceled"):
        assert rules.what_to_say(status, "mollie", "paid", is_told=True, has_surplus=True) == "paid_late"


def test_the_page_looks_again_a_few_times_only() -> None:
    assert [rules.next_look("checking", turn) for turn in range(6)] == [2, 3, 5, 10, 20, None]
    assert rules.next_look("paid", 0) is None
    assert rules.next_look("checking", -1) is None
