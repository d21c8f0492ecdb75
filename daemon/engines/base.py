"""What an engine of each kind is: plain synchronous Python; `workers/` supplies the concurrency.

Every engine class is built from its `Options`, imports heavy libraries only in `load()`, raises EngineError with one
clear sentence, and passes the contract test of its kind, as does the kind's `fake`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from daemon.ears.wake import WordRule
from daemon.types import Pcm, Transcript


class Options(BaseModel):
    """The settings of an engine: frozen, unknown keys refused, every field described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Engine(Protocol):
    """What all engines share."""

    Options: ClassVar[type[Options]]
    requires: ClassVar[tuple[str, ...]]
    """Programs and Python modules that must be there, e.g. ("espeak-ng", "python:ctranslate2")."""
    memory_mb: ClassVar[int]
    """Declared need of memory, a start for placement."""

    def __init__(self, options: Any, *, models: Path) -> None:
        """`models` is the state folder's `models/`; nothing is loaded yet."""

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        """Return the code of the error that keeps it from running here, "engine.no_espeak", or None. Cheap, offline."""

    def load(self) -> None:
        """Load the model. Raises EngineError."""


class Wake(Engine, Protocol):
    """A wake word detector over a continuous stream; one instance a stream."""

    words: Mapping[str, WordRule]
    """The words it listens for and when each counts as heard."""

    def score(self, pcm: bytes) -> dict[str, float]:
        """Take one 80 ms frame (1280 samples) and return each word's score, 0 to 1 (empty while warming up)."""

    def reset(self) -> None:
        """Forget what was heard, at no cost (restore a warm snapshot: never deaf after a turn)."""


class Vad(Engine, Protocol):
    """Voice activity, one instance a stream."""

    def voiced(self, pcm: bytes) -> list[bool]:
        """Take the next whole hops of 20 ms (320 samples) and say of each whether it holds speech."""


class SttSession(Protocol):
    """One utterance. It is short-lived; the warm model behind it serves many."""

    def feed(self, pcm: bytes) -> Transcript | None:
        """Take the next piece of audio (16 kHz int16 mono); return a partial when there is a new one.

        `Transcript.text` holds the words agreed on by two decodings (LocalAgreement-2), `guess` the rest.
        """

    def pause(self) -> None:
        """Take note that the speaker fell silent: a good moment to decode, so that `finish` may have its answer."""

    def finish(self) -> Transcript:
        """End the utterance and return the final transcript (empty text when nothing was said)."""

    def translation(self) -> str | None:
        """Return in English what was said, after `finish`; None where the model can't translate."""


class Stt(Engine, Protocol):
    """Speech to text."""

    languages: tuple[str, ...]
    """The languages it knows, of those we ask for; set by `load`."""
    stand_in: bool
    """True when it is a stand-in for a real model (the embedded one)."""

    def session(self, turn: str, language: str | None, lead: float) -> SttSession:
        """Open an utterance. `language` None: detect among `languages`.

        `lead`: seconds at the beginning that may hold the end of the wake phrase.
        """


class Tts(Engine, Protocol):
    """Text to speech: plain text in (numbers, dates and markdown already made speakable)."""

    languages: tuple[str, ...]

    def speak(self, text: str, language: str) -> Iterator[Pcm]:
        """Yield the sound of one sentence in pieces; the consumer may stop at any piece."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a generator made: the file at the path it was given, and what to know of it."""

    mime: str
    meta: dict[str, Any] = field(default_factory=dict)
    """prompt, seed, engine, width, height, and for clips fps and seconds; `missing`: words it could not draw."""


Step = Callable[[float], None]
"""Report progress, 0 to 1, between steps; raises Cancelled when somebody asked for the work to stop."""


class Generator(Engine, Protocol):
    """A generator of pictures or clips."""

    suffix: ClassVar[str]
    """".png", or ".mp4" for clips."""
    sketch: ClassVar[bool]
    """True when its results are announced as sketches."""
    needs_image: bool
    """True when it makes something of a picture and can't work from words alone."""
    remote: ClassVar[bool]
    """True when it asks a server elsewhere, `host`: then it is used only when it is named. May be left out."""
    elsewhere: ClassVar[bool]
    """True when its model lies in a process of its own, so that ours can't tell how large it is. May be left out."""
    weights_mb: int
    """The size of the files of its model, where it has one. May be left out."""
    rough: ClassVar[bool]
    """True when its guess of the time is good for choosing and for deadlines, but not to be told. May be left out."""
    reads: tuple[str, ...]
    """The languages in which it understands a prompt; empty: all."""

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it will take here, before there is any history. Needs no loaded model."""

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Make `request` and write it to `path`, which has `suffix`; a clip may have to end in `.webm` instead.

        `prompt`, `language` and `seed` are always there. What may be: `negative` (what not to show), `image` (path of a
        picture to start from), `strength` (0 to 1, how far to go from it), `width` and `height` (pixels), `steps`,
        `guidance` (scale). An engine passes over what it has no use for. `path` may get a preview while it is made:
        a PNG of the same name with the suffix `.preview.png`, replaced at once, removed at the end.
        """
