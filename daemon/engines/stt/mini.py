"""The embedded stand-in: our own small Whisper of synthetic English and Russian (models/mini), where no real one is.

Windows fit the speech, as in its training; so does the end of a wake phrase in front of it, which it leaves out. What
can't be a voice is kept from it.
"""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import numpy as np

from daemon import paths
from daemon.engines import base
from daemon.errors import EngineError
from daemon.transcription import weights
from daemon.transcription.decoding import Decoding
from daemon.transcription.guards import invented
from daemon.transcription.loudness import Samples
from daemon.transcription.utterance import Utterance
from daemon.transcription.voicing import edges, speech, voicing
from daemon.transcription.whisper import Whisper
from daemon.transcription.window import FRAME, stepped
from daemon.types import RATE

LANGUAGES = ("en", "ru")
AROUND = RATE // 4
"""Samples in front of the speech and behind it that are decoded too."""
SHIFTS = (0, RATE // 16, -RATE // 8, -RATE * 3 // 8)
"""How many more of them are taken in front, in the first try and in others; the last cuts into a wake phrase's rest."""
FRAMES_TO_SPARE = 25
"""Frames of 10 ms in a window beyond that, and up to 10 more: with none it errs more."""
BEAM = 3
"""Of a final; a partial is greedy."""
ROOM = 120
"""Tokens: the longest speech it learnt from has fewer."""
DOUBTFUL_LOGPROB, WORST_LOGPROB = -0.35, -0.9
"""Below the first it is tried again, below the second the text is made up."""


class MiniOptions(base.Options):
    """`stt.mini` in the config: it has no settings."""


class Engine:
    """English and Russian requests spoken by synthesizers. It decodes as `daemon.transcription.utterance.Decoder`."""

    Options: ClassVar[type[base.Options]] = MiniOptions
    requires: ClassVar[tuple[str, ...]] = ("python:ctranslate2", "python:faster_whisper")
    memory_mb: ClassVar[int] = 100
    languages: tuple[str, ...] = LANGUAGES
    stand_in = True
    longest = 7.0

    def __init__(self, options: MiniOptions, *, models: Path) -> None:  # noqa: ARG002 - its model lies in the package
        self.folder = paths.data("models") / "mini"

    @classmethod
    def missing(cls, options: MiniOptions, *, models: Path) -> str | None:  # noqa: ARG003 - as all engines
        """Return a code when its libraries are not here."""
        lacks = find_spec("ctranslate2") is None or find_spec("faster_whisper") is None
        return "stt.no_library" if lacks else None

    def load(self) -> None:
        """Load the model from the package. Raises EngineError `stt.incomplete` or `stt.damaged`."""
        weights.check(self.folder)
        self._whisper = Whisper(self.folder, compute_type="int8", threads=1)
        noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
        voicing(noise)
        self._hear(noise, None, BEAM)  # the first request must not pay for what is read on first use
        invented(Decoding("nor for the stock phrases", "en"))

    def session(self, turn: str, language: str | None, lead: float) -> Utterance:
        """Open an utterance. Raises EngineError `stt.language` for any but English and Russian."""
        if language not in {None, *LANGUAGES}:
            raise EngineError("stt.language", language=language, known=", ".join(LANGUAGES))
        return Utterance(self, turn, language, lead)

    def extent(self, sound: Samples) -> tuple[int, int]:
        """Return the loud part and a little around it; whether it is a voice is judged when it is decoded."""
        first, last = edges(sound)
        if last <= first:
            return 0, 0
        return max(0, first - AROUND - max(SHIFTS)), min(len(sound), last + AROUND)

    def decode(self, sound: Samples, language: str | None, *, final: bool) -> Decoding:
        """Decode one window; a final that is doubtful is tried again a little shifted, what is too unlikely is no text.

        So small a model now and then falls apart over a window and is sure of the same one, 60 ms on.
        """
        first, last = speech(sound)
        if last <= first:
            return Decoding("", language or "en")
        tries: list[Decoding] = []
        for shift in SHIFTS if final else SHIFTS[:1]:
            window = sound[max(0, first - AROUND - shift) : last + AROUND]
            tries.append(found := self._hear(window, language, BEAM if final else 1))
            if found.text and found.logprob > DOUBTFUL_LOGPROB:
                return found
        best = max(tries, key=lambda one: one.logprob) if all(one.text for one in tries) else tries[0]
        return best if best.logprob >= WORST_LOGPROB else replace(best, text="")

    def translate(self, sound: Samples, language: str) -> Decoding | None:  # noqa: ARG002 - as all engines
        """Return None: it never learnt to translate."""
        return None

    def _hear(self, sound: Samples, language: str | None, beam: int) -> Decoding:
        encoding = self._whisper.encode(sound, stepped(len(sound) // FRAME + FRAMES_TO_SPARE), silence=True)
        language = language or self._whisper.detect(encoding, LANGUAGES)
        return self._whisper.generate(encoding, language, room=ROOM, beam=beam, blank=True)
