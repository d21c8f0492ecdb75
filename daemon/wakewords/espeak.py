"""espeak-ng through its library, which tells when each word and phoneme begins. A program: lines in, sound out.

The library's voice trembles on from one sentence to the next, so the same lines in one process always sound the same.
It is run by its path and needs nothing but the standard library: {"text", "voice", "speed", "pitch"} a line on its
input; {"rate", "bytes", "marks": [[character, seconds, phoneme or "" for a word], ...]} and the samples on its output.
"""

import ctypes
import json
import sys
from typing import Any

SYNCHRONOUS, PHONEME_EVENTS, UTF8 = 2, 1, 1
RATE, PITCH = 1, 3
WORD, PHONEME = 1, 7
MARKED = {WORD, PHONEME}


class Event(ctypes.Structure):
    """One of espeak-ng's events; the positions are in characters from 1 and in milliseconds."""

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


def main() -> None:
    """Speak every line of the input."""
    espeak = ctypes.CDLL("libespeak-ng.so.1")
    rate = espeak.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS)
    sound, events = bytearray(), []

    def take(wave: Any, count: int, found: Any) -> int:
        if wave and count > 0:
            sound.extend(ctypes.string_at(wave, count * 2))
        at = 0
        while found[at].type:
            if found[at].type in MARKED:
                name = found[at].name.decode("utf-8", "replace") if found[at].type == PHONEME else ""
                events.append([found[at].text_position, found[at].audio_position / 1000, name])
            at += 1
        return 0

    callback = Callback(take)
    espeak.espeak_SetSynthCallback(callback)
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        sound.clear()
        events.clear()
        text = wanted["text"].encode()
        if espeak.espeak_SetVoiceByName(wanted["voice"].encode()) == 0:
            espeak.espeak_SetParameter(RATE, wanted["speed"], 0)
            espeak.espeak_SetParameter(PITCH, wanted["pitch"], 0)
            espeak.espeak_Synth(text, len(text) + 1, 0, 1, 0, UTF8, None, None)
        head = {"rate": rate, "bytes": len(sound), "marks": events}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + sound)


if __name__ == "__main__":
    main()
