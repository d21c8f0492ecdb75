"""Voice first: what makes things waits between two steps while somebody is heard or answered."""

import time
from collections.abc import Callable
from typing import Protocol

from daemon.workers.wire import Frame

MOST_S = 60.0
"""Seconds that one stretch of talking can hold up the work."""
LOOK_S = 0.2
"""How often it is looked whether the call was cancelled meanwhile."""


class Waiting(Protocol):
    """The part of `workers.child.Call` that is needed here."""

    def receive(self, timeout: float | None = None) -> Frame | None:
        """Return the next frame, or None after `timeout` seconds."""

    def check(self) -> None:
        """Raise Cancelled when the call is to end."""


def give_way(call: Waiting, clock: Callable[[], float] = time.monotonic) -> None:
    """Return at once, or when a pause that was asked for ({"op": "pause", "on": true}) is over. Raises Cancelled."""
    paused, until = False, clock() + MOST_S
    while True:
        left = until - clock()
        frame = call.receive(max(min(LOOK_S, left), 0.0) if paused else 0)
        if frame is not None:
            paused = bool(frame.head.get("on"))
        elif not paused or left <= 0:
            return
        call.check()
