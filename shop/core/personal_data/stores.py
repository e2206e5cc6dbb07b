"""Places other than tables where something about a visitor may be, and what rooms do for the register themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from shop.core.personal_data.words import Category, Purpose


class Medium(Enum):
    """What kind of place a store is."""

    COOKIE = "cookie"
    FILE = "file"
    LOG = "log"
    MEMORY = "memory"


@dataclass(frozen=True)
class Store:
    """A place other than a table where something about a visitor may be."""

    name: str
    medium: Medium
    purpose: Purpose
    label: Any
    keep_text: Any
    categories: tuple[Category, ...] = ()


class RegisterError(Exception):
    """The app may not start: something is not declared. The message names every problem."""


Retain = Callable[[datetime, bool], int]
"""Takes away what has outlived its term at a moment, or only counts it (dry run); says how much."""


@dataclass
class Register:
    """All that the shop has declared, and the questions derived from it."""

    stores: dict[str, Store] = field(default_factory=dict)
    on_retain: dict[str, Retain] = field(default_factory=dict)

    def declare(self, store: Store) -> Store:
        """Add a store; the same name twice with another meaning is an error."""
        known = self.stores.setdefault(store.name, store)
        if known != store:
            raise RegisterError(f"store {store.name} is declared twice, differently")
        return known

    def retains(self, what: str) -> Callable[[Retain], Retain]:
        """Say which function takes away what has outlived its term outside the register's own tables."""

        def remember(retain: Retain) -> Retain:
            self.on_retain[what] = retain
            return retain

        return remember


register = Register()
