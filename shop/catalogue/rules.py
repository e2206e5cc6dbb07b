"""Decisions of the catalogue: search words, what stock to tell of, what a price was before, what may be published."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import snowballstemmer
from flask_babel import lazy_gettext as _l

from shop.core.errors import ShopError

FEW = 3
MOST_WORDS, LONGEST_WORD = 8, 40
NAME_ENDS = "/"  # stands in the search text between the words of the name and the others

REFERENCE = timedelta(days=30)
SHOWN_FOR = timedelta(days=90)  # an older reduction is simply the price

EXCLUSIONS: dict[str, tuple[Any, str]] = {
    "made_to_order": (
        _l("It is made to your own wishes, so you can't withdraw from it."),
        "BW 6:230p, 2011/83/EU art. 16(c)",
    ),
    "perishable": (
        _l("It spoils quickly, so you can't withdraw from it."),
        "BW 6:230p, 2011/83/EU art. 16(d)",
    ),
    "sealed_hygiene": (
        _l("For hygiene you can't withdraw from it once you have broken its seal."),
        "BW 6:230p, 2011/83/EU art. 16(e)",
    ),
    "mixed": (
        _l("Once delivered it can't be parted from other things, so you can't withdraw from it."),
        "BW 6:230p, 2011/83/EU art. 16(f)",
    ),
    "sealed_recording": (
        _l("You can't withdraw from a recording or a program once you have broken its seal."),
        "BW 6:230p, 2011/83/EU art. 16(i)",
    ),
    "dated_service": (
        _l("It takes place on a fixed day, so you can't withdraw from it."),
        "BW 6:230p, 2011/83/EU art. 16(l)",
    ),
}
"""Why a product is excluded from withdrawal, for the customer, and the law that says so."""

_WORD = re.compile(r"[a-z0-9]+")
_STEMMERS = {"nl": "dutch", "en": "english"}


class CannotPublish(ShopError):
    """A product lacks what the law or a visitor needs; `reasons` are codes that the screen puts into words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Word:
    """A word that somebody searches, and its stem."""

    text: str
    stem: str


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(_STEMMERS[language])


def folded(text: str) -> list[str]:
    """The words of a text in small letters without accents: "Crème brûlée" is creme, brulee."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    without_marks = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _WORD.findall(without_marks)


def search_words(text: str, language: str) -> list[str]:
    """What a text can be found by: each of its words once, and the word's stem in the text's language."""
    words = folded(text)
    stems = _stemmer(language).stemWords(words)
    return list(dict.fromkeys(form for pair in zip(words, stems, strict=True) for form in pair))


def search_text(name: str, others: Iterable[str], language: str) -> str:
    """The text that search looks through: the words of the name, then a slash, then those of the other texts."""
    rest = search_words(" ".join(others), language)
    return " ".join([*search_words(name, language), NAME_ENDS, *rest])


def query_words(text: str, language: str) -> list[Word]:
    """The words of a question, each once, no more and no longer than a search can carry."""
    words = list(dict.fromkeys(word[:LONGEST_WORD] for word in folded(text[:500])))[:MOST_WORDS]
    return [Word(word, stem) for word, stem in zip(words, _stemmer(language).stemWords(words), strict=True)]


def stock_band(stock: int | None) -> str:
    """What visitors are told of a stock: "plenty", "few" or "none"; nothing else about it is on a page.

    With few left the page says how many, so every piece counts there.
    """
    if stock is None or stock > FEW:
        return "plenty"
    return f"few-{stock}" if stock else "none"


def is_band_changed(before: int | None, after: int | None) -> bool:
    """Whether visitors are told something else about the stock now."""
    return stock_band(before) != stock_band(after)


def pieces_left(stocks: Iterable[int | None]) -> int | None:
    """How many pieces to name as the last ones: 1 to 3, or None where there are more or none at all."""
    known = list(stocks)
    if any(stock is None for stock in known):
        return None
    total = sum(stock for stock in known if stock is not None)
    return total if 0 < total <= FEW else None


def before_price(changes: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    """The "van" price: the lowest of the 30 days before the reduction, or None where nothing was reduced.

    `changes` are the prices from their moments on, oldest first (Besluit prijsaanduiding producten: the reference is
    the lowest price of at least 30 days before the reduction).
    """
    known = [(from_at, cents) for from_at, cents in changes if from_at <= at]
    while len(known) > 1 and known[-1][1] == known[-2][1]:
        known.pop()  # the same price once more is no change
    if len(known) < 2:
        return None
    (_before_at, before), (reduced_at, now) = known[-2:]
    if now >= before or at - reduced_at > SHOWN_FOR:
        return None
    start = reduced_at - REFERENCE
    ends = [from_at for from_at, _cents in known[1:]]
    in_force = [cents for (_from, cents), end in zip(known[:-1], ends, strict=True) if end > start]
    lowest = min(in_force)
    return lowest if lowest > now else None


def publishing_problems(
    *,
    name_nl: str,
    description_nl: str,
    maker: tuple[str, str, str],
    prices: Sequence[int],
    alts: Sequence[str],
    has_file: bool = True,
) -> list[str]:
    """Why a product may not be shown yet, as codes; `maker` is name, address and e-mail address (GPSR art. 19).

    `has_file` says whether a download has the file that buyers get.
    """
    missing = {
        "name": not name_nl.strip(),
        "description": not description_nl.strip(),
        "maker_name": not maker[0].strip(),
        "maker_address": not maker[1].strip(),
        "maker_email": "@" not in maker[2],
        "price": not prices,
        "picture": not any(alt.strip() for alt in alts),
        "picture_alt": any(not alt.strip() for alt in alts),
        "download": not has_file,
    }
    return [reason for reason, is_missing in missing.items() if is_missing]


def option_problem(now: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Why these choices cannot take the place of those there are: one is gone, or stands where another one was."""
    if len(wanted) < len(now):
        return "fewer"
    if any(name in now and now.index(name) != place for place, name in enumerate(wanted)):
        return "moved"
    return None
