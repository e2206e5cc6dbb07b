"""Working days, numbers that nobody should read, and the puzzle."""

from datetime import UTC, datetime
from itertools import count

import pytest

from shop.contact import rules
from shop.core.citizen_numbers import kinds_in, without_numbers


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-03-02 10:00", "2026-03-04"),  # Monday
        ("2026-03-06 23:30", "2026-03-10"),  # Friday evening: Monday and Tuesday
        ("2026-04-02 09:00", "2026-04-08"),  # before Easter: Good Friday and Monday do not count
    ],
)
def test_an_answer_is_due_on_the_second_working_day(since, due):
    assert str(rules.answer_due_on(datetime.fromisoformat(since).replace(tzinfo=UTC))) == due


@pytest.mark.parametrize("now", [f"2026-04-{day:02} 12:00" for day in range(1, 29)])
def test_counting_and_looking_agree_on_who_waits_too_long(now):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    edge = rules.waits_too_long_before(at)
    for hours in range(-24 * 8, 24, 3):
        since = datetime.fromtimestamp(edge.timestamp() + hours * 3600, UTC)
        assert (since < edge) == rules.is_overdue(since, at), (since, edge)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Mijn BSN is 111222333.", "bsn"),
        ("bsn 1112.22.333", "bsn"),
        ("bsn: 111 222 333", "bsn"),
        ("111222334", ""),  # fails the 11-test
        ("kaart 4111 1111 1111 1111", "card"),
        ("kaart 4111-1111-1111-1111, bsn 111222333", "bsn card"),
        ("4111111111111111", "card"),
        ("4111111111111112", ""),
        ("0000000000000000", ""),
        ("bel 06-12345678 of 0341 123 456", ""),
        ("bestelling 26-4K7M9Q van 29-11-2026", ""),
        ("NL91 ABNA 0417 1643 00", ""),
        ("artikel A111222333", ""),
    ],
)
def test_citizen_and_card_numbers_are_recognised(text, kinds):
    assert kinds_in(text) == kinds


def test_only_the_number_is_taken_out():
    text = "Mijn BSN is 111222333, kaart 4111 1111 1111 1111. Groet, Jan"
    assert without_numbers(text, "[weg]") == "Mijn BSN is [weg], kaart [weg]. Groet, Jan"


def test_the_puzzle_asks_for_work_and_takes_no_guess():
    solved = next(str(n) for n in count() if rules.proves_work("nonce", str(n), bits=10))
    assert rules.proves_work("nonce", solved, bits=10)
    assert not rules.proves_work("other", solved, bits=16) or not rules.proves_work("third", solved, bits=16)
    assert not rules.proves_work("nonce", "")
