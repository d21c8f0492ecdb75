"""Where sound is loud and where it is quiet. Pure; samples are float32, 16 kHz, -1 to 1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.types import RATE

Samples = NDArray[np.float32]

HOP = RATE // 100
"""10 ms."""
FLOOR_DB = -90.0
GAP_FRAMES = 12
RESUMED_FRAMES = 4
"""So many loud frames of 10 ms in a row are voice again."""


def samples(pcm: bytes | bytearray) -> Samples:
    """Return 16-bit PCM as floats."""
    whole: NDArray[np.int16] = np.frombuffer(pcm, np.dtype("<i2"), len(pcm) // 2)
    return whole.astype(np.float32) / np.float32(32768)


def levels(sound: Samples) -> NDArray[np.float32]:
    """Return the level of each 10 ms, dB of full scale; a rest shorter than 10 ms is left out."""
    frames = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    power: NDArray[np.float32] = np.mean(frames * frames, axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))), np.float32)


def percentile(values: NDArray[Any], share: float) -> float:
    """Return what numpy.percentile does, ten times sooner: on these short arrays its own bookkeeping is what costs."""
    ordered = np.sort(values)
    place = share / 100 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below]) + (float(ordered[above]) - float(ordered[below])) * (place - below)


def quietest(sound: Samples, first: int, last: int) -> tuple[int, float]:
    """Return the sample in the middle of the quietest 120 ms between samples `first` and `last`, and its level, dB.

    By power, so that the short closure in a "k" or "t" does not pass for a pause.
    """
    power = 10 ** (levels(sound[first:last]) / 10)
    if len(power) < GAP_FRAMES:
        return (first + last) // 2, 0.0
    smooth = np.convolve(power, np.full(GAP_FRAMES, 1 / GAP_FRAMES), "valid")
    place = int(np.argmin(smooth))
    return first + (place + GAP_FRAMES // 2) * HOP, float(10 * np.log10(smooth[place]))


def resumed(before: Samples, after: Samples) -> bool:
    """Say whether somebody speaks in `after`, given the speech and the quiet in `before`.

    Errs towards yes: then the end is decoded once more; a wrong no would lose words.
    """
    was, now = levels(before), levels(after)
    if not len(was) or not len(now):
        return len(after) >= HOP
    quiet, speech = percentile(was, 10), percentile(was, 95)
    loud = now > max(quiet + 6, speech - 25)
    run = 0
    for one in loud:
        run = run + 1 if one else 0
        if run >= RESUMED_FRAMES:
            return True
    return False
