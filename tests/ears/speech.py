"""espeak-ng through its library, which tells when each phoneme begins: the truth that hearing is measured against.

The library's voice trembles on from one sentence to the next; a process for each sentence makes it say the same always.
This file is that process too: it needs nothing but the standard library then.
"""

import ctypes
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

RATE = 16_000
SYNCHRONOUS, PHONEME_EVENTS, UTF8 = 2, 1, 1
SPEED = 1
WORD, PHONEME = 1, 7


class Event(ctypes.Structure):
    """One of espeak-ng's events; the position is in milliseconds."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound (floats at 16 kHz) and the seconds at which its words and phonemes begin."""

    sound: "np.ndarray[Any, Any]"
    words: list[float]
    phonemes: list[tuple[float, str]]

    def end_of(self, phoneme: str) -> float:
        """Return when the first such phoneme ends."""
        names = [name for _, name in self.phonemes]
        return self.phonemes[names.index(phoneme) + 1][0]


@cache
def say(text: str, voice: str = "en-us", speed: int = 160) -> Speech:
    """Speak `text` with an espeak-ng voice at `speed` words a minute."""
    import numpy as np
    import soxr

    command = [sys.executable, "-I", __file__, text, voice, str(speed)]
    head, _, data = subprocess.run(command, capture_output=True, check=True).stdout.partition(b"\n")
    told = json.loads(head)
    sound = soxr.resample(np.frombuffer(data, "<i2").astype(np.float32) / 32768, told["rate"], RATE)
    words = [at for kind, at, _ in told["events"] if kind == WORD]
    return Speech(sound, words, [(at, name) for kind, at, name in told["events"] if kind == PHONEME])


def room(*parts: float | Speech, noise: float = 3e-4) -> "np.ndarray[Any, Any]":
    """Return speech and pauses (seconds) one after another in a room with a little noise."""
    import numpy as np

    sounds = [part.sound if isinstance(part, Speech) else np.zeros(round(part * RATE)) for part in parts]
    whole = np.concatenate(sounds)
    return whole + np.random.default_rng(1).normal(0, noise, len(whole))


def pcm(sound: "np.ndarray[Any, Any]") -> bytes:
    """Return the sound as signed 16-bit samples."""
    return bytes((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())


def _speak(text: str, voice: str, speed: int) -> None:
    espeak = ctypes.CDLL("libespeak-ng.so.1")
    rate = espeak.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS)
    sound = bytearray()
    events = []

    def take(wave: Any, count: int, found: Any) -> int:
        if wave and count > 0:
            sound.extend(ctypes.string_at(wave, count * 2))
        at = 0
        while found[at].type:
            events.append((found[at].type, found[at].audio_position / 1000, found[at].name.decode("utf-8", "replace")))
            at += 1
        return 0

    callback = Callback(take)
    espeak.espeak_SetSynthCallback(callback)
    espeak.espeak_SetVoiceByName(voice.encode())
    espeak.espeak_SetParameter(SPEED, speed, 0)
    data = text.encode()
    espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, UTF8, None, None)
    sys.stdout.buffer.write(json.dumps({"rate": rate, "events": events}).encode() + b"\n" + sound)


if __name__ == "__main__":
    _speak(sys.argv[1], sys.argv[2], int(sys.argv[3]))
