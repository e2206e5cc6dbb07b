"""What a password, an e-mail address and a code must be."""

from datetime import timedelta

import pytest

from shop.accounts.rules import (
    CODE_SIGNS,
    PasswordProblem,
    is_new_device,
    leans_on,
    new_code,
    normalise_email,
    password_problem,
    shown_code,
    typed_code,
    words_of,
)
from shop.core import clock

WORDS = words_of("jan.jansen+winkel@example.com", "So Sera", "sosera")


def problem(password: str) -> PasswordProblem | None:
    return password_problem(password, words=WORDS, is_common=False)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("elf tekens!", PasswordProblem.TOO_SHORT),
        ("twaalf teken", None),
        ("👩‍🎤🎈🎈🎈🎈🎈🎈🎈🎈", PasswordProblem.TOO_SHORT),
        ("👩‍🎤🎈🎈🎈🎈🎈🎈🎈🎈🎈", None),
        ("abcdefghijkm", None),
        ("            ", None),
        ("x" * 256, None),
        ("x" * 257, PasswordProblem.TOO_LONG),
    ],
)
def test_length_is_counted_in_code_points_and_nothing_else_is_asked(
    password: str, expected: PasswordProblem | None
) -> None:
    assert problem(password) is expected


@pytest.mark.parametrize(
    "password",
    [
        "sosera2026!!",
        "So Sera 2026!",
        "S0-Sera2026!!",
        "mijn $0$3r@ winkel",
        "JanJansen2026",
        "j@n.j@n$en!!!",
        "JAN.JANSEN+WINKEL",
        "xx-so_sera-xx",
    ],
)
def test_the_shop_and_the_address_are_no_password(password: str) -> None:
    assert problem(password) is PasswordProblem.GUESSABLE


def test_a_short_name_before_the_at_sign_forbids_nothing() -> None:
    assert not leans_on("een zin met an erin", words_of("an@example.com"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Jan@Example.COM ", "jan@example.com"),
        ("jan+winkel@example.com", "jan+winkel@example.com"),
        ("j.a.n@example.com", "j.a.n@example.com"),
        ("jan@exämple.nl", "jan@xn--exmple-cua.nl"),
        ("jan@exa\u0308mple.nl", "jan@xn--exmple-cua.nl"),
    ],
)
def test_an_address_is_kept_in_one_form_without_guessing_at_aliases(typed: str, kept: str) -> None:
    assert normalise_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "jan", "jan@", "@example.com", "jan@example", "a@b@example.com", "ü@example.com"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        normalise_email(typed)


def test_codes_are_read_back_however_they_are_typed() -> None:
    code = new_code()
    shown = shown_code(code)
    for typed in (code, shown, shown.lower(), shown.replace("-", " "), f"  {shown}\t", shown.replace("-", "–")):
        assert typed_code(typed) == code


def test_codes_have_no_signs_that_look_alike_and_do_not_repeat() -> None:
    codes = {new_code() for _turn in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) == set(CODE_SIGNS)
    assert not set("01ILOU") & set(CODE_SIGNS)


def test_a_device_is_new_when_none_like_it_is_signed_in_and_the_account_is_not_of_today() -> None:
    at = clock.now()
    old = at - timedelta(days=3)
    assert is_new_device("Firefox, mobile", ["Chrome, desktop"], account_made_at=old, at=at)
    assert is_new_device("Firefox, mobile", [], account_made_at=old, at=at)
    assert not is_new_device("Firefox, mobile", ["Firefox, mobile"], account_made_at=old, at=at)
    assert not is_new_device("Firefox, mobile", [], account_made_at=at - timedelta(hours=2), at=at)
