"""What was counted and not written down yet: in memory, so that opening a page never writes to the database.

Every process writes its own at intervals, in one transaction. Killed between two of them, it loses at most that much.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

from shop.analytics.rules import Seen

INTERVAL = 20.0  # seconds between two times of writing
MOST_WAITING = 20_000  # things that wait at most, should the database be away for long

Counted = tuple[date, str, str]
"""A day, a kind, a name."""


class Tally:
    """The counts and visits of one process that wait to be written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Counted] = Counter()
        self._visits: list[tuple[str, Seen]] = []

    def count(self, on: date, kind: str, name: str) -> None:
        """Count once more."""
        with self._lock:
            if len(self._counts) < MOST_WAITING or (on, kind, name) in self._counts:
                self._counts[on, kind, name] += 1

    def see(self, token_hash: str, seen: Seen) -> None:
        """Remember a page of a browser that allows it."""
        with self._lock:
            if len(self._visits) < MOST_WAITING:
                self._visits.append((token_hash, seen))

    def take(self) -> tuple[Counter[Counted], list[tuple[str, Seen]]]:
        """All that waits; it waits no more."""
        with self._lock:
            taken = self._counts, self._visits
            self._counts, self._visits = Counter(), []
        return taken

    def put_back(self, counts: Counter[Counted]) -> None:
        """Counts that could not be written wait again; visits that could not are let go."""
        with self._lock:
            self._counts += counts


class Writer:
    """Writes at intervals, in a thread of its own that begins when there is first something to write."""

    def __init__(self, write: Callable[[], object], interval: float = INTERVAL) -> None:
        self._write, self._interval = write, interval
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def begin(self) -> None:
        """See to it that the thread runs: after a fork the child has none."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="analytics", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            self._write()

    def stop(self) -> None:
        """Write what is left, for the last time."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(2)
            self._write()
