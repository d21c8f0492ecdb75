"""Which job is served next, and how long one takes: pure."""

from collections.abc import Iterable
from math import prod
from statistics import median
from typing import Any, Literal

from daemon.types import Job

AskedBy = Literal["microphone", "control", "mqtt", ""]
Urgency = Literal["now", "normal", "later"]
PRIORITY: dict[Urgency, int] = {"now": 20, "normal": 10, "later": 0}
"""Before all that waits; in turn; when nothing else is wanted, as an automation may ask for."""
TELLING = 0.1
"""The share of the work after which its pace tells something."""
STATED = ("width", "height", "steps")


def in_order(jobs: Iterable[Job]) -> list[Job]:
    """Sort jobs, given the oldest first, as they are served: the running ones, then by priority, then by age."""
    return sorted(jobs, key=lambda job: (job.state != "running", -job.priority))


def work(request: dict[str, Any]) -> float:
    """Return the relative work of a request, by what it states of size and steps; 1 when it states nothing."""
    return prod(_stated(request).values())


def _stated(request: dict[str, Any]) -> dict[str, float]:
    found = {name: request.get(name) for name in STATED}
    return {name: value for name, value in found.items() if isinstance(value, int | float) and value > 0}


def learned(request: dict[str, Any], history: Iterable[tuple[dict[str, Any], float]]) -> float | None:
    """Guess the seconds of `request` from earlier ones and what they took, scaled by their work; None: none compares.

    The median: the first one after a start, with the loading of the model, does not spoil it.
    """
    alike = [
        seconds * work(request) / work(told)
        for told, seconds in history
        if _stated(told).keys() == _stated(request).keys()
    ]
    return median(alike) if alike else None


def left(total: float | None, elapsed: float, progress: float) -> float | None:
    """Guess the seconds left: by the estimate at first, more and more by the pace of the work itself.

    Without an estimate by the pace alone, once there is one; before that None.
    """
    by_pace = elapsed * (1 - progress) / progress if progress > 0 else None
    if total is None:
        return by_pace if progress >= TELLING else None
    by_estimate = max(total - elapsed, 0.0)
    if by_pace is None:
        return by_estimate
    return progress * by_pace + (1 - progress) * by_estimate
