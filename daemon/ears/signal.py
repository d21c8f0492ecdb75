"""Notices a microphone that gives frames and yet nothing that can be heard: zeros, or clipped all the time. Pure."""

from collections import deque

from daemon.ears.pcm import FRAME, WIDTH, samples
from daemon.types import RATE

WATCHED_S = 60
EVERY = RATE // FRAME
"""Frames: one in a second is looked at, which costs nothing."""
FULL = 32_700
CLIPPED = 0.05
"""Share of a frame's samples at full scale that makes it a clipped one: loud speech has a few."""
MOSTLY = 0.8
"""Share of the last minute that must be clipped."""


class SignalWatch:
    """Frames in; `trouble` is `ears.only_silence`, `ears.clipping` or "", when a minute has passed."""

    def __init__(self) -> None:
        self.trouble = ""
        self._frames = 0
        self._dead: deque[bool] = deque(maxlen=WATCHED_S)
        self._clipped: deque[bool] = deque(maxlen=WATCHED_S)

    def hear(self, pcm: bytes) -> bool:
        """Take a frame; say whether `trouble` is another now."""
        self._frames += 1
        if self._frames % EVERY:
            return False
        self._dead.append(dead(pcm))
        self._clipped.append(clipped(pcm))
        before, self.trouble = self.trouble, self._judge()
        return self.trouble != before

    def _judge(self) -> str:
        if len(self._dead) < WATCHED_S:
            return ""
        if all(self._dead):
            return "ears.only_silence"
        return "ears.clipping" if sum(self._clipped) >= MOSTLY * WATCHED_S else ""


def dead(pcm: bytes) -> bool:
    """Say whether all samples of a frame are the same: no microphone that is on is so quiet."""
    return pcm[WIDTH:] == pcm[:-WIDTH]


def clipped(pcm: bytes) -> bool:
    """Say whether many samples of a frame stand at full scale."""
    import numpy as np

    return bool(np.mean(np.abs(samples(pcm).astype(np.int32)) >= FULL) >= CLIPPED)
