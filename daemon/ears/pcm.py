"""Heard sound as bytes: 16 kHz signed 16-bit little-endian mono. Lengths are in samples, levels in dB of full scale.

numpy is imported where it is used: the config reads the ears' options, and it must be quick.
"""

import math
from typing import TYPE_CHECKING

from daemon.types import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAME = 1280
"""Samples of a frame: 80 ms, the step of the wake word models."""
HOP = 320
"""Samples of a hop: 20 ms, the step of voice activity detection; four to a frame."""
WIDTH = 2
"""Bytes a sample."""
SILENCE_DB = -100.0
"""The level given to digital silence."""


def samples(pcm: bytes) -> "NDArray[np.int16]":
    """Return the samples, without copying."""
    import numpy as np

    return np.frombuffer(pcm, dtype="<i2")


def length(pcm: bytes) -> int:
    """Return the number of samples."""
    return len(pcm) // WIDTH


def seconds(count: int) -> float:
    """Return the time that `count` samples take."""
    return count / RATE


def hops(pcm: bytes) -> list[bytes]:
    """Cut a frame into hops; what does not fill a hop is left out."""
    step = HOP * WIDTH
    return [pcm[at : at + step] for at in range(0, len(pcm) - step + 1, step)]


def rms_db(pcm: bytes) -> float:
    """Return the level of the sound, -100 to 0."""
    found = samples(pcm).astype("f4")
    return _db(math.sqrt(float(found @ found) / found.size)) if found.size else SILENCE_DB


def peak_db(pcm: bytes) -> float:
    """Return the level of the loudest sample, -100 to 0."""
    found = samples(pcm)
    return _db(float(abs(found.astype("i4")).max())) if found.size else SILENCE_DB


def _db(amplitude: float) -> float:
    return max(20 * math.log10(amplitude / 32768), SILENCE_DB) if amplitude > 0 else SILENCE_DB
