"""Both ends of the worker that turns text into sound: one child holds the voices of all languages.

A call {"op": "speak", "text", "language"} answers with frames {"type": "pcm", "rate"}, each with a piece of sound.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.engines import load
from daemon.engines.base import Tts
from daemon.errors import EngineError
from daemon.messages import LANGUAGES
from daemon.spoken import sentences, speakable
from daemon.types import Pcm
from daemon.workers.child import Call
from daemon.workers.worker import Worker

SERVICE = "daemon.workers.speaking:Service"
BEST_FIRST = ("piper", "espeak")
CACHE_BYTES, LONGEST_CACHED = 8 << 20, 1 << 20


@dataclass(frozen=True, slots=True)
class Voice:
    """Which engine speaks a language, and why: keys of `messages` with their values, for `doctor` and the log."""

    engine: str | None
    why: str
    values: dict[str, Any]


def choose(section: dict[str, Any], models: Path) -> tuple[dict[str, Tts], dict[str, Voice]]:
    """Load the engines and say which one speaks each language.

    `section` is {"engine": "auto" or a name, "<engine's name>": {its options}}. With "auto" the best engine that has a
    voice for the language speaks it. Raises EngineError when no language can be spoken, or the named engine can't run.
    """
    name = section.get("engine", "auto")
    loaded: dict[str, Tts] = {}
    refused: dict[str, EngineError] = {}
    for candidate in BEST_FIRST if name == "auto" else (name,):
        try:
            loaded[candidate] = _load(candidate, section, models)
        except EngineError as error:
            refused[candidate] = error
    if not loaded:
        raise list(refused.values())[-1]
    speakers: dict[str, Tts] = {}
    voices: dict[str, Voice] = {}
    for language in LANGUAGES:
        able = [engine for engine in loaded if language in loaded[engine].languages]
        if able:
            speakers[language] = loaded[able[0]]
        voices[language] = _voice(able, name, refused, language)
    return speakers, voices


def _load(name: str, section: dict[str, Any], models: Path) -> Tts:
    kind = load.find("tts", name)
    options = kind.Options(**(section.get(name) or {}))
    if code := kind.missing(options, models=models):
        raise EngineError(code)
    engine: Tts = kind(options, models=models)
    engine.load()
    return engine


def _voice(able: list[str], wanted: str, refused: dict[str, EngineError], language: str) -> Voice:
    if not able:
        error = next(iter(refused.values()), EngineError("engine.no_voice", language=language, engine=wanted))
        return Voice(None, f"errors.{error.code}", error.plain)
    if wanted != "auto":
        return Voice(able[0], "voice.chosen", {"engine": able[0]})
    if able[0] == BEST_FIRST[0]:
        return Voice(able[0], "voice.best", {"engine": able[0]})
    error = refused.get(BEST_FIRST[0], EngineError("engine.no_voice", language=language, engine=BEST_FIRST[0]))
    return Voice(able[0], f"errors.{error.code}", error.plain)


class Service:
    """The child's side: {"tts": section, "models": path, "language": mostly spoken} in, sound out.

    Short replies are kept ready.
    """

    def __init__(self, init: dict[str, Any]) -> None:
        self._section: dict[str, Any] = init["tts"]
        self._models = Path(init["models"])
        self._language = str(init.get("language", "en"))
        self._speakers: dict[str, Tts] = {}
        self._ready = Rendered()

    def load(self) -> dict[str, Any]:
        """Load the voices; return {"voices": {language: {"engine", "why", "values"}}}. Raises EngineError."""
        self._speakers, voices = choose(self._section, self._models)
        for language in {"en", self._language}:  # grammars are read now, not in the first reply: Russian takes 30 MB
            speakable("5 km, 5 кг", language)
        return {
            "voices": {
                language: {"engine": voice.engine, "why": voice.why, "values": voice.values}
                for language, voice in voices.items()
            }
        }

    def run(self, call: Call) -> None:
        """Speak. Raises EngineError `engine.no_voice` for a language without one."""
        text, language = str(call.head["text"]), str(call.head["language"])
        for piece in self._ready.pieces((language, text), self.speak(text, language)):
            call.check()
            call.send({"type": "pcm", "rate": piece.rate}, piece.pcm)

    def speak(self, text: str, language: str) -> Iterator[Pcm]:
        """Yield the sound of `text`, sentence by sentence, made afresh. Raises EngineError."""
        engine = self._speakers.get(language)
        if engine is None:
            raise EngineError("engine.no_voice", language=language, engine=self._section.get("engine", "auto"))
        for sentence in sentences(speakable(text, language), language):
            yield from engine.speak(sentence, language)


class Rendered:
    """The sound of what was said lately, oldest forgotten first: a fixed reply starts at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], list[Pcm]] = OrderedDict()
        self._size = 0

    def pieces(self, key: tuple[str, str], fresh: Iterator[Pcm]) -> Iterator[Pcm]:
        """Yield what is kept under `key`, else what `fresh` makes, which is kept when it came to its end."""
        if key in self._kept:
            self._kept.move_to_end(key)
            yield from self._kept[key]
            return
        made: list[Pcm] = []
        size = 0
        for piece in fresh:
            size += len(piece.pcm)
            if size <= LONGEST_CACHED:
                made.append(piece)
            yield piece
        if 0 < size <= LONGEST_CACHED:
            self._keep(key, made, size)

    def _keep(self, key: tuple[str, str], made: list[Pcm], size: int) -> None:
        self._kept[key] = made
        self._size += size
        while self._size > CACHE_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= sum(len(piece.pcm) for piece in oldest)


class Speaking:
    """The main process's side."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def voices(self) -> dict[str, Voice]:
        """Wait until the child serves; say which engine speaks each language, and why. Raises EngineError."""
        info = await self._worker.ready()
        return {language: Voice(**voice) for language, voice in info["voices"].items()}

    async def speak(self, text: str, language: str) -> AsyncGenerator[Pcm, None]:
        """Yield the sound of `text`, of any kind and length, in pieces as they are made.

        Markdown, emoji, numbers and dates are made speakable on the way. Leaving the loop early (with
        `contextlib.aclosing`) stops the work. Raises EngineError, WorkerError.
        """
        async with self._worker.call({"op": "speak", "text": text, "language": language}) as call:
            async for frame in call:
                yield Pcm(frame.body, frame.head["rate"])
