"""Work that returns: rooms below say what is to be done and how often, the worker does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Job = Callable[[], object]


@dataclass(frozen=True)
class Periodic:
    """A job and the time between two runs of it; it may run twice and must not mind."""

    name: str
    every: timedelta
    run: Job


_jobs: dict[str, Periodic] = {}


def every(**interval: float) -> Callable[[Job], Job]:
    """Say that a function is to be run again and again, as in `@every(minutes=5)`."""

    def remember(job: Job) -> Job:
        name = f"{job.__module__}.{job.__name__}"
        _jobs[name] = Periodic(name, timedelta(**interval), job)
        return job

    return remember


def periodic_jobs() -> list[Periodic]:
    """Every job that returns."""
    return sorted(_jobs.values(), key=lambda job: job.name)
