"""Whisper models in faster-whisper's form, decoded in windows that fit the utterance instead of always 30 s."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from daemon.engines import base
from daemon.errors import EngineError
from daemon.transcription import weights
from daemon.transcription.decoding import Decoding
from daemon.transcription.guards import dubious, invented
from daemon.transcription.loudness import Samples
from daemon.transcription.utterance import Utterance
from daemon.transcription.whisper import Whisper
from daemon.transcription.window import ladder
from daemon.types import RATE

log = logging.getLogger(__name__)
WIDE_BEAM, WARM_WINDOW = 5, 200
TOKENS_A_SECOND, TOKENS_TO_SPARE = 10, 16
"""More than anybody says, in Russian too."""
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class WhisperOptions(base.Options):
    """`stt.faster_whisper` in the config."""

    model: str = Field(
        "small",
        min_length=1,
        description="tiny, base, small, medium, large-v3, turbo ...; owner/name on the hub; or a folder.",
    )
    languages: tuple[Language, ...] = Field(
        ("en", "ru"), min_length=1, description="The languages that are spoken to it."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where it computes.")
    compute_type: str = Field("auto", description="int8, int8_float16, float16, float32 ...; auto: the fastest here.")
    threads: int = Field(0, ge=0, le=64, description="CPU threads; 0: half the cores, at most 4.")
    beam_size: int = Field(1, ge=1, le=10, description="Width of the search in the first try.")
    vocabulary: str = Field("", max_length=500, description="Names and words to expect, as a short text.")
    shortest_window: int = Field(
        1000, ge=200, le=3000, description="Least frames of 10 ms that are encoded; 500 only for models tuned to it."
    )
    window_margin: int = Field(200, ge=32, le=1000, description="Frames of 10 ms beyond the end of the speech.")


class Engine:
    """A real Whisper. It decodes as `daemon.transcription.utterance.Decoder`."""

    Options: ClassVar[type[base.Options]] = WhisperOptions
    requires: ClassVar[tuple[str, ...]] = ("python:ctranslate2", "python:faster_whisper")
    memory_mb: ClassVar[int] = 700
    stand_in = False
    longest = 28.0

    def __init__(self, options: WhisperOptions, *, models: Path) -> None:
        self.languages: tuple[str, ...] = ()
        self._options = options
        self._models = models

    @classmethod
    def missing(cls, options: WhisperOptions, *, models: Path) -> str | None:
        """Return a code when its libraries or its model are not here."""
        if find_spec("ctranslate2") is None or find_spec("faster_whisper") is None:
            return "stt.no_library"
        return None if weights.find(options.model, models) else "stt.no_model"

    def load(self) -> None:
        """Load the model. Raises EngineError `stt.*`."""
        folder = weights.find(self._options.model, self._models)
        if folder is None:
            raise EngineError("stt.model_missing", model=self._options.model, folder=self._models)
        weights.check(folder)
        self._whisper = self._open(folder)
        invented(Decoding("read the stock phrases now, not in the first request", "en"))
        self.languages = tuple(name for name in self._options.languages if self._whisper.knows(name))
        if not self.languages:
            raise EngineError("stt.languages", path=folder, languages=", ".join(self._options.languages))

    def session(self, turn: str, language: str | None, lead: float) -> Utterance:
        """Open an utterance. Raises EngineError `stt.language` for one that the model does not know."""
        if language is not None and language not in self.languages:
            raise EngineError("stt.language", language=language, known=", ".join(self.languages))
        return Utterance(self, turn, language, lead)

    def extent(self, sound: Samples) -> tuple[int, int]:
        """Take all: what is no speech the model says itself, and the wake phrase is cut from the text later."""
        return 0, len(sound)

    def decode(self, sound: Samples, language: str | None, *, final: bool) -> Decoding:
        """Decode; a final that is dubious is tried again with longer windows and a wider search."""
        seconds = len(sound) / RATE
        rungs = ladder(seconds, self._options.shortest_window, self._options.window_margin)
        room = TOKENS_TO_SPARE + int(TOKENS_A_SECOND * seconds)
        for rung in rungs if final else rungs[:1]:
            encoding = self._whisper.encode(sound, rung)
            spoken = language or self._whisper.detect(encoding, self.languages)
            beam = self._options.beam_size if rung == rungs[0] else max(WIDE_BEAM, self._options.beam_size)
            found = self._whisper.generate(encoding, spoken, room=room, beam=beam, vocabulary=self._options.vocabulary)
            if not dubious(found):
                break
        return found

    def translate(self, sound: Samples, language: str) -> Decoding | None:
        """Decode into English, as a dubious final is: it is asked for once. None for a model of English only."""
        if not self._whisper.multilingual:
            return None
        seconds = len(sound) / RATE
        room = TOKENS_TO_SPARE + int(TOKENS_A_SECOND * seconds)
        beam = max(WIDE_BEAM, self._options.beam_size)
        for rung in ladder(seconds, self._options.shortest_window, self._options.window_margin):
            encoding = self._whisper.encode(sound, rung)
            found = self._whisper.generate(encoding, language, room=room, beam=beam, task="translate")
            if not dubious(found):
                break
        return found

    def _open(self, folder: Path) -> Whisper:
        threads = self._options.threads or max(1, min(4, (os.cpu_count() or 1) // 2))
        device, compute_type = self._options.device, self._options.compute_type
        try:
            return _warm(Whisper(folder, device=device, compute_type=compute_type, threads=threads))
        except EngineError as error:
            if error.code != "stt.device" or device != "auto":
                raise
            log.warning("%s", error)
        return _warm(Whisper(folder, device="cpu", compute_type="auto", threads=threads))


def _warm(whisper: Whisper) -> Whisper:
    """Encode a second of silence: a GPU without its libraries shows it only now, and the first request is fast."""
    try:
        whisper.encode(np.zeros(RATE, np.float32), WARM_WINDOW)
    except RuntimeError as error:
        raise EngineError("stt.device", device="cuda", compute_type="auto", why=str(error)[:200]) from error
    return whisper
