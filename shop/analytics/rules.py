"""What may be counted and kept of a visit: decided from what the door says of it, never from the request itself."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

FEWEST = 5
"""A group of fewer is shown nowhere and kept by no aggregate: somebody could be found in it."""

LONGEST_PAGE = 120

_PROGRAM = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|headless|python|curl|wget|java/|go-http|okhttp|libwww|scrapy|httpx", re.I
)


@dataclass(frozen=True)
class Seen:
    """A page that somebody opened: all that analysis is ever told. No address, no agent, no query, no finer time."""

    page: str
    source: str
    device: str
    hour: datetime


def is_program(agent: str) -> bool:
    """Whether what asked is a program rather than somebody's browser."""
    return not agent or _PROGRAM.search(agent) is not None


def page_name(rule: str, arguments: dict[str, str]) -> str:
    """The name under which a page is counted: its path where only slugs of the shop's own are in it, or its pattern.

    Tokens, numbers and whatever else stands in an address are never part of it.
    """
    name = rule
    for key, value in arguments.items():
        if key == "slug":
            name = name.replace("<slug:slug>", value)
    return name[:LONGEST_PAGE]


def source_of(referrer: str, own_host: str) -> str:
    """The host that somebody came from; empty when they came from the shop itself or did not say."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    return host[:80] if re.fullmatch(r"[a-z0-9.-]+", host) and host != own_host.split(":")[0] else ""


def hour_of(at: datetime) -> datetime:
    """The hour of a moment: nothing finer is kept."""
    return at.replace(minute=0, second=0, microsecond=0)
