"""The short sounds that need no language: made of two soft notes each, like a small marimba."""

from functools import cache
from typing import TYPE_CHECKING, Literal

from daemon.types import Pcm

if TYPE_CHECKING:  # the main process names these sounds and never makes one
    import numpy as np
    from numpy.typing import NDArray

Name = Literal["wake", "done", "error", "muted", "unmuted"]
PEAK = 0.25
"""-12 dBFS: heard beside a voice, never startling."""

# Notes as (frequency in Hz, start in s, length in s). Rising: I listen. A fourth up: done. Falling: something is wrong.
NOTES: dict[Name, tuple[tuple[float, float, float], ...]] = {
    "wake": ((659.26, 0.0, 0.09), (987.77, 0.055, 0.125)),  # E5, B5
    "done": ((783.99, 0.0, 0.11), (1046.5, 0.08, 0.17)),  # G5, C6
    "error": ((392.0, 0.0, 0.13), (311.13, 0.1, 0.15)),  # G4, E♭4
    "muted": ((587.33, 0.0, 0.1), (440.0, 0.07, 0.13)),  # D5, A4
    "unmuted": ((440.0, 0.0, 0.1), (587.33, 0.07, 0.13)),  # A4, D5
}
# A bar's partials: times the frequency, loudness, and how fast they die away.
PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.22, 1.6), (3.93, 0.1, 3.0))
ATTACK, RELEASE = 0.006, 0.02
DECAY = 4.5
"""A note's fundamental falls by e to this power over its length (39 dB)."""


@cache
def earcon(name: Name, rate: int = 48_000) -> Pcm:
    """Return the sound called `name`, 80 to 250 ms. Raises KeyError for a name that is none."""
    import numpy as np

    notes = NOTES[name]
    sound = np.zeros(round(max(start + length for _, start, length in notes) * rate))
    for frequency, start, length in notes:
        first = round(start * rate)
        note = _note(frequency, length, rate)[: len(sound) - first]
        sound[first : first + len(note)] += note
    sound *= PEAK / np.abs(sound).max()
    return Pcm((sound * 32767).round().astype("<i2").tobytes(), rate)


def _note(frequency: float, length: float, rate: int) -> "NDArray[np.float64]":
    import numpy as np

    time = np.arange(round(length * rate)) / rate
    note = np.zeros(len(time))
    for multiple, loudness, dying in PARTIALS:
        note += loudness * np.exp(-DECAY * dying * time / length) * np.sin(2 * np.pi * frequency * multiple * time)
    soft_start = np.sin(np.minimum(time / ATTACK, 1) * np.pi / 2) ** 2
    soft_end = np.sin(np.minimum((length - time) / RELEASE, 1) * np.pi / 2) ** 2
    note *= soft_start * soft_end
    return note
