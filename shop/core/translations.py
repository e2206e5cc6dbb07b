"""Dutch texts: one .po file a room, compiled together into the catalogue that the pages speak from."""

import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


class TwoTexts(Exception):
    """The same English text has two different Dutch ones; the message names it."""


def build_translations(folder: Path) -> None:
    """Compile <folder>/nl/*.po into nl/LC_MESSAGES/shop.mo, when a source is newer than the result."""
    sources = sorted((folder / "nl").glob("*.po"))
    result = folder / "nl" / "LC_MESSAGES" / "shop.mo"
    if not sources or (result.exists() and result.stat().st_mtime_ns >= max(s.stat().st_mtime_ns for s in sources)):
        return
    result.parent.mkdir(exist_ok=True)
    unfinished = result.with_name(f".shop.{os.getpid()}.part")
    with unfinished.open("wb") as file:
        write_mo(file, merged(sources))
    unfinished.replace(result)


def merged(sources: list[Path]) -> Catalog:
    """All rooms' texts in one catalogue; TwoTexts when rooms disagree."""
    whole = Catalog(locale="nl", domain="shop")
    for source in sources:
        with source.open("rb") as file:
            part = read_po(file, locale="nl", abort_invalid=True)
        for message in part:
            if not message.id:
                continue
            known = whole.get(message.id, context=message.context)
            if known is not None and known.string != message.string:
                raise TwoTexts(f"{message.id!r} in {source.name}: {known.string!r} or {message.string!r}")
            whole.add(message.id, message.string, context=message.context, flags=message.flags)
    return whole
