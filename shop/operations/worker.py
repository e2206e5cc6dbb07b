"""The job worker: carries out the outbox and runs what returns. Several may run; each row is claimed by one."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from flask import Flask

from shop.core import outbox
from shop.core.db import db
from shop.core.jobs import Periodic, periodic_jobs
from shop.people.ledger import is_behind

PAUSE = 0.5  # seconds between two looks at an empty outbox

log = structlog.get_logger()


def run_worker(app: Flask, *, stops: Callable[[], bool], pause: float = PAUSE) -> None:
    """Work until told to stop; what is in hand is finished first."""
    due: dict[str, float] = {}
    while not stops():
        with app.app_context():
            if _must_wait():
                db.session.remove()
                _sleep(5 * pause, stops)
                continue
            worked = _carry_out_one()
            for job in periodic_jobs():
                if time.monotonic() >= due.get(job.name, 0) and not stops():
                    due[job.name] = time.monotonic() + job.every.total_seconds()
                    _run(job)
            db.session.remove()
        if not worked:
            _sleep(pause, stops)


def _must_wait() -> bool:
    """Whether the database came back from before somebody was erased: nothing may be sent until it is replayed."""
    try:
        if not is_behind():
            return False
    except Exception as problem:  # the database was away: the next turn tries again
        log.error("worker.ledger", error=type(problem).__name__)
        return True
    log.error("worker.behind_ledger", advice="flask privacy replay")
    return True


def _carry_out_one() -> bool:
    try:
        return outbox.carry_out_due(limit=20) > 0
    except Exception as problem:  # the database was away: the next turn tries again
        log.error("worker.outbox", error=type(problem).__name__)
        return False


def _run(job: Periodic) -> None:
    began = time.monotonic()
    try:
        job.run()
    except Exception as problem:  # one bad job does not stop the rest
        log.error("worker.job", job=job.name, error=type(problem).__name__)
        db.session.rollback()
    took = timedelta(seconds=time.monotonic() - began)
    log.info("worker.ran", job=job.name, seconds=round(took.total_seconds(), 2))


def _sleep(seconds: float, stops: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stops():
        time.sleep(0.05)


def stop_on_signals() -> Callable[[], bool]:
    """Ask for a graceful end at SIGTERM or SIGINT; the result tells whether it was asked."""
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return asked.is_set
