"""The embedded stand-in: our own small Whisper of synthetic English (models/mini), for where no real weights are.

It knows windows of 5 s, has never heard a wake word or a noise, and makes words of anything. So what can't be a voice
is kept from it, and the rest of the wake phrase is cut off: where a pause shows its end, else where the text that
follows is heard most clearly.
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
from daemon.transcription.lead import beginnings
from daemon.transcription.loudness import Samples
from daemon.transcription.utterance import Utterance
from daemon.transcription.voicing import edges, speech, spoken, voicing
from daemon.transcription.whisper import Whisper, padded
from daemon.types import RATE

WINDOW, ROOM = 500, 100
BEFORE_S = 0.25
"""Silence in front of the speech: of 0.05 to 0.6 s this gave the fewest errors."""
AFTER_S = 0.05
WORST_LOGPROB = -0.6
"""Below it the text is made up: right ones have -0.04 to -0.3."""
CLEAR_LOGPROB = -0.06
"""Above it there is no need to look for a better beginning."""
SURE = RATE
"""So much audio after the wake phrase tells where the request begins."""


class MiniOptions(base.Options):
    """`stt.mini` in the config: it has no settings."""


class Engine:
    """English requests spoken by espeak-ng or flite."""

    Options: ClassVar[type[base.Options]] = MiniOptions
    requires: ClassVar[tuple[str, ...]] = ("python:ctranslate2", "python:faster_whisper")
    memory_mb: ClassVar[int] = 100
    languages: tuple[str, ...] = ("en",)
    stand_in = True

    def __init__(self, options: MiniOptions, *, models: Path) -> None:  # noqa: ARG002 - its model lies in the package
        self._folder = paths.data("models") / "mini"

    @classmethod
    def missing(cls, options: MiniOptions, *, models: Path) -> str | None:  # noqa: ARG003 - as all engines
        """Return a code when its libraries are not here."""
        lacks = find_spec("ctranslate2") is None or find_spec("faster_whisper") is None
        return "stt.no_library" if lacks else None

    def load(self) -> None:
        """Load the model from the package. Raises EngineError `stt.incomplete` or `stt.damaged`."""
        weights.check(self._folder)
        self._whisper = Whisper(self._folder, compute_type="int8", threads=1)
        noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
        voicing(noise)
        invented(_Request(self._whisper).hear(noise))  # the first request must not pay for what is read on first use

    def session(self, turn: str, language: str | None, lead: float) -> Utterance:
        """Open an utterance. Raises EngineError `stt.language` for any but English."""
        if language not in {None, "en"}:
            raise EngineError("stt.language", language=language, known="en")
        return Utterance(_Request(self._whisper), turn, "en", lead)


class _Request:
    """The decoder of one utterance; it keeps where the request begins."""

    longest = WINDOW / 100 - BEFORE_S - AFTER_S

    def __init__(self, whisper: Whisper) -> None:
        self._whisper = whisper
        self._begin: int | None = None
        self._judged = 0
        """Samples of the speech as a whole: only a piece of it has to be judged again."""

    def extent(self, sound: Samples, lead: float, *, final: bool) -> tuple[int, int]:
        """Return where the speech is, less the rest of the wake phrase; what is left is judged when it is decoded."""
        if lead <= 0:
            first, last = speech(sound)
            self._judged = last - first
            return first, last
        first, last = edges(sound)
        if last <= first:
            return first, last
        if self._begin is not None and not final:
            return min(self._begin, last), last
        begin = min(self._after_wake(sound[:last], lead), last)
        if last > lead * RATE + SURE:
            self._begin = begin
        return begin, last

    def decode(self, sound: Samples, language: str | None, *, final: bool) -> Decoding:  # noqa: ARG002 - a wider beam errs more here
        """Decode one window; what is too unlikely is no text."""
        first, last = edges(sound) if len(sound) == self._judged else speech(sound)
        if last <= first:
            return Decoding("", "en")
        found = self.hear(sound[first:last])
        return found if found.logprob >= WORST_LOGPROB else replace(found, text="")

    def hear(self, sound: Samples) -> Decoding:
        """Decode speech that begins and ends with `sound`."""
        encoding = self._whisper.encode(padded(sound, BEFORE_S, AFTER_S), WINDOW, silence=True)
        return self._whisper.generate(encoding, "en", room=ROOM, beam=1, blank=True)

    def _after_wake(self, sound: Samples, lead: float) -> int:
        """Return where the request begins: the likeliest text among those from each place it may begin."""
        places = beginnings(sound, lead)
        if len(places) > 1 and not spoken(sound):
            return places[0]
        best, likeliest = places[0], -99.0
        for place in places if len(places) > 1 else []:
            first, last = edges(sound[place:])
            if last > first and (found := self.hear(sound[place + first : place + last])).logprob > likeliest:
                best, likeliest = place, found.logprob
            if likeliest > CLEAR_LOGPROB:
                break
        return best
