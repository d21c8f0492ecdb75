"""Whether a sound can be speech at all: pitched like a voice here and there, and changing in level. Pure.

It keeps silence, steady noise, knocks, hum, beeps and music from a model that would make words of them.
"""

import numpy as np
from numpy.typing import NDArray

from daemon.transcription.loudness import Samples, levels, percentile
from daemon.types import RATE

QUIETEST_DB = -60.0
LEAST_SWING_DB = 9.0
VOICED = (0.5, 0.997)
"""How like itself one pitch period later the most voiced sound may be: noise 0.2 to 0.25, espeak-ng 0.75 to 0.96,
flite 0.91 to 0.99, tones 1."""
PITCH = slice(RATE // 400, RATE // 60)
SPAN, HOP, SIZE = 640, 320, 1024
MOST = 24
"""Loud frames that are looked at, spread over the sound: more say no more, and every partial pays for them."""
TEN_MS, EDGE = RATE // 100, 2


def spoken(sound: Samples) -> bool:
    """Say whether there is a voice in `sound`."""
    level = levels(sound)
    if len(sound) < 2 * SPAN or (loud := percentile(level, 95)) < QUIETEST_DB:
        return False
    if loud - percentile(level, 5) < LEAST_SWING_DB:
        return False
    return VOICED[0] < voicing(sound) < VOICED[1]


def speech(sound: Samples) -> tuple[int, int]:
    """Return where speech begins and ends in `sound`, equal when there is none."""
    return edges(sound) if spoken(sound) else (0, 0)


def edges(sound: Samples) -> tuple[int, int]:
    """Return where the loud part of `sound` begins and ends, equal when it is too short to tell."""
    level = levels(sound)
    if not len(level):
        return 0, 0
    loud, quiet = percentile(level, 95), percentile(level, 5)
    heard = np.flatnonzero(level > min(loud - 20, max(loud - 35, quiet + 8)))
    return max(0, int(heard[0]) - EDGE) * TEN_MS, min(len(level), int(heard[-1]) + 1 + EDGE) * TEN_MS


def voicing(sound: Samples) -> float:
    """Return the autocorrelation at the pitch, 0 to 1, of the most voiced tenth of the loud 40 ms frames."""
    bright = np.append(sound[:1], sound[1:] - sound[:-1])  # rumble must not count as pitch
    frames = np.lib.stride_tricks.sliding_window_view(bright, SPAN)[::HOP]
    energy = np.vecdot(frames, frames)
    loud = frames[energy > 0.01 * energy.max()]
    loud = loud[:: -(-len(loud) // MOST)]
    window = np.hanning(SPAN).astype(np.float32)
    own = _autocorrelation(window[None])
    likeness = _autocorrelation(loud * window)[:, PITCH] / own[:, PITCH]
    return percentile(likeness.max(axis=1), 90)


def _autocorrelation(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(frames, SIZE)
    found = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, SIZE)
    return np.asarray(found / np.maximum(found[:, :1], 1e-12))
