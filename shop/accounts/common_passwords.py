"""Passwords that too many people use: a list that is looked up here and nowhere else, without asking anybody.

The list is `common_passwords.bin` beside this file: the first eight bytes of the SHA-256 of each password, sorted. It
was made with `python -m shop.accounts.common_passwords source.txt` from a list of one million passwords
(docs/licences.md), of which only those long enough to be chosen here are in it, and a few Dutch ones of our own.
"""

import hashlib
import mmap
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from shop.accounts.rules import SHORTEST_PASSWORD

FILE = Path(__file__).with_name("common_passwords.bin")
WIDTH = 8  # bytes of each hash; two of 2^64 are the same by chance once in a million such lists

_DUTCH_WORDS = (
    "welkom wachtwoord geheim geheimpje ikhouvanjou vakantie voetbal feyenoord ajaxamsterdam psveindhoven amsterdam "
    "rotterdam nederland holland harderwijk kerstmis sinterklaas zomervakantie liefde schatje knuffel prinses "
    "lieverd vlinder konijn olifant oranje fietsen koekje hallo goedemorgen voorjaar lente zomer herfst winter "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari augustus september oktober november "
    "december hondje poesje mama papa opa oma"
)
_TAILS = ("123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "2024", "2025", "2026", "2027")
_SENTENCES = (
    "mijnwachtwoord welkomwelkom wachtwoordwachtwoord geheimgeheim ikhouvanjou ikhouvanjou1 ikhouvanjou123 "
    "ditismijnwachtwoord ditiseenwachtwoord eenwachtwoord mijngeheim wachtwoord123! welkom123456! welkomthuis123 "
    "welkomthuis1234 hallohallo123 hallohallohallo geheimwoord ikweethetniet ikweethetniet1 komopfeyenoord "
    "hupholland123 hupholland1234 nederlandnederland amsterdamamsterdam"
)


def dutch_favourites() -> Iterator[str]:
    """What Dutch speakers are known to choose: a word, perhaps with the usual tail or an exclamation mark."""
    yield from _SENTENCES.split()
    for word in _DUTCH_WORDS.split():
        for tail in ("", *_TAILS):
            for joint in ("", "-"):
                for end in ("", "!"):
                    yield word + (joint + tail if tail else "") + end


def prefix(password: str) -> bytes:
    """What the list keeps of a password."""
    return hashlib.sha256(password.encode()).digest()[:WIDTH]


def build(source: Iterable[str], target: Path) -> int:
    """Write the list from one password a line; how many are in it."""
    wanted = {word for line in source if len(word := line.rstrip("\r\n").lower()) >= SHORTEST_PASSWORD}
    wanted |= {word for word in dutch_favourites() if len(word) >= SHORTEST_PASSWORD}
    prefixes = sorted({prefix(word) for word in wanted})
    target.write_bytes(b"".join(prefixes))
    return len(prefixes)


@lru_cache(maxsize=1)
def _list() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def is_common(password: str) -> bool:
    """Whether a password is on the list, in capitals or small letters."""
    wanted, table = prefix(password.lower()), _list()
    low, high = 0, len(table) // WIDTH
    while low < high:
        middle = (low + high) // 2
        if table[middle * WIDTH : (middle + 1) * WIDTH] < wanted:
            low = middle + 1
        else:
            high = middle
    return table[low * WIDTH : (low + 1) * WIDTH] == wanted


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as source:
        print(build(source, FILE))
