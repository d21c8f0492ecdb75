"""A voice for tests: every letter is 10 ms of a tone of its own pitch, so what was said can be seen in the sound."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import Field

from daemon.engines import base
from daemon.errors import EngineError
from daemon.types import Pcm


class Engine:
    """Text to speech that needs nothing, deterministic."""

    class Options(base.Options):
        """What the fake is like."""

        rate: int = Field(16_000, ge=8000, le=48_000, description="samples a second")
        languages: tuple[str, ...] = Field(("en", "ru"), description="languages it pretends to know")

    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 1

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:
        """`models` is not used."""
        self._options = options
        self._models = models
        self.languages: tuple[str, ...] = ()

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:  # noqa: ARG003 - the protocol's
        """Return None: it needs nothing."""
        return None

    def load(self) -> None:
        """Load nothing."""
        self.languages = self._options.languages

    def speak(self, text: str, language: str) -> Iterator[Pcm]:
        """Yield one piece a word."""
        if language not in self._options.languages:
            raise EngineError("engine.no_voice", language=language, engine="fake")
        for word in text.split():
            yield Pcm(b"".join(self._tone(letter) for letter in word), self._options.rate)

    def _tone(self, letter: str) -> bytes:
        count = self._options.rate // 100
        wave = np.sin(2 * np.pi * (300 + 20 * (ord(letter) % 64)) * np.arange(count) / self._options.rate)
        return bytes((wave * np.hanning(count) * 8000).astype("<i2").tobytes())
