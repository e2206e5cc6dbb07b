"""The simulator's world: its memory, its clock and its switches."""

import hashlib
import secrets
import string
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shop.payments.simulator.store import Doc, Store

LETTERS = string.ascii_letters + string.digits
HOUR = 3600.0
DEFAULTS: Doc = {
    "api_delay": 0.0,
    "refund_start": "pending",
    "refund_seconds": [60.0, 120.0],
    "capture_seconds": 2.0,
    "release_seconds": 3.0,
    "webhooks": {"mode": "normal", "copies": 2, "seconds": 0.0, "status": "paid"},
}


class World:
    """Everything the parts of the simulator share."""

    def __init__(self, path: str | Path, *, api_delay: float = 0.0, defaults: Doc | None = None) -> None:
        self.store = Store(path)
        self.defaults = DEFAULTS | {"api_delay": api_delay} | (defaults or {})

    def setting(self, name: str) -> Any:
        """How a switch stands."""
        return self.store.setting(name, self.defaults[name])

    def now(self) -> float:
        """The simulator's time in seconds, which may run ahead of the real one."""
        real = time.time()
        clock = self.store.setting("clock", None)
        if clock is None:
            return real
        return float(clock["at"] + (real - clock["real"]) * clock["speed"])

    def speed(self) -> float:
        """How many seconds pass here in one real second."""
        return float(self.store.setting("clock", {"speed": 1.0})["speed"])

    def set_clock(self, *, ahead: float = 0.0, speed: float | None = None) -> None:
        """Move the clock forward, or let it run faster from here on."""
        pace = self.speed() if speed is None else speed
        self.store.set_setting("clock", {"real": time.time(), "at": self.now() + ahead, "speed": pace})

    def timer(self, kind: str, object_id: str, due: float) -> None:
        """Remember that something happens to an object at a moment."""
        self.store.run("INSERT INTO timers (due, kind, object_id) VALUES (?, ?, ?)", due, kind, object_id)


def iso(moment: float) -> str:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()


def new_id(prefix: str, length: int = 22) -> str:
    """A fresh unguessable token."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))


def profile_of(key: str) -> str:
    """The profile a key belongs to."""
    return "pfl_" + hashlib.sha256(key.encode()).hexdigest()[:10]
