"""The clock of a request, who must prove what, and what may be decided."""

from datetime import date, timedelta

import pytest

from shop.core.citizen_numbers import citizen_numbers, without_citizen_numbers
from shop.privacy.rules import requests as rules
from shop.privacy.rules.requests import Stage

RECEIVED = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (0, Stage.IN_TIME),
        (20, Stage.IN_TIME),
        (21, Stage.WARNING),
        (25, Stage.WARNING),
        (26, Stage.ALARM),
        (28, Stage.ALARM),
        (29, Stage.LATE),
        (60, Stage.LATE),
    ],
)
def test_the_clock_warns_at_21_alarms_at_26_and_is_late_after_28(day: int, stage: Stage) -> None:
    today = RECEIVED + timedelta(days=day)
    assert rules.stage(due=rules.due_on(RECEIVED), today=today, is_decided=False) is stage
    assert rules.stage(due=rules.due_on(RECEIVED), today=today, is_decided=True) is Stage.DECIDED


@pytest.mark.parametrize(
    ("day", "may"), [(0, True), (20, True), (21, True), (26, True), (27, True), (28, False), (29, False)]
)
def test_more_time_is_taken_before_day_28_with_a_reason_and_once(day: int, may: bool) -> None:
    today = RECEIVED + timedelta(days=day)
    told = {"today": today, "is_extended": False, "is_decided": False}
    assert rules.may_extend(RECEIVED, **told) is may
    if may:
        assert rules.extended_due_on(RECEIVED, reason="veel orders", **told) == date(2027, 2, 2)
        with pytest.raises(rules.NoReason):
            rules.extended_due_on(RECEIVED, reason="  ", **told)
    else:
        with pytest.raises(rules.TooLateToExtend):
            rules.extended_due_on(RECEIVED, reason="veel orders", **told)
    for change in ({"is_extended": True}, {"is_decided": True}):
        assert not rules.may_extend(RECEIVED, **{**told, **change})


@pytest.mark.parametrize(
    ("received", "latest"),
    [
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 1, 31), date(2026, 4, 30)),
    ],
)
def test_an_extension_ends_with_the_law_s_three_months(received: date, latest: date) -> None:
    assert rules.latest_due_on(received) == latest


def test_a_decision_has_a_reason_and_is_made_once() -> None:
    rules.check_decision("refused", reason="geen gegevens", is_decided=False)
    for decision in rules.DECISIONS:
        with pytest.raises(rules.NoReason):
            rules.check_decision(decision, reason=" ", is_decided=False)
        with pytest.raises(rules.AlreadyDecided):
            rules.check_decision(decision, reason="x", is_decided=True)
    with pytest.raises(ValueError):
        rules.check_decision("whatever", reason="x", is_decided=False)


WHO = {"signed in": (True, True), "guest with the mailbox": (False, True), "guest without it": (False, False)}


def test_a_copy_of_an_identity_document_fits_exactly_one_cell() -> None:
    cells = {
        (kind, who)
        for kind in rules.KINDS
        for who, (is_signed_in, has_mailbox) in WHO.items()
        if rules.may_ask_id_copy(kind, is_signed_in=is_signed_in, has_mailbox=has_mailbox)
    }
    assert cells == {("access", "guest without it")}


def test_a_citizen_service_number_is_seen_and_taken_out() -> None:
    for text in ("mijn bsn is 111222333", "bsn 1112.22.333.", "nr: 111 222 333"):
        assert citizen_numbers(text), text
        assert "333" not in without_citizen_numbers(text)
    for text in ("", None, "bestelling 26-4K7M9Q", "123456789", "tel 0612345678", "€ 111,22", "1112223334"):
        assert citizen_numbers(text) == [], text
        assert without_citizen_numbers(text or "") == (text or "")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 30), date(2026, 12, 2)),  # Monday
        (date(2026, 12, 3), date(2026, 12, 7)),  # Thursday, over the weekend
        (date(2026, 12, 24), date(2026, 12, 29)),  # Christmas, and the weekend after it
        (date(2027, 4, 26), date(2027, 4, 29)),  # King's day between
    ],
)
def test_a_claim_about_a_child_is_due_in_two_working_days(received: date, due: date) -> None:
    assert rules.due_on(received, rules.CHILD) == due
    assert rules.due_on(received, rules.ERASURE) == received + timedelta(days=28)
