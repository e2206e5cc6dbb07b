"""The free software that the shop needs to run, each part with its licence, as its own package tells."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

SAID_ELSEWHERE = {"pysqlite3": "Zlib"}
"""Licences that a package does not tell of itself, but the place it comes from does."""


@dataclass(frozen=True)
class Part:
    """A package with its version and licence."""

    name: str
    version: str
    licence: str


@lru_cache(maxsize=2)
def parts_of(locked: Path) -> tuple[Part, ...]:
    """The packages that a lock file names, as they are installed here."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", locked.read_text(encoding="utf-8"), re.MULTILINE)
    found = []
    for name in sorted(names, key=str.lower):
        try:
            told = metadata(name)
        except PackageNotFoundError:  # named for another kind of machine
            continue
        found.append(Part(str(told["Name"]), str(told["Version"]), _licence(told)))
    return tuple(found)


def _licence(told: PackageMetadata) -> str:
    for field in ("License-Expression", "License"):
        said = [str(one) for one in told.get_all(field) or [] if len(str(one)) < 60]
        if said:
            return said[0]
    named = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return ", ".join(named) or SAID_ELSEWHERE.get(str(told["Name"]), "–")
