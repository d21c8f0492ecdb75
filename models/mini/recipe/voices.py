"""The voices that Debian packages: espeak-ng through its library, flite and festival as programs. 16 kHz floats."""

import ctypes
import subprocess
import tempfile
import wave
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import soxr

RATE = 16_000
SYNCHRONOUS, UTF8 = 2, 1
SPEED, PITCH, RANGE = 1, 3, 4
WORD = 1
ACCENTS = {  # "en" is the British one, which the program also knows as en-gb
    "en": [
        *(["en-us"] * 5),
        *(["en"] * 4),
        *("en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc"),
    ],
    "ru": [*(["ru"] * 6), "ru-lv"],
}
PLAIN = ["", "", "", *(f"+m{number}" for number in range(1, 9)), *(f"+f{number}" for number in range(1, 6))]
_CHARACTERS = """
    adam Alex Alicia Andrea Andy Annie aunty belinda benjamin boris caleb david Denis ed edward Gene Gene2
    gustave grandpa grandma Henrique Hugo iven iven2 Jacky john kaukovalta klatt klatt2 klatt4 Lee linda
    marcelo Marco Mario max Michael michel miguel Mike norbert pablo paul pedro quincy rob robert robosoft3
    sandro shelby steph steph3 travis Tweaky victor zac
"""
CHARACTERS = [f"+{name}" for name in _CHARACTERS.split()]
FLITE = ("awb", "slt", "kal16")
FESTIVAL = ("voice_kal_diphone", "voice_ked_diphone", "voice_cmu_us_slt_arctic_hts")
UNSEEN = {"en": "flite:rms", "ru": "festival:voice_msu_ru_nsh_clunits"}
"""Never in training."""


class Event(ctypes.Structure):
    """One of espeak-ng's events (speak_lib.h); the position is in milliseconds."""

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


class Espeak:
    """espeak-ng's library, one a process."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, None, 0)
        self._sound = bytearray()
        self._words: list[float] = []
        self._callback = Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, count * 2)
        at = 0
        while events[at].type:
            if events[at].type == WORD:
                self._words.append(events[at].audio_position / 1000)
            at += 1
        return 0

    def say(self, text: str, voice: str, speed: int, pitch: int, span: int) -> tuple[np.ndarray, list[float]]:
        """Return the sound, and the seconds at which its words begin."""
        self._sound.clear()
        self._words.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((SPEED, speed), (PITCH, pitch), (RANGE, span)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, UTF8, None, None)
        sound = np.frombuffer(bytes(self._sound), "<i2").astype(np.float32) / 32768
        return soxr.resample(sound, self._rate, RATE), list(self._words)


def pick(language: str, draw: Random) -> str:
    """Return an espeak-ng voice; plain ones come more often than characters."""
    variants = PLAIN if draw.random() < 0.65 else CHARACTERS
    return draw.choice(ACCENTS[language]) + draw.choice(variants)


def flite(text: str, voice: str, stretch: float) -> np.ndarray:
    """Return `text` as a flite voice says it."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(
            ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.2f}", "-t", text, "-o", file.name],
            check=True,
        )
        return read(Path(file.name))


def festival(texts: list[str], voice: str, stretch: float = 1.0) -> list[np.ndarray]:
    """Return `texts` as a festival voice says them, all in one process: it is slow to start."""
    with tempfile.TemporaryDirectory() as folder:
        script = [f"({voice})", f"(Parameter.set 'Duration_Stretch {stretch:.2f})"]
        for number, text in enumerate(texts):
            plain = text.replace("\\", "").replace('"', "")
            script.append(f'(utt.save.wave (utt.synth (Utterance Text "{plain}")) "{folder}/{number}.wav" \'riff)')
        Path(folder, "all.scm").write_text("\n".join(script), "utf-8")
        subprocess.run(["festival", "-b", f"{folder}/all.scm"], check=True, capture_output=True)
        return [read(Path(folder, f"{number}.wav")) for number in range(len(texts))]


def read(path: Path) -> np.ndarray:
    """Return a mono WAV at 16 kHz."""
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        return soxr.resample(sound, file.getframerate(), RATE) if file.getframerate() != RATE else sound
