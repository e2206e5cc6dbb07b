"""What a real browser was found to hold after a walk through the shop: a dated file that `make audit` writes."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from shop.core.personal_data import register
from shop.pages.register_lists import IN_BROWSER

AUDIT_WORDS: dict[str, Any] = {
    "nothing chosen": _l("nothing chosen"),
    "refused by the browser": _l("refused by the browser's setting"),
    "refused": _l("all refused"),
    "allowed": _l("all allowed"),
    "cart": _l("with something in the cart"),
    "signed in": _l("signed in"),
    "staff": _l("our own staff"),
}

FILE = Path(__file__).with_name("audit.json")


@dataclass(frozen=True)
class State:
    """What the browser held in one state: after refusing, with a cart, signed in."""

    name: str
    pages: int
    cookies: tuple[str, ...]
    storage: tuple[str, ...]
    other_hosts: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """The last walk: when, what was found in each state, and whether the register is still what it was."""

    on: date
    states: tuple[State, ...]
    is_current: bool


def declared_now() -> dict[str, list[str]]:
    """What the register says today that a browser may hold, by kind."""
    return {
        medium.value: sorted(store.name for store in register.stores.values() if store.medium is medium)
        for medium in IN_BROWSER
    }


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


def browser_audit() -> Audit | None:
    """The last walk, or None when there was none yet."""
    if not FILE.is_file():
        return None
    told = _read()
    states = tuple(
        State(name, one["pages"], tuple(one["cookie"]), tuple(one["storage"]), tuple(one["other_hosts"]))
        for name, one in told["states"].items()
    )
    return Audit(date.fromisoformat(told["on"]), states, told["declared"] == declared_now())
