"""For tests: "hears" the texts it is given, one an utterance, word by word as audio comes in."""

from itertools import cycle
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from daemon.engines import base
from daemon.errors import EngineError
from daemon.transcription.decoding import Decoding
from daemon.transcription.loudness import Samples
from daemon.transcription.utterance import Utterance
from daemon.types import RATE

LOUD = 0.01


class FakeOptions(base.Options):
    """What it hears."""

    texts: tuple[str, ...] = Field(
        ("what time is it",), min_length=1, description="The utterances, in turn, again and again."
    )
    translations: tuple[str, ...] = Field((), description="The texts in English, as many; none: it can't translate.")
    languages: tuple[str, ...] = Field(("en", "ru"), min_length=1, description="The languages it claims to know.")
    words_a_second: float = Field(2.0, gt=0, description="How many words a partial holds for each second of audio.")


class Engine:
    """Deterministic; it hears nothing in audio that is quiet from end to end."""

    Options: ClassVar[type[base.Options]] = FakeOptions
    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 1
    stand_in = False

    def __init__(self, options: FakeOptions, *, models: Path) -> None:  # noqa: ARG002 - as all engines
        self.languages: tuple[str, ...] = options.languages
        self._speed = options.words_a_second
        english = options.translations or (None,) * len(options.texts)
        self._texts = cycle(list(zip(options.texts, english, strict=True)))

    @classmethod
    def missing(cls, options: FakeOptions, *, models: Path) -> str | None:  # noqa: ARG003 - as all engines
        """Nothing is ever missing."""
        return None

    def load(self) -> None:
        """Nothing to load."""

    def session(self, turn: str, language: str | None, lead: float) -> Utterance:
        """Open an utterance that will be heard as the next text. Raises EngineError `stt.language`."""
        if language is not None and language not in self.languages:
            raise EngineError("stt.language", language=language, known=", ".join(self.languages))
        return Utterance(_Script(*next(self._texts), self.languages[0], self._speed), turn, language, lead)


class _Script:
    """A decoder that hears one text."""

    longest = 60.0

    def __init__(self, text: str, english: str | None, language: str, speed: float) -> None:
        self._text = text
        self._english = english
        self._language = language
        self._speed = speed

    def extent(self, sound: Samples) -> tuple[int, int]:
        return (0, len(sound)) if len(sound) and abs(sound).max() > LOUD else (0, 0)

    def decode(self, sound: Samples, language: str | None, *, final: bool) -> Decoding:
        words = self._text.split()
        heard = words if final else words[: int(self._speed * len(sound) / RATE)]
        return Decoding(" ".join(heard), language or self._language)

    def translate(self, sound: Samples, language: str) -> Decoding | None:  # noqa: ARG002 - as all engines
        return None if self._english is None else Decoding(self._english, language)
