"""espeak-ng through its library, which tells when each phoneme begins: the truth that hearing is measured against.

The library's voice trembles on from one sentence to the next; a process for each sentence makes it say the same always.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import soxr

from daemon.types import RATE
from daemon.wakewords import espeak

PITCH = 50


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound (floats at 16 kHz) and the seconds at which its words and phonemes begin."""

    sound: np.ndarray[Any, Any]
    words: list[float]
    phonemes: list[tuple[float, str]]

    def end_of(self, phoneme: str) -> float:
        """Return when the first such phoneme ends."""
        names = [name for _, name in self.phonemes]
        return self.phonemes[names.index(phoneme) + 1][0]


@cache
def say(text: str, voice: str = "en-us", speed: int = 160) -> Speech:
    """Speak `text` with an espeak-ng voice, as its library names it ("en" is British), at `speed` words a minute."""
    wanted = json.dumps({"text": text, "voice": voice, "speed": speed, "pitch": PITCH}) + "\n"
    command = [sys.executable, "-I", espeak.__file__]
    head, _, data = subprocess.run(command, input=wanted.encode(), capture_output=True, check=True).stdout.partition(
        b"\n"
    )
    assert data, f"espeak-ng's library has no voice {voice}"
    told = json.loads(head)
    sound = soxr.resample(np.frombuffer(data, "<i2").astype(np.float32) / 32768, told["rate"], RATE)
    words = [at for _, at, name in told["marks"] if not name]
    return Speech(sound, words, [(at, name) for _, at, name in told["marks"] if name])


def room(*parts: float | Speech, noise: float = 3e-4) -> np.ndarray[Any, Any]:
    """Return speech and pauses (seconds) one after another in a room with a little noise."""
    sounds = [part.sound if isinstance(part, Speech) else np.zeros(round(part * RATE)) for part in parts]
    whole = np.concatenate(sounds)
    return whole + np.random.default_rng(1).normal(0, noise, len(whole))


def pcm(sound: np.ndarray[Any, Any]) -> bytes:
    """Return the sound as signed 16-bit samples."""
    return bytes((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
