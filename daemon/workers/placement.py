"""Which device a job runs on, and what must be unloaded there first: pure, over declared or measured memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loaded:
    """An engine that holds memory of a device. `engine` names it, e.g. "picture/diffusers"."""

    engine: str
    device: str
    memory_mb: int
    """What it was measured to use, before that what it declares."""
    used: float
    """When it was last used, in monotonic seconds."""
    running: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job runs, and what is unloaded before, the longest idle first."""

    device: str
    evict: tuple[Loaded, ...] = ()


def place(engine: str, memory_mb: int, capacity: Mapping[str, int], loaded: Iterable[Loaded]) -> Place | None:
    """Choose a device for a job of `engine`; None: it has to wait. `capacity` is MB by device, the preferred first.

    Where it is warm and idle it stays; else where there is room; else where the least must be unloaded. What runs is
    never unloaded, and a device never holds more than its capacity.
    """
    there = tuple(loaded)
    if warm := [each for each in there if each.engine == engine and not each.running and each.device in capacity]:
        return Place(max(warm, key=lambda each: each.used).device)
    places = [found for device in capacity if (found := _room(device, engine, memory_mb, capacity[device], there))]
    return min(places, key=lambda found: sum(each.memory_mb for each in found.evict), default=None)


def idle(loaded: Iterable[Loaded], now: float, patience_s: float) -> list[Loaded]:
    """Return what has been idle for `patience_s`, the longest first."""
    old = [each for each in loaded if not each.running and now - each.used >= patience_s]
    return sorted(old, key=lambda each: each.used)


def _room(device: str, engine: str, memory_mb: int, capacity_mb: int, loaded: tuple[Loaded, ...]) -> Place | None:
    here = [each for each in loaded if each.device == device]
    if any(each.engine == engine for each in here):  # one worker for each engine and device, and it is running
        return None
    lacking = memory_mb + sum(each.memory_mb for each in here) - capacity_mb
    evict: list[Loaded] = []
    for each in idle(here, now=0.0, patience_s=-float("inf")):
        if lacking <= sum(gone.memory_mb for gone in evict):
            break
        evict.append(each)
    if lacking > sum(gone.memory_mb for gone in evict):
        return None
    for each in tuple(evict):  # the last one may have made an earlier, smaller one needless
        if lacking <= sum(gone.memory_mb for gone in evict) - each.memory_mb:
            evict.remove(each)
    return Place(device, tuple(evict))
