"""Which artifacts go to make room. Pure.

A clock may be wrong, and another program may fill the disk: by age and for free room a tenth goes at a time at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from daemon.gallery.options import GalleryOptions

DAY_S, MB = 86400.0, 1_000_000
NEWEST = 10
"""So many of the newest never go for free room alone."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the decision knows of an artifact; the sooner in a sequence, the older."""

    id: str
    bytes: int
    created: float
    """Unix seconds."""
    free: bool
    """False when it is kept or needed."""


def to_go(items: Sequence[Item], options: GalleryOptions, *, now: float | None, free_mb: float) -> list[str]:
    """Return the ids that go by the rules of the config, the oldest first.

    `now` is the time by a clock that can be trusted, None: none can, so nothing goes by its age.
    """
    tenth = max(1, len(items) // 10)
    going: dict[str, Item] = {}
    if options.keep_days is not None and now is not None:
        oldest = now - DAY_S * options.keep_days
        aged = [item for item in items if item.free and item.created < oldest]
        going |= {item.id: item for item in aged[:tenth]}
    if options.keep_mb is not None:
        over = sum(item.bytes for item in items) - MB * options.keep_mb - _bytes(going)
        rest = [item for item in items[:-1] if item.free and item.id not in going]
        going |= {item.id: item for item in _until(rest, over)}
    short = MB * (options.keep_free_mb - free_mb) - _bytes(going)
    rest = [item for item in items[:-NEWEST] if item.free and item.id not in going]
    going |= {item.id: item for item in _until(rest, short)[:tenth]}
    return [item.id for item in items if item.id in going]


def for_a_job(items: Sequence[Item], wanted: float) -> list[str]:
    """Return what goes so that a job has `wanted` bytes: the oldest, a quarter or three at most, never the newest.

    Nothing, when so much would not be enough: it would go in vain.
    """
    going = _until([item for item in items[:-1] if item.free], wanted)[: max(3, len(items) // 4)]
    return [item.id for item in going] if sum(item.bytes for item in going) >= wanted else []


def _until(items: Sequence[Item], wanted: float) -> list[Item]:
    """Return the first items that are of `wanted` bytes together."""
    before = accumulate((item.bytes for item in items), initial=0)
    pairs = takewhile(lambda pair: pair[1] < wanted, zip(items, before, strict=False))
    return [item for item, _ in pairs]


def _bytes(items: dict[str, Item]) -> int:
    return sum(item.bytes for item in items.values())
