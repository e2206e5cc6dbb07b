"""What changed between two versions of a statement, to read: sentence by sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from textwrap import wrap

AROUND = 1
_ENDS = {"p", "li", "h1", "h2", "h3", "h4", "tr", "caption", "dt", "dd", "address", "br", "div", "th"}


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENDS:
            self._end()
        if tag == "li":
            self.lines[-1] = "- "

    def handle_endtag(self, tag: str) -> None:
        if tag in _ENDS:
            self._end()
        elif tag == "td":
            self.lines[-1] += " | "

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data

    def _end(self) -> None:
        if self.lines[-1].strip(" -|\n"):
            self.lines.append("")


def lines_of(html: str) -> list[str]:
    """The words of a statement, a line for each paragraph, item or row."""
    parser = _Lines()
    parser.feed(html)
    found = (" ".join(line.split()).removesuffix(" |") for line in parser.lines)
    return [line for line in found if line]


def plain_text(html: str) -> str:
    """A statement as plain text, to save or to print."""
    return "\n\n".join(
        "\n".join(wrap(line, 78, subsequent_indent="  " * line.startswith("- "))) for line in lines_of(html)
    )


@dataclass(frozen=True)
class Change:
    """A piece of a statement: "same", "gone", "new", or "skipped" for what stayed the same."""

    kind: str
    text: str


def changes(old: str, new: str) -> list[Change]:
    """What went and what came, with a line around it."""
    before, after = _sentences(old), _sentences(new)
    found: list[Change] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _same(before[a1:a2])
        else:
            found += [Change("gone", line) for line in before[a1:a2]]
            found += [Change("new", line) for line in after[b1:b2]]
    return found


def _same(lines: list[str]) -> Iterator[Change]:
    if len(lines) <= 2 * AROUND + 1:
        yield from (Change("same", line) for line in lines)
        return
    yield from (Change("same", line) for line in lines[:AROUND])
    yield Change("skipped", "")
    yield from (Change("same", line) for line in lines[-AROUND:])


def _sentences(html: str) -> list[str]:
    return [part for line in lines_of(html) for part in re.split(r"(?<=[.!?])\s+", line) if part]
