"""The catalogue's decisions, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.catalogue.rules import (
    before_price,
    folded,
    is_band_changed,
    pieces_left,
    publishing_problems,
    query_words,
    search_text,
    search_words,
    stock_band,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème brûlée", ["creme", "brulee"]),
        ("GEURKAARS, 40-uurs!", ["geurkaars", "40", "uurs"]),
        ("Straße", ["strasse"]),
        ("100% _katoen_ \\", ["100", "katoen"]),
        ("日本 !?", []),
    ],
)
def test_words_are_folded_to_plain_letters_and_digits(text, words):
    assert folded(text) == words


def test_a_text_is_found_by_its_words_and_their_stems():
    assert search_words("Kaarsen en zepen", "nl") == ["kaarsen", "kaars", "en", "zepen", "zeep"]
    assert search_words("Candles", "en") == ["candles", "candl"]


def test_the_words_of_the_name_stand_before_the_slash():
    assert search_text("Zepen", ["Van klei."], "nl") == "zepen zeep / van klei"


def test_a_question_is_cut_to_eight_words_of_forty_letters():
    words = query_words(" ".join(f"woord{n}" for n in range(20)) + " " + "x" * 90, "nl")
    assert [word.text for word in words] == [f"woord{n}" for n in range(8)]
    assert len(query_words("x" * 90, "nl")[0].text) == 40
    assert query_words("kaars kaars KAARS", "nl") == query_words("kaars", "nl")


@pytest.mark.parametrize(("stock", "band"), [(None, "plenty"), (4, "plenty"), (3, "few-3"), (1, "few-1"), (0, "none")])
def test_visitors_are_told_of_a_stock_in_bands(stock, band):
    assert stock_band(stock) == band


def test_only_a_change_that_shows_is_a_change_of_band():
    assert not is_band_changed(10, 4)
    assert is_band_changed(4, 3)
    assert is_band_changed(3, 2)
    assert is_band_changed(1, 0)
    assert not is_band_changed(None, 50)


def test_the_last_pieces_are_counted_over_all_variants():
    assert pieces_left([1, 2]) == 3
    assert pieces_left([2, 2]) is None
    assert pieces_left([0, 0]) is None
    assert pieces_left([1, None]) is None


def test_a_price_that_never_changed_has_no_price_before():
    assert before_price([(days_ago(100), 1000)], NOW) is None
    assert before_price([], NOW) is None


def test_the_price_before_is_the_lowest_of_the_thirty_days_before_the_reduction():
    changes = [
        (days_ago(200), 500),
        (days_ago(60), 2000),
        (days_ago(25), 1500),
        (days_ago(15), 1800),
        (days_ago(5), 900),
    ]
    assert before_price(changes, NOW) == 1500


def test_a_price_that_ended_more_than_thirty_days_before_the_reduction_does_not_count():
    changes = [(days_ago(200), 500), (days_ago(36), 2000), (days_ago(5), 900)]
    assert before_price(changes, NOW) == 2000


def test_raising_a_price_just_before_lowering_it_again_is_no_reduction():
    changes = [(days_ago(100), 1000), (days_ago(3), 2000), (days_ago(1), 1000)]
    assert before_price(changes, NOW) is None


def test_a_raised_price_is_no_reduction():
    assert before_price([(days_ago(50), 1000), (days_ago(5), 1200)], NOW) is None


def test_a_reduction_of_long_ago_is_simply_the_price():
    changes = [(days_ago(200), 1000), (days_ago(91), 800)]
    assert before_price(changes, NOW) is None
    assert before_price(changes, days_ago(2)) == 1000


def test_a_change_that_is_still_to_come_does_not_count_yet():
    assert before_price([(days_ago(50), 1000), (days_ago(-1), 800)], NOW) is None


def test_writing_the_same_price_again_does_not_end_a_reduction():
    changes = [(days_ago(50), 1000), (days_ago(5), 800), (days_ago(1), 800)]
    assert before_price(changes, NOW) == 1000


def test_a_complete_product_may_be_published_and_an_empty_one_says_all_that_is_missing():
    whole = publishing_problems(
        name_nl="Kom",
        description_nl="Van klei.",
        maker=("A", "Straat 1", "a@example.com"),
        prices=[100],
        alts=["Een kom"],
    )
    empty = publishing_problems(name_nl=" ", description_nl="", maker=("", "", "geen adres"), prices=[], alts=[""])
    assert whole == []
    assert set(empty) == {
        *("name", "description", "maker_name", "maker_address", "maker_email", "price", "picture", "picture_alt")
    }
