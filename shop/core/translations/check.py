"""Whether the shop is complete in Dutch: what has no Dutch text, what nothing says any more, what does not fit."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from shop.core.translations import messages_in

METHODS = [
    ("shop/payments/simulator/**", "ignore"),  # Mollie's side of the counter speaks for itself
    ("shop/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {"templates/**": {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
}

_PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%%")
_FORMAL = re.compile(r"\b(u|uw)\b", re.IGNORECASE)

Texts = tuple[str, ...]


def problems_in(root: Path) -> list[str]:
    """Everything that keeps the shop from being complete in Dutch, each with its place."""
    said = _texts_said(root)
    found: list[str] = []
    known: dict[Texts, tuple[str, Texts]] = {}
    for source in sorted((root / "shop" / "translations" / "nl").glob("*.po")):
        for message in messages_in(source):
            texts, dutch = _as_texts(message.id), _as_texts(message.string)
            place = f"{source.name}: {texts[0]!r}"
            if texts in known and known[texts][1] != dutch:
                found.append(f"{place}: {known[texts][0]} has {known[texts][1][0]!r}, this file {dutch[0]!r}")
            known.setdefault(texts, (source.name, dutch))
            if texts not in said:
                found.append(f"{place} is said nowhere any more")
            found += [f"{place} {problem}" for problem in _misfits(message, texts, dutch)]
    found += [f"{place}: {texts[0]!r} has no Dutch text" for texts, place in said.items() if texts not in known]
    return found


def _misfits(message: Message, texts: Texts, dutch: Texts) -> Iterator[str]:
    """Why a Dutch text does not fit its English one."""
    if message.fuzzy or not dutch or not all(dutch) or len(dutch) != len(texts):
        yield "has no finished Dutch text"
        return
    for text, translated in zip(texts, dutch, strict=True):
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(translated)):
            yield f"has other placeholders in {translated!r}"
        if (text[:1].isspace(), text[-1:].isspace()) != (translated[:1].isspace(), translated[-1:].isspace()):
            yield f"has other space at its ends in {translated!r}"
        if _FORMAL.search(translated):
            yield f"is formal in Dutch: {translated!r}"


def _texts_said(root: Path) -> dict[Texts, str]:
    """Every text that code and templates say, with the first place where they do."""
    said: dict[Texts, str] = {}
    lines = extract_from_dir(root, METHODS, OPTIONS, KEYWORDS, callback=None, directory_filter=_is_ours)
    for filename, line, texts, _comments, _context in lines:
        said.setdefault(_as_texts(texts), f"{filename}:{line}")
    return said


def _is_ours(folder: str) -> bool:
    """Whether a folder may hold code or templates of the shop."""
    return Path(folder).name not in ("tests", "migrations", "node_modules", "instance", "static", "docs") and not Path(
        folder
    ).name.startswith((".", "_"))


def _as_texts(told: str | list[str] | tuple[str, ...] | None) -> Texts:
    return (told,) if isinstance(told, str) else tuple(told or ())
