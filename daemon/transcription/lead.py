"""Where a request may begin in audio that starts in the wake phrase. Pure."""

import numpy as np

from daemon.transcription.loudness import Samples, levels, percentile
from daemon.types import RATE

BEFORE_S = 0.2
"""The ears send this much from before the earliest place where the phrase may have ended."""
STEP_S, SPARE_S = 0.05, 0.05
PAUSE = 6
"""10 ms frames: a shorter gap is the closure of a stop ("jarvis draw")."""
PAUSE_DB = 30.0


def beginnings(sound: Samples, lead: float) -> list[int]:
    """Return the samples where the request may begin, the likeliest first.

    `lead`: the wake phrase has surely ended by then (seconds). A pause settles it; else it is every 50 ms, from the
    middle outwards.
    """
    most = min(int((lead + SPARE_S) * RATE), len(sound))
    if (after := _after_pause(sound, most)) is not None:
        return [after]
    middle = (BEFORE_S + lead) / 2
    steps = max(0, round((lead - BEFORE_S) / 2 / STEP_S))
    times = sorted((middle + step * STEP_S for step in range(-steps, steps + 1)), key=lambda time: abs(time - middle))
    return [max(0, min(int(time * RATE), most)) for time in times]


def _after_pause(sound: Samples, most: int) -> int | None:
    """Return where sound comes back after the first pause that begins before `most`."""
    level = levels(sound)
    quiet = level < percentile(level, 95) - PAUSE_DB if len(level) else np.zeros(0, bool)
    run, heard = 0, False
    for frame, still in enumerate(quiet):
        if not still and run >= PAUSE and heard:
            return max(0, (frame - 2) * RATE // 100)
        if not still:
            if frame * RATE // 100 > most:
                return None
            run, heard = 0, True
        else:
            run += 1
    return None
