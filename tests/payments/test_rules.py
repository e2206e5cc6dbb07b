"""Decisions about payments, without a database and without Mollie."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.payments import rules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "told", "then"),
    [
        ("creating", "open", "open"),
        ("refused", "open", "open"),
        ("open", "pending", "pending"),
        ("pending", "open", "pending"),
        ("open", "paid", "paid"),
        ("paid", "open", "paid"),
        ("paid", "expired", "paid"),
        ("paid", "failed", "paid"),
        ("failed", "paid", "paid"),
        ("expired", "canceled", "expired"),
        ("authorized", "canceled", "canceled"),
        ("authorized", "pending", "authorized"),
        ("open", "paidout", "open"),
        ("open", "creating", "open"),
    ],
)
def test_a_status_goes_forward_only_and_money_always_counts(known: str, told: str, then: str) -> None:
    assert rules.next_status(known, told) == then


def test_mollie_is_asked_ever_less_often() -> None:
    waits = [rules.next_ask(n, now=NOW, made_at=NOW, expires_at=None) for n in range(8)]
    minutes = [round((wait - NOW).total_seconds() / 60) for wait in waits if wait]
    assert minutes == [1, 5, 15, 60, 180, 360, 360, 360]


def test_mollie_is_asked_just_after_expiry_and_no_more_after_three_days() -> None:
    expires_at = NOW + timedelta(minutes=15)
    asked = rules.next_ask(3, now=NOW, made_at=NOW, expires_at=expires_at)
    assert asked == expires_at + rules.LINK_MARGIN
    assert rules.next_ask(9, now=expires_at + timedelta(days=3), made_at=NOW, expires_at=expires_at) is None


@pytest.mark.parametrize(
    ("host", "is_reachable"),
    [
        ("www.sosera.nl", True),
        ("8.8.8.8", True),
        ("localhost", False),
        ("127.0.0.1", False),
        ("10.0.0.7", False),
        ("192.168.1.2", False),
        ("[::1]", False),
        ("shop.local", False),
        ("shop", False),
        ("", False),
    ],
)
def test_mollie_calls_no_private_host(host: str, is_reachable: bool) -> None:
    assert rules.is_reachable_from_outside(host) is is_reachable


def test_everything_for_staff_has_a_text_and_a_proposal() -> None:
    for kind, attention in rules.ATTENTION.items():
        assert len(kind) <= 30
        assert attention.choices
        assert all(len(choice) <= 30 for choice in attention.choices)
