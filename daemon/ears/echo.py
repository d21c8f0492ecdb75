"""The sound that we are playing, scored by the wake word model of its own, on the clock of the microphone's stream."""

from daemon.ears.pcm import FRAME, WIDTH
from daemon.ears.wake import ECHO_BEFORE, Hit, SelfHits
from daemon.engines.base import Wake
from daemon.types import RATE

AFTER = round(0.8 * RATE)
"""Silence scored after the last played sound: the model tells a phrase up to 0.6 s after its end."""
SLACK = round(0.4 * RATE)
"""How late the speaker's next sound may come before silence is scored in its place."""
AHEAD = 4
"""Frames scored at most for each frame of the microphone, so that a long reply never holds it up."""
LIMIT = 60 * RATE * WIDTH
"""Bytes of played sound that may wait; older sound is forgotten."""


class Echo:
    """Takes what goes to the speaker and says which hits of the microphone are our own voice.

    The n-th played sample is expected at the microphone when its stream had reached the first one's arrival plus n.
    """

    def __init__(self, wake: Wake, own: SelfHits) -> None:
        self._wake = wake
        self._own = own
        self._waiting = bytearray()
        self._at = 0
        self._silence = 0
        self._rate = RATE
        self._resampler: Resampler | None = None

    def play(self, pcm: bytes, rate: int, now: int) -> None:
        """Take sound that is sent to the speaker while the microphone's stream stands at `now`."""
        if not self._waiting:
            self._at = max(self._at - (AFTER - self._silence), now)
        if rate != self._rate:
            self._rate = rate
            self._resampler = Resampler(rate) if rate != RATE else None
        self._waiting += self._resampler(pcm) if self._resampler else pcm
        del self._waiting[: max(len(self._waiting) - LIMIT, 0)]
        self._silence = AFTER

    def advance(self, now: int) -> None:
        """Score what has come, and silence after it once the microphone's stream is well past it."""
        for _ in range(AHEAD):
            if len(self._waiting) >= FRAME * WIDTH or (self._silence > 0 and self._at + SLACK <= now):
                self._step()

    def ours(self, hit: Hit) -> bool:
        """Say whether a hit of the microphone is our own voice; what was played up to then is scored first."""
        while self._at < hit.at + ECHO_BEFORE and (self._waiting or self._silence > 0):
            self._step()
        return self._own.ours(hit)

    def _step(self) -> None:
        missing = FRAME * WIDTH - len(self._waiting)
        if missing > 0:
            self._waiting += bytes(missing)
            self._silence -= FRAME
        self._at += FRAME
        self._own.played(self._wake.score(bytes(self._waiting[: FRAME * WIDTH])), self._at)
        del self._waiting[: FRAME * WIDTH]


class Resampler:
    """A stream of sound brought to the rate that the models hear."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._stream = soxr.ResampleStream(rate, RATE, 1, dtype="int16")

    def __call__(self, pcm: bytes) -> bytes:
        """Return what the next sound gives."""
        import numpy as np

        return bytes(self._stream.resample_chunk(np.frombuffer(pcm, "<i2")).tobytes())
