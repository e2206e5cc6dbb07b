"""Dutch texts: one .po file a room, compiled together into the catalogue that the pages speak from."""

import os
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


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
    """All rooms' texts in one catalogue; where rooms disagree the first one speaks, and the check names it."""
    whole = Catalog(locale="nl", domain="shop")
    for source in sources:
        for message in messages_in(source):
            if whole.get(message.id, context=message.context) is None:
                whole.add(message.id, message.string, context=message.context, flags=message.flags)
    return whole


def messages_in(source: Path) -> list[Message]:
    """The texts of one file."""
    with source.open("rb") as file:
        return [message for message in read_po(file, locale="nl", abort_invalid=True) if message.id]
