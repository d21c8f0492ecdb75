"""How long a child that makes things may take to stop when asked: by the pace of the steps it has done."""

import time
from collections.abc import Callable

LEAST_S, MOST_S = 5.0, 120.0
FIRST_S = 10.0
"""How long a step is taken to be before one was seen."""
LONGER = 2.0
"""How many times its longest step so far a child may take for one."""


class Pace:
    """Watches the steps of one child, which looks between two of them whether it is to stop, its model staying warm."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._longest: float | None = None

    def wait(self) -> None:
        """Count from now on: work begins, or is held up."""
        self._since = self._clock()

    def step(self) -> None:
        """Take note that a step is done."""
        now = self._clock()
        self._longest, self._since = max(self._longest or 0.0, now - self._since), now

    def grace(self) -> float:
        """Return the seconds in which a child that is asked to stop now should have done so.

        One that has taken too long for its step already, as one that hangs, gets the least.
        """
        step_s = FIRST_S if self._longest is None else self._longest
        return min(max(LONGER * step_s - (self._clock() - self._since), LEAST_S), MOST_S)
