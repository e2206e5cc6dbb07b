"""Keeping passwords, and the list of those that too many people use."""

import secrets
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters

from shop.accounts import common_passwords
from shop.accounts.common_passwords import FILE, WIDTH, build, dutch_favourites, is_common
from shop.accounts.passwords import hash_password, needs_rehash, problem_with, verify_password
from shop.accounts.rules import SHORTEST_PASSWORD, PasswordProblem

# fmt: off
WELL_KNOWN = (
    "123qweasdzxc", "1qaz2wsx3edc", "q1w2e3r4t5y6", "1q2w3e4r5t6y", "qwertyuiop123", "123456789012", "qwertyqwerty",
    "passwordpassword", "administrator", "111111111111", "aaaaaaaaaaaa", "asdfghjkl123", "1234567890qwe",
)
# fmt: on


@pytest.mark.parametrize(
    "password",
    [
        "een-lang-wachtwoord-1",
        "  spaties aan beide kanten  ",
        "👩‍🎤 zingt in de regen",
        "é" * 256,
        "tab\there, ok?",
        "x" * 256,
    ],
)
def test_a_password_is_used_exactly_as_typed(password: str) -> None:
    kept = hash_password(password)
    assert verify_password(kept, password)
    assert not verify_password(kept, password + "x")
    assert not verify_password(kept, password[:-1])
    assert not verify_password(kept, password.swapcase().strip() + "!")


def test_accents_written_in_two_ways_are_two_passwords() -> None:
    assert not verify_password(hash_password("caf\u00e9 met de buren"), "cafe\u0301 met de buren")


def test_passwords_are_kept_with_argon2id_and_the_settings_of_the_shop() -> None:
    told = extract_parameters(hash_password("een-lang-wachtwoord-1"))
    assert (told.type.name, told.memory_cost, told.time_cost, told.parallelism) == ("ID", 19 * 1024, 2, 1)
    assert not needs_rehash(hash_password("een-lang-wachtwoord-1"))
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("een-lang-wachtwoord-1"))


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_nobody_has_the_password_of_an_account_without_one(kept: str | None) -> None:
    assert not verify_password(kept, "een-lang-wachtwoord-1")
    assert not verify_password(kept, "")
    assert not verify_password(kept, "nobody has this password, and it is not asked for")


def test_a_try_at_no_account_takes_as_long_as_at_one() -> None:
    kept = hash_password("een-lang-wachtwoord-1")
    verify_password(None, "x")

    def fastest(kept: str | None) -> float:
        times = []
        for _turn in range(9):
            start = time.process_time()  # work done, whatever else the machine is doing
            verify_password(kept, "iets heel anders")
            times.append(time.process_time() - start)
        return min(times)

    known, unknown = fastest(kept), fastest(None)
    assert abs(known - unknown) < 0.35 * known


@pytest.mark.parametrize("password", WELL_KNOWN)
def test_well_known_passwords_are_on_the_list(password: str) -> None:
    assert is_common(password)
    assert is_common(password.upper())
    assert problem_with(password, email="jan@example.com", names=("So Sera",)) is PasswordProblem.COMMON


def test_a_thousand_dutch_favourites_are_on_the_list_and_looked_up_fast() -> None:
    favourites = [word for word in dutch_favourites() if len(word) >= SHORTEST_PASSWORD]
    sample = favourites[:: max(1, len(favourites) // 1000)]
    assert len(sample) >= 1000
    assert "welkom123456" in favourites
    start = time.perf_counter()
    assert all(is_common(word) for word in sample)
    assert (time.perf_counter() - start) / len(sample) < 0.005


def test_what_nobody_uses_is_not_on_the_list() -> None:
    assert not any(is_common(secrets.token_urlsafe(9)) for _turn in range(5000))
    assert not is_common("correct horse battery staple")
    assert not is_common("")


def test_the_shipped_list_is_sorted_whole_and_large_enough() -> None:
    content = FILE.read_bytes()
    entries = [content[i : i + WIDTH] for i in range(0, len(content), WIDTH)]
    assert len(content) % WIDTH == 0
    assert entries == sorted(set(entries))
    assert len(entries) > 44_000


def test_a_list_is_built_from_lines_and_finds_each_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"Verzonnen-woord-{number}" for number in range(1000)]
    target = tmp_path / "list.bin"
    own = len({word for word in dutch_favourites() if len(word) >= SHORTEST_PASSWORD})
    assert build([f"{word}\r\n" for word in [*words, "kort"]], target) == 1000 + own
    monkeypatch.setattr(common_passwords, "FILE", target)
    common_passwords._list.cache_clear()
    try:
        assert all(is_common(word) for word in words)
        assert not is_common("kort")
        assert not is_common("qwertyuiop123")
    finally:
        common_passwords._list.cache_clear()
